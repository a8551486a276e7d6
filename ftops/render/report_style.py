"""The looks of the report page: quiet, readable at any width, light or dark as one has it."""

from typing import Final

STYLE: Final = """
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1a2230;--soft:#5b6676;
--line:#e3e7ed;--bar:#3266d5;--bar2:#8aa9ee;--warn:#9a6100;--warnback:#fdf3dc;--bad:#b3261e;
--badback:#fdeceb;--good:#1b7a43;--goodback:#e4f5ea;--c0:#3266d5;--c1:#1d8a7a;--c2:#c2722e;
--c3:#8a5cc7;--c4:#7a8699}
@media(prefers-color-scheme:dark){:root{--page:#10141b;--card:#181e28;--ink:#e8ecf2;
--soft:#9ba7b8;--line:#2a3341;--bar:#7ba2ff;--bar2:#43639f;--warn:#f2c063;--warnback:#3a2f16;
--bad:#ff9a92;--badback:#421e1c;--good:#7fd6a0;--goodback:#173724;--c0:#7ba2ff;--c1:#56c4b2;
--c2:#e7a065;--c3:#b994ec;--c4:#8e9aad}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main{max-width:1060px;margin:0 auto;padding:40px 20px 56px}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 6px;letter-spacing:-.015em;overflow-wrap:anywhere}
h2{font-size:1.05rem;margin:0 0 2px}
p{margin:0}
.kicker{color:var(--soft);font-size:.8rem;letter-spacing:.08em;text-transform:uppercase;
font-weight:600;margin-bottom:8px}
.soft{color:var(--soft);font-size:.9rem;overflow-wrap:anywhere}
code{font:.86em ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;
overflow-wrap:anywhere}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(126px,1fr));gap:12px;margin:26px 0}
.tile,section{background:var(--card);border:1px solid var(--line);border-radius:12px}
.tile{padding:14px 16px}
.tile b{display:block;font-size:1.45rem;line-height:1.2;font-weight:650;
font-variant-numeric:tabular-nums}
.tile span{color:var(--soft);font-size:.86rem}
.tile.warn b{color:var(--warn)}
section{padding:20px 22px 22px;margin-top:16px}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(330px,1fr));gap:16px;margin-top:16px;
align-items:start}
.pair section{margin:0}
.ranking li{display:grid;grid-template-columns:1fr auto;gap:0 14px;margin-bottom:12px;
font-size:.9rem;overflow-wrap:anywhere}.ranking svg{grid-column:1/3;margin-top:4px}
.ranking i{font-style:normal;color:var(--soft);font-variant-numeric:tabular-nums}
svg{display:block;width:100%;margin-top:14px;overflow:visible}
svg text{fill:var(--soft);font-size:12px;font-variant-numeric:tabular-nums}
.bar{fill:var(--bar)}.bar2{fill:var(--bar2)}.rule{stroke:var(--line)}
.rail{fill:var(--line)}.median{stroke:var(--ink);stroke-dasharray:3 3}.label{fill:var(--ink)}
.c0{fill:var(--c0);color:var(--c0)}.c1{fill:var(--c1);color:var(--c1)}
.c2{fill:var(--c2);color:var(--c2)}.c3{fill:var(--c3);color:var(--c3)}
.c4{fill:var(--c4);color:var(--c4)}
ul{list-style:none;margin:14px 0 0;padding:0}
.findings li{border-top:1px solid var(--line);padding:12px 0;display:grid;
grid-template-columns:auto 1fr;gap:2px 14px}
.findings details{grid-column:2}.findings summary{margin-top:2px}
.findings li:first-child{border-top:0;padding-top:2px}
.findings li:last-child{padding-bottom:0}
.pill{font-size:.76rem;font-weight:650;padding:2px 9px;border-radius:99px;height:fit-content;
margin-top:2px;white-space:nowrap}
.pill.warning{background:var(--warnback);color:var(--warn)}
.pill.error{background:var(--badback);color:var(--bad)}
.pill.good{background:var(--goodback);color:var(--good)}
.findings p{grid-column:2;overflow-wrap:anywhere}
.findings .soft{font-size:.88rem}
.verdict{margin-top:14px}
.legend{display:flex;flex-wrap:wrap;gap:6px 20px;font-size:.9rem}
.legend li::before{content:"";display:inline-block;width:10px;height:10px;border-radius:3px;
background:currentColor;margin-right:8px}
.legend span{color:var(--ink)}.legend i{color:var(--soft);font-style:normal}
table{border-collapse:collapse;width:100%;margin-top:12px;font-size:.9rem;
font-variant-numeric:tabular-nums}
th{text-align:left;color:var(--soft);font-weight:500}
th,td{padding:6px 14px 6px 0;border-top:1px solid var(--line);vertical-align:top}
tr:first-child>*{border-top:0}
td:last-child{overflow-wrap:anywhere;width:100%}
td:not(:last-child){white-space:nowrap}
summary{cursor:pointer;color:var(--soft);font-size:.9rem;margin-top:14px}
footer{color:var(--soft);font-size:.85rem;margin-top:28px;display:grid;gap:6px}
@media(max-width:560px){main{padding:24px 14px 40px}section{padding:16px}
.tiles{grid-template-columns:1fr 1fr}.tile:last-child:nth-child(odd){grid-column:span 2}
.pair{grid-template-columns:1fr}h1{font-size:1.4rem}}
@media print{body{background:#fff}section,.tile{break-inside:avoid}main{max-width:none}}
"""
