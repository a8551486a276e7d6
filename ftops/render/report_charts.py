"""Charts of the report page as SVG: shares of the width, so that their text never shrinks."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from ftops.dataset.quality.figures import Bar, Share, Spread
from ftops.render.safe_text import one_line, shortened

COLOURS: Final = 5
LONGEST_NAME: Final = 200

_HEIGHT: Final = 190
_FOOT: Final = 26
_HEAD: Final = 20
_GAP: Final = 0.12
_MOST_TICKS: Final = 6


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


def stacked(shares: Sequence[Share], label: str) -> str:
    """Draw the shares of one whole as one bar, each in a colour of its own, and name them."""
    total = sum(share.rows for share in shares) or 1
    parts, names, at = [], [], 0.0
    for number, share in enumerate(shares):
        width, colour = 100 * share.rows / total, f"c{number % COLOURS}"
        parts.append(
            f'<rect class="{colour}" x="{at:.3f}%" y="0" width="{width:.3f}%" height="26"/>'
        )
        names.append(
            f'<li class="{colour}"><span>{shown(share.name)}</span> '
            f"<i>{share.rows:,} · {_percent(share.rows, total)}</i></li>"
        )
        at += width
    return f'{_svg(26, label, parts)}<ul class="legend">{"".join(names)}</ul>'


def ranking(shares: Sequence[Share], whole: int) -> str:
    """Draw named shares below one another, each bar under its name."""
    drawn = []
    for share in shares:
        width = min(100.0, 100 * share.rows / max(1, whole))
        name = shown(shortened(share.name, LONGEST_NAME))
        parts = [
            '<rect class="rail" width="100%" height="8" rx="4"/>',
            f'<rect class="bar" width="{width:.3f}%" height="8" rx="4"/>',
        ]
        drawn.append(
            f"<li><span>{name}</span> <i>{share.rows:,} · {_percent(share.rows, whole)}</i>"
            f"{_svg(8, '', parts)}</li>"
        )
    return f'<ul class="ranking">{"".join(drawn)}</ul>'


def _ticks(bars: Sequence[Bar], width: float) -> Iterator[str]:
    step = -(-len(bars) // _MOST_TICKS)
    last = len(bars) - 1
    if bars[last].end is None:
        at = (last + 0.5) * width
        yield (
            f'<text x="{at:.3f}%" y="{_HEIGHT - 8}" text-anchor="middle">'
            f"{bars[last].start:,}+</text>"
        )
    for number in range(0, max(1, len(bars) - step // 2), step):
        if bars[number].end is None:
            continue
        at = number * width
        anchor = "start" if number == 0 else "middle"
        yield (
            f'<text x="{at:.3f}%" y="{_HEIGHT - 8}" text-anchor="{anchor}">'
            f"{bars[number].start:,}</text>"
        )


def _median(bars: Sequence[Bar], median: int) -> Iterator[str]:
    size = (bars[0].end or bars[0].start + 1) - bars[0].start
    at = min(100.0, 100 * (median - bars[0].start + 0.5) / (size * len(bars)))
    anchor, shift = ("end", -6) if at > 70 else ("start", 6)  # noqa: PLR2004 - so that it fits
    yield (
        f'<line class="median" x1="{at:.3f}%" x2="{at:.3f}%" y1="0" y2="{_HEIGHT - _FOOT}"/>'
        f'<text x="{at:.3f}%" dx="{shift}" y="11" text-anchor="{anchor}">median {median:,}</text>'
    )


def _bar_words(bar: Bar) -> str:
    return f"{bar.start:,} and more" if bar.end is None else f"{bar.start:,} to {bar.end - 1:,}"


def _percent(part: int, whole: int) -> str:
    share = 100 * part / max(1, whole)
    return f"{share:.0f} %" if share >= 1 or not part else "&lt;1 %"


def _svg(height: int, label: str, parts: Sequence[str]) -> str:
    """Return the parts as a picture; one without a label only repeats the text beside it."""
    about = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return f'<svg {about} height="{height}">{"".join(parts)}</svg>'
