"""Judge the quality of declared data; what is found never refuses it."""

from collections.abc import Iterable, Mapping, Sequence

from ftops.core.desired import Declared
from ftops.core.names import SpecName
from ftops.dataset.finding import Finding, Severity
from ftops.dataset.quality.figures import Quality
from ftops.errors import DatasetError, Problem
from ftops.ports import DatasetCritic


def assess_all(
    declared: Sequence[Declared], critic: DatasetCritic
) -> tuple[Mapping[SpecName, Quality], tuple[Problem, ...]]:
    """Return each spec's quality and the warnings.

    DatasetError with every file that cannot be read, and the warnings about the others.
    """
    assessed: dict[SpecName, Quality] = {}
    warnings: list[Problem] = []
    problems: list[Problem] = []
    for one in declared:
        try:
            quality = critic.quality(one)
        except DatasetError as error:
            problems += error.problems
            continue
        assessed[one.name] = quality
        warnings += as_problems(quality.findings, one.path, one.line_of("dataset.train"))
    # Specs that share a file share what is wrong with it.
    unwise = tuple(dict.fromkeys(warnings))
    if problems:
        raise DatasetError([*problems, *unwise])
    return assessed, unwise


def as_problems(
    findings: Iterable[Finding], otherwise: str, line: int | None = None
) -> list[Problem]:
    """Return findings as people read them; one of no file is said of `otherwise` and its line."""
    return [
        Problem(
            message=f"{one.path}: {one.message}" if one.path else one.message,
            path=one.file or otherwise,
            line=one.line if one.file else line,
            column=one.column,
            excerpt=one.excerpt,
            code=one.code.value,
            hint=one.hint,
            is_warning=one.severity is Severity.WARNING,
        )
        for one in findings
    ]
