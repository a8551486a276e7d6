"""A report on a dataset as one HTML page: no script, nothing loaded, every foreign text escaped."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

from ftops.dataset.quality.figures import Group, Place, QualityFigures, Share
from ftops.dataset.report import DataReport
from ftops.render.privacy_view import not_checked
from ftops.render.quality_words import UNJUDGED, figure_lines, leak_words, sampling_notes
from ftops.render.report_charts import histogram, ranking, shown, stacked
from ftops.render.report_findings import findings_list
from ftops.render.report_style import STYLE
from ftops.render.words import plural

MOST_GROUPS: Final = 6
MOST_SHARES: Final = 8

_HOW_COUNTED: Final = {True: "as the provider counts", False: "nearly as the provider counts"}
_MILLION: Final = 1_000_000
_THOUSAND: Final = 1_000


def report_page(report: DataReport, version: str) -> str:
    """Return the whole page."""
    digest = b64encode(sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'"
    body = "\n".join(_body(report, version))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{shown(report.title)} · dataset report</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _body(report: DataReport, version: str) -> Iterator[str]:
    figures = report.quality.training
    yield _head(report)
    yield _tiles(report)
    if report.problems:
        yield _section("Findings", "", findings_list(report.problems))
    yield _section(
        "How long the rows are",
        f"Tokens of each row, {_HOW_COUNTED[figures.tokens_exact]}.",
        histogram(figures.histogram, figures.tokens) + _histogram_table(figures),
    )
    yield '<div class="pair">'
    yield _section("Who says how much", "Tokens by role.", _roles(figures))
    yield _section("Repeats", "Rows that are equal or nearly equal.", _repeats(figures))
    yield _section("Personal data and secrets", "", _privacy(report))
    yield from _rankings(figures)
    yield "</div>"
    yield _section("All figures", "", _tables(report))
    yield _foot(report, version)


def _head(report: DataReport) -> str:
    checked = report.checked
    told = f"{report.method} · {_size(checked.size)} · sha256 {checked.digest[:12]}…"
    also = f"<br>validation: {shown(', '.join(report.validation))}" if report.validation else ""
    return (
        '<header><p class="kicker">Dataset report</p>'
        f'<h1>{shown(report.title)}</h1><p class="soft">{told}{also}</p>'
        f'<p class="verdict">{_verdict(report)}</p></header>'
    )


def _verdict(report: DataReport) -> str:
    if not report.checked.is_legal:
        errors = plural(report.checked.errors, "error")
        return f'<span class="pill error">{errors}: a provider would refuse it</span>'
    if report.blocking:
        values = plural(report.blocking, "private value")
        return f'<span class="pill error">legal, but {values} must not leave</span>'
    if report.problems:
        return f'<span class="pill warning">legal, {plural(len(report.problems), "warning")}</span>'
    return '<span class="pill good">legal, nothing found against it</span>'


def _tiles(report: DataReport) -> str:
    figures, leaks = report.quality.training, report.quality.leaks
    about = "" if report.checked.tokens_exact else "~"
    exact = "" if figures.tokens_exact else "~"
    tiles = [
        (f"{report.checked.examples:,}", "examples", False),
        (f"{about}{_short(report.checked.tokens)}", "tokens in one reading", False),
        (f"{exact}{figures.tokens.median:,}", "tokens in the median row", False),
        (f"{figures.repeated_rows:,}", "repeats", figures.repeated_rows > 0),
        (f"{figures.near_copied_rows:,}", "near repeats", figures.near_copied_rows > 0),
        (f"{figures.conflicting_prompts:,}", "conflicts", figures.conflicting_prompts > 0),
    ]
    if leaks is not None:
        leaked = leaks.leaked_rows + leaks.nearly_leaked_rows
        tiles.append((f"{leaked:,}", "leaks into validation", leaked > 0))
    drawn = (
        f'<div class="tile{" warn" if warns else ""}"><b>{number}</b><span>{name}</span></div>'
        for number, name, warns in tiles
    )
    return f'<div class="tiles">{"".join(drawn)}</div>'


def _histogram_table(figures: QualityFigures) -> str:
    rows = [
        (f"{bar.start:,}" + ("+" if bar.end is None else f" to {bar.end - 1:,}"), f"{bar.rows:,}")
        for bar in figures.histogram
    ]
    return _folded("as a table", _table(("tokens", "rows"), rows)) if rows else ""


def _roles(figures: QualityFigures) -> str:
    shares = [Share(name=role.role, rows=role.tokens) for role in figures.roles]
    return stacked(shares, "Tokens by role")


def _repeats(figures: QualityFigures) -> str:
    extra = figures.repeated_rows + figures.near_copied_rows
    kinds = [
        Share(name="on their own", rows=figures.rows - extra),
        Share(name="nearly repeat another", rows=figures.near_copied_rows),
        Share(name="repeat another", rows=figures.repeated_rows),
    ]
    named = [("equal", group) for group in figures.repeats]
    named += [("nearly", group) for group in figures.near_copies]
    named.sort(key=lambda one: -one[1].rows)
    rows = [(kind, f"{group.rows:,}", _lines(group)) for kind, group in named]
    header = ("", "rows", "lines")
    first = _table(header, rows[:MOST_GROUPS]) if rows else ""
    more = rows[MOST_GROUPS:]
    rest = _folded(f"{len(more):,} more groups", _table(header, more)) if more else ""
    return stacked([kind for kind in kinds if kind.rows], "Rows by repeats") + first + rest


def _lines(group: Group) -> str:
    one_file = len({place.file for place in group.places}) == 1
    told = ", ".join(str(place.line) if one_file else _place(place) for place in group.places)
    return told + (", …" if group.rows > len(group.places) else "")


def _place(place: Place) -> str:
    return f"{place.file}:{place.line}"


def _privacy(report: DataReport) -> str:
    found = [(kind, f"{count:,}") for kind, count in sorted(report.privacy.counts.items())]
    table = _table(("kind", "found"), found) if found else "<p>Nothing was found.</p>"
    return f'{table}<p class="soft">{shown(not_checked([report.privacy]))}</p>'


def _rankings(figures: QualityFigures) -> Iterator[str]:
    rows, told_languages = figures.rows, sum(share.rows for share in figures.languages)
    kinds = [
        ("Languages", "Answers long enough to tell.", figures.languages, told_languages),
        ("Labels", "The answers are labels.", figures.labels, rows),
        ("System prompts", "What the model is told first.", figures.system_prompts, rows),
        ("Boilerplate", "How many answers begin or end.", figures.boilerplate, rows),
    ]
    for title, told, shares, whole in kinds:
        if shares:
            more = len(shares) - MOST_SHARES
            rest = f'<p class="soft">and {more:,} more</p>' if more > 0 else ""
            yield _section(title, told, ranking(shares[:MOST_SHARES], whole) + rest)


def _tables(report: DataReport) -> str:
    quality = report.quality
    tables = [_table(("training", ""), list(figure_lines(quality.training)))]
    if quality.validation is not None:
        tables.append(_table(("validation", ""), list(figure_lines(quality.validation))))
    return "".join(tables)


def _foot(report: DataReport, version: str) -> str:
    notes = [f"{note[0].upper()}{note[1:]}." for note in sampling_notes(report.quality)]
    if report.quality.leaks is not None:
        notes.append(f"Leaks: {leak_words(report.quality.leaks)}.")
    notes.append(not_checked([report.privacy], *UNJUDGED))
    notes.append(f"Made by ftops {version}; this page loads nothing and runs no script.")
    return f"<footer>{''.join(f'<p>{shown(note)}</p>' for note in notes)}</footer>"


def _section(title: str, told: str, body: str) -> str:
    words = f'<p class="soft">{told}</p>' if told else ""
    return f"<section><h2>{title}</h2>{words}{body}</section>"


def _folded(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>{body}</details>"


def _table(header: Sequence[str], found: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{shown(word)}</th>" for word in header)
    rows = "".join(
        f"<tr>{''.join(f'<td>{shown(cell)}</td>' for cell in row)}</tr>" for row in found
    )
    return f"<table><tr>{head}</tr>{rows}</table>"


def _short(count: int) -> str:
    return f"{count / _MILLION:.1f} M" if count >= _MILLION else f"{count:,}"


def _size(size: int) -> str:
    if size >= _MILLION:
        return f"{size / _MILLION:.1f} MB"
    return f"{size / _THOUSAND:.1f} kB"
