"""Quality as plain JSON data."""

from dataclasses import asdict
from typing import Any

from ftops.dataset.quality.figures import Quality, QualityFigures

Plain = dict[str, Any]


def quality_part(quality: Quality) -> Plain:
    """Return the figures of both sides and the leaks between them; null where there is no side."""
    validation, leaks = quality.validation, quality.leaks
    return {
        "training": _figures_part(quality.training),
        "validation": None if validation is None else _figures_part(validation),
        "leaks": None if leaks is None else asdict(leaks),
    }


def _figures_part(figures: QualityFigures) -> Plain:
    return {**asdict(figures), "is_sampled": figures.is_sampled}
