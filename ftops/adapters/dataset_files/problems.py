"""Gather what is wrong with one spec's data, so that all of it is told at once."""

from collections.abc import Iterator, Set
from contextlib import contextmanager

from ftops.adapters.dataset_files.paths import PathRefusedError
from ftops.core.desired import DataPin, Declared, Pins
from ftops.dataset.check import Checked
from ftops.dataset.finding import Code, Finding, Severity
from ftops.errors import DatasetError, Problem


class Gathering:
    """The problems and the warnings of one spec's data so far."""

    def __init__(self, declared: Declared) -> None:
        self.declared = declared
        self._problems: list[Problem] = []
        self._warnings: list[Problem] = []
        self._refused: set[str] = set()

    @contextmanager
    def refusals(self, field: str) -> Iterator[None]:
        """Note a path that cannot be used, and go on after the block."""
        try:
            yield
        except PathRefusedError as error:
            self._refuse(field, error.message, error.hint)
        except OSError as error:
            self._refuse(field, f"the data cannot be read: {error.strerror}", None)

    def take(self, checked: Checked, field: str, only: Set[Code] | None = None) -> None:
        """Take over a check's findings, or only those of some codes.

        Too few rows are no finding where a file of theirs is missing.
        """
        for finding in checked.findings:
            is_followed = finding.code is Code.TOO_FEW_EXAMPLES and field in self._refused
            if (only is None or finding.code in only) and not is_followed:
                is_error = finding.severity is Severity.ERROR
                target = self._problems if is_error else self._warnings
                target.append(self._problem(finding, field))
        if checked.findings_omitted and only is None:
            more = f"{checked.findings_omitted:,} more findings in this data are not shown"
            target = self._warnings if checked.is_legal else self._problems
            target.append(
                Problem(
                    message=more,
                    path=self.declared.path,
                    line=self.declared.line_of(field),
                    field=field,
                    is_warning=checked.is_legal,
                )
            )

    def close(
        self, training: DataPin | None, validation: DataPin | None
    ) -> tuple[Pins, tuple[Problem, ...]]:
        """Return the pins and the warnings; DatasetError with all of both if there is a problem."""
        if training is None or self._problems:
            found = [*self._problems, *self._warnings]
            raise DatasetError(found, hint="`ftops validate` tells all of it")
        return Pins(training=training, validation=validation), tuple(self._warnings)

    def _refuse(self, field: str, message: str, hint: str | None) -> None:
        self._refused.add(field)
        path, line = self.declared.path, self.declared.line_of(field)
        self._problems.append(
            Problem(message=message, path=path, line=line, field=field, hint=hint)
        )

    def _problem(self, finding: Finding, field: str) -> Problem:
        where = f"{finding.path}: " if finding.path else ""
        return Problem(
            message=f"{where}{finding.message}",
            path=finding.file or self.declared.path,
            line=finding.line if finding.file else self.declared.line_of(field),
            column=finding.column,
            excerpt=finding.excerpt,
            field=field,
            code=finding.code.value,
            hint=self._hint(finding),
            is_warning=finding.severity is Severity.WARNING,
        )

    def _hint(self, finding: Finding) -> str | None:
        """Return what helps; rows that the spec itself leaves out are not to be added."""
        dataset = self.declared.spec.dataset
        if finding.code is Code.TOO_FEW_EXAMPLES and (dataset.filter or dataset.sample):
            return "`dataset.filter` and `dataset.sample` leave out the others: let them keep more."
        return finding.hint
