"""Quality figures in a terminal: a line a spec, and one dataset in full."""

from collections.abc import Mapping, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from ftops.core.names import SpecName
from ftops.dataset.quality.figures import Quality, QualityFigures
from ftops.dataset.report import DataReport
from ftops.render.layout import Row, rows, safe
from ftops.render.privacy_view import counts_words, not_checked
from ftops.render.problem_lines import problems_view
from ftops.render.quality_words import (
    HEADER,
    UNJUDGED,
    figure_lines,
    leak_words,
    quality_cells,
    sampling_notes,
)

_BARS: Final = " ▁▂▃▄▅▆▇█"


def quality_view(assessed: Mapping[SpecName, Quality]) -> RenderableType:
    """Show each spec's figures on a line."""
    found = (Row(cells=tuple(map(safe, quality_cells(*one)))) for one in assessed.items())
    notes = dict.fromkeys(note for one in assessed.values() for note in sampling_notes(one))
    return Group(Text(), rows(HEADER, found), *(safe(note, "dim") for note in notes))


def report_view(report: DataReport) -> RenderableType:
    """Show a dataset in full, and what was found."""
    quality = report.quality
    blocks = [_figures_view(report.title, quality.training)]
    if quality.validation is not None:
        blocks += [Text(), _figures_view(", ".join(report.validation), quality.validation)]
    if quality.leaks is not None:
        blocks += [Text(), safe(leak_words(quality.leaks))]
    blocks += [Text(), safe(f"personal data and secrets: {counts_words(report.privacy.counts)}")]
    notes = [*sampling_notes(quality), not_checked([report.privacy], *UNJUDGED)]
    blocks += [safe(note, "dim") for note in notes]
    if not report.problems:
        return Group(*blocks, Text(), safe("No findings.", "bold"))
    return Group(*blocks, Text(), problems_view(report.problems))


def _figures_view(title: str, figures: QualityFigures) -> RenderableType:
    found = [Row(cells=(safe(name, "dim"), safe(value))) for name, value in figure_lines(figures)]
    if figures.histogram:
        first, last = figures.histogram[0], figures.histogram[-1]
        end = f"{last.start:,}+" if last.end is None else f"{last.end - 1:,}"
        drawn = _drawn([bar.rows for bar in figures.histogram])
        found.append(
            Row(cells=(safe("lengths", "dim"), safe(f"{first.start:,} {drawn} {end} tokens")))
        )
    return Group(safe(title, "bold"), rows((), found))


def _drawn(counts: Sequence[int]) -> str:
    most = max(counts, default=0)
    top = len(_BARS) - 1
    return "".join(_BARS[-(-count * top // most)] if most else "" for count in counts)
