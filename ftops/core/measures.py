"""What a job measured at its steps: curves from its events or from its result file."""

import base64
import binascii
import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ftops.core.progress import JobEvent

MEASURES: Final = (
    "train_loss",
    "valid_loss",
    "full_valid_loss",
    "train_lm_loss",
    "train_mean_token_accuracy",
    "valid_mean_token_accuracy",
    "full_valid_mean_token_accuracy",
)
"""What OpenAI's events and checkpoints call their measures."""

_COLUMNS: Final[Mapping[str, str]] = {
    "train_accuracy": "train_mean_token_accuracy",
    "valid_accuracy": "valid_mean_token_accuracy",
    **{name: name for name in MEASURES},
}
"""Column of a result file, and the measure it holds."""

Points = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One measure over steps, in the order of the steps."""

    name: str
    points: Points


def curves_of_events(events: Iterable[JobEvent]) -> tuple[Curve, ...]:
    """Return what the events measured; a measure nobody told is left out."""
    return _curves(
        (event.step, {name: event.number(name) for name in MEASURES})
        for event in events
        if event.step is not None
    )


def curves_of_results(content: bytes) -> tuple[Curve, ...]:
    """Return the curves of a result file: CSV, which OpenAI hands out in base64; else none."""
    text = _plain(content)
    if text is None:
        return ()
    try:
        return _curves(_rows(csv.DictReader(io.StringIO(text))))
    except csv.Error:
        return ()


def _plain(content: bytes) -> str | None:
    for read in (content, _unwrapped(content)):
        try:
            text = read.decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        if text.partition("\n")[0].lower().split(",")[0].strip() == "step":
            return text
    return None


def _unwrapped(content: bytes) -> bytes:
    try:
        return base64.b64decode(content, validate=False)
    except binascii.Error:
        return b""


def _rows(table: "csv.DictReader[str]") -> Iterator[tuple[int, dict[str, float]]]:
    for row in table:
        step = _number(row.get("step"))
        if step is not None:
            values = ((name, _number(row.get(column))) for column, name in _COLUMNS.items())
            yield int(step), {name: value for name, value in values if value is not None}


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "nan")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _curves(rows: Iterable[tuple[int, Mapping[str, float | None]]]) -> tuple[Curve, ...]:
    found: dict[str, dict[int, float]] = {name: {} for name in MEASURES}
    for step, row in rows:
        for name, value in row.items():
            if value is not None:
                found[name][step] = value
    return tuple(
        Curve(name=name, points=tuple(sorted(points.items())))
        for name, points in found.items()
        if points
    )
