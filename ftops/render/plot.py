"""Curves over steps, drawn in text: the first in fine dots, the others by marks of their own."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ftops.render.braille import ACROSS, DOWN, BrailleCanvas
from ftops.render.safe_text import one_line

NOTHING: Final = "nothing measured yet"
LEAST_WIDTH: Final = 30
LEAST_HEIGHT: Final = 3
_LARGEST: Final = 1e15
_MARKS: Final = "•\N{MULTIPLICATION SIGN}+o◇"
_ASCII_MARKS: Final = "*x+o#"
_ROOM_ABOVE_AND_BELOW: Final = 0.05

Points = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One named curve: steps and values, in any order."""

    name: str
    points: Points


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """The part of the plane that is drawn."""

    left: int
    right: int
    bottom: float
    top: float

    def column(self, step: int, columns: int) -> int:
        share = (step - self.left) / max(1, self.right - self.left)
        return round(share * (columns - 1))

    def row(self, value: float, rows: int) -> int:
        return round((self.top - value) / (self.top - self.bottom) * (rows - 1))


def loss_plot(
    series: Sequence[Series], width: int = 72, height: int = 16, *, ascii_only: bool = False
) -> str:
    """Draw the series, at most `width` characters wide, on `height` rows and a few lines below.

    Where several steps fall into one column their mean is drawn; what is not a number is left out.
    """
    drawn = [Series(name=one.name, points=_sensible(one.points)) for one in series]
    drawn_points = [point for one in drawn for point in one.points]
    if not drawn_points:
        return NOTHING
    frame, rows = _frame(drawn_points), max(LEAST_HEIGHT, height)
    labels = _labels(frame, rows)
    margin = max(map(len, labels.values()))
    columns = max(LEAST_WIDTH, width) - margin - 2
    cells = _cells(drawn, frame, columns, rows, ascii_only=ascii_only)
    upright, corner, level = ("|", "+", "-") if ascii_only else ("│", "└", "─")
    lines = [
        f"{labels.get(row, ''):>{margin}} {upright}"
        + "".join(cells.get((column, row), " ") for column in range(columns))
        for row in range(rows)
    ]
    first = f"step {frame.left:,}"
    last = f"{frame.right:,}" if frame.right > frame.left else ""
    indent = " " * (margin + 1)
    lines.append(f"{indent}{corner}{level * columns}")
    lines.append(f"{indent} {first}{last:>{max(1, columns - len(first))}}")
    lines += [f"{indent} {line}" for line in _legend(drawn, columns, ascii_only=ascii_only)]
    return "\n".join(line.rstrip() for line in lines)


def _sensible(points: Points) -> Points:
    return tuple(sorted(point for point in points if -_LARGEST < point[1] < _LARGEST))


def _frame(points: Sequence[tuple[int, float]]) -> _Frame:
    steps, values = [step for step, _ in points], [value for _, value in points]
    low, high = min(values), max(values)
    room = (high - low) * _ROOM_ABOVE_AND_BELOW or abs(low) * _ROOM_ABOVE_AND_BELOW or 1.0
    # A loss lies above zero; an axis that went below it would only puzzle.
    bottom = max(0.0, low - room) if low > 0 else low - room
    return _Frame(left=min(steps), right=max(steps), bottom=bottom, top=high + room)


def _labels(frame: _Frame, rows: int) -> dict[int, str]:
    middle = rows // 2
    height = frame.top - frame.bottom
    return {row: f"{frame.top - height * row / (rows - 1):.4g}" for row in (0, middle, rows - 1)}


def _cells(
    series: Sequence[Series], frame: _Frame, columns: int, rows: int, *, ascii_only: bool
) -> dict[tuple[int, int], str]:
    cells: dict[tuple[int, int], str] = {}
    marks = _ASCII_MARKS if ascii_only else _MARKS
    for number, one in enumerate(series):
        if number == 0 and not ascii_only:
            canvas = BrailleCanvas()
            for x, y in _connected(one.points, frame, columns * ACROSS, rows * DOWN):
                canvas.dot(x, y)
            cells.update(canvas.characters())
        else:
            mark = marks[number % len(marks)]
            trace = _connected if number == 0 else _placed
            cells.update(dict.fromkeys(trace(one.points, frame, columns, rows), mark))
    return cells


def _placed(points: Points, frame: _Frame, columns: int, rows: int) -> Iterator[tuple[int, int]]:
    """Yield one place per column that has points, at their mean."""
    values: dict[int, list[float]] = defaultdict(list)
    for step, value in points:
        values[frame.column(step, columns)].append(value)
    for column, found in values.items():
        yield column, frame.row(sum(found) / len(found), rows)


def _connected(points: Points, frame: _Frame, columns: int, rows: int) -> Iterator[tuple[int, int]]:
    """Yield the same places, and those on the lines between them."""
    before: tuple[int, int] | None = None
    for x, y in _placed(points, frame, columns, rows):
        if before is not None:
            yield from _line(before, (x, y))
        yield x, y
        before = x, y


def _line(start: tuple[int, int], end: tuple[int, int]) -> Iterator[tuple[int, int]]:
    (x0, y0), (x1, y1) = start, end
    length = max(abs(x1 - x0), abs(y1 - y0))
    for part in range(1, length):
        yield x0 + round((x1 - x0) * part / length), y0 + round((y1 - y0) * part / length)


def _legend(series: Sequence[Series], columns: int, *, ascii_only: bool) -> list[str]:
    marks = _ASCII_MARKS if ascii_only else _MARKS
    entries = [
        f"{marks[number % len(marks)]} {one_line(one.name)}" for number, one in enumerate(series)
    ]
    line = "   ".join(entries)
    return [line] if len(line) <= columns else entries
