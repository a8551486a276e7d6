"""Charts of the report page as SVG: shares of the width, so that their text never shrinks."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from ftops.dataset.quality.figures import Bar, RoleTokens, Share, Spread
from ftops.render.safe_text import one_line, shortened

COLOURS: Final = 5
LONGEST_LABEL: Final = 90

_HEIGHT: Final = 190
_FOOT: Final = 26
_HEAD: Final = 20
_GAP: Final = 0.12
_MOST_TICKS: Final = 6
_LINE: Final = 42


def shown(text: str) -> str:
    """Return text from elsewhere as HTML that shows it, and nothing hidden in it."""
    return escape(one_line(text))


def histogram(bars: Sequence[Bar], spread: Spread) -> str:
    """Draw how many rows have how many tokens."""
    if not bars:
        return ""
    most = max(bar.rows for bar in bars)
    width, floor = 100 / len(bars), _HEIGHT - _FOOT
    parts = [f'<line class="rule" x1="0" x2="100%" y1="{floor}" y2="{floor}"/>']
    for number, bar in enumerate(bars):
        height = (floor - _HEAD) * bar.rows / most
        parts.append(
            f'<rect class="bar" rx="2" x="{number * width + width * _GAP / 2:.3f}%" '
            f'y="{floor - height:.1f}" width="{width * (1 - _GAP):.3f}%" height="{height:.1f}">'
            f"<title>{_bar_words(bar)}: {bar.rows:,} rows</title></rect>"
        )
    parts += _ticks(bars, width)
    parts += _median(bars, spread.median)
    label = f"Rows by tokens, {spread.least:,} to {spread.most:,}, median {spread.median:,}"
    return _svg(_HEIGHT, label, parts)


def stacked(roles: Sequence[RoleTokens]) -> str:
    """Draw each role's share of all tokens as one bar."""
    total = sum(role.tokens for role in roles) or 1
    parts, at = [], 0.0
    for number, role in enumerate(roles):
        share = 100 * role.tokens / total
        parts.append(
            f'<rect class="c{number % COLOURS}" x="{at:.3f}%" y="0" width="{share:.3f}%" '
            f'height="26"><title>{shown(role.role)}: ~{role.tokens:,} tokens</title></rect>'
        )
        at += share
    return _svg(26, "Tokens by role", parts)


def ranking(shares: Sequence[Share], whole: int) -> str:
    """Draw named shares below one another, each bar under its name."""
    parts = []
    for number, share in enumerate(shares):
        top = number * _LINE
        width = 100 * share.rows / max(1, whole)
        name = shown(shortened(share.name, LONGEST_LABEL))
        parts.append(
            f'<text class="label" x="0" y="{top + 14}">{name}</text>'
            f'<text x="100%" y="{top + 14}" text-anchor="end">{share.rows:,} · {width:.0f} %</text>'
            f'<rect class="rail" x="0" y="{top + 21}" width="100%" height="8" rx="4"/>'
            f'<rect class="bar" x="0" y="{top + 21}" width="{min(100.0, width):.3f}%" height="8" '
            f'rx="4"/>'
        )
    return _svg(len(shares) * _LINE, "Rows by name", parts)


def _ticks(bars: Sequence[Bar], width: float) -> Iterator[str]:
    step = -(-len(bars) // _MOST_TICKS)
    for number in range(0, len(bars), step):
        at = number * width
        anchor = "start" if number == 0 else "middle"
        yield (
            f'<text x="{at:.3f}%" y="{_HEIGHT - 8}" text-anchor="{anchor}">'
            f"{bars[number].start:,}</text>"
        )


def _median(bars: Sequence[Bar], median: int) -> Iterator[str]:
    size = (bars[0].end or bars[0].start + 1) - bars[0].start
    at = min(100.0, 100 * (median - bars[0].start) / (size * len(bars)))
    anchor, shift = ("end", -6) if at > 70 else ("start", 6)  # noqa: PLR2004 - so that it fits
    yield (
        f'<line class="median" x1="{at:.3f}%" x2="{at:.3f}%" y1="0" y2="{_HEIGHT - _FOOT}"/>'
        f'<text x="{at:.3f}%" dx="{shift}" y="11" text-anchor="{anchor}">median {median:,}</text>'
    )


def _bar_words(bar: Bar) -> str:
    return f"{bar.start:,} and more" if bar.end is None else f"{bar.start:,} to {bar.end - 1:,}"


def _svg(height: int, label: str, parts: Sequence[str]) -> str:
    return f'<svg role="img" aria-label="{escape(label)}" height="{height}">{"".join(parts)}</svg>'
