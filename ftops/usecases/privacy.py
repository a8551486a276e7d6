"""Look for personal data and secrets in declared data: what blocks, and what is only told."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from ftops.core.desired import DataPin, Declared, Pins
from ftops.core.names import SpecName
from ftops.dataset.finding import Severity
from ftops.dataset.privacy.scanned import Scanned
from ftops.errors import DatasetError, Problem
from ftops.ports import DatasetSource, PrivacyGuard
from ftops.usecases.quality import as_problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What was found in the data of several specs."""

    scanned: Mapping[SpecName, Scanned]
    blocking: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def look_through(declared: Sequence[Declared], guard: PrivacyGuard) -> Watched:
    """Return what is in the data of every spec.

    DatasetError with every file that cannot be read, and what is in the others.
    """
    scanned: dict[SpecName, Scanned] = {}
    unread: list[Problem] = []
    blocking: list[Problem] = []
    warnings: list[Problem] = []
    for one in declared:
        try:
            scanned[one.name] = guard.look(one)
        except DatasetError as error:
            unread += error.problems
            continue
        blocking += _problems(scanned[one.name], Severity.ERROR, one)
        warnings += _problems(scanned[one.name], Severity.WARNING, one)
    if unread:
        raise DatasetError([*dict.fromkeys([*unread, *blocking, *warnings])])
    # Specs that share a file share what is in it.
    return Watched(
        scanned=scanned,
        blocking=tuple(dict.fromkeys(blocking)),
        warnings=tuple(dict.fromkeys(warnings)),
    )


class GuardedData:
    """The DatasetSource port: data that is legal, and holds nothing that must not leave.

    Of values that only warn no more than `most_alike` of one kind in one file are told.
    """

    def __init__(
        self, source: DatasetSource, guard: PrivacyGuard, *, most_alike: int | None = None
    ) -> None:
        self._source = source
        self._guard = guard
        self._most_alike = most_alike

    def pin(self, declared: Declared) -> tuple[Pins, tuple[Problem, ...]]:
        """Return the pins and all warnings; DatasetError also for what blocks."""
        try:
            watched = look_through([declared], self._guard)
        except DatasetError as error:
            watched = Watched(scanned={}, blocking=error.problems, warnings=())
        try:
            pins, warnings = self._source.pin(declared)
        except DatasetError as error:
            # A file that cannot be read is told by both, once with the field.
            told = {one.message for one in error.problems}
            found = (*watched.blocking, *watched.warnings)
            more = [one for one in found if one.message not in told]
            raise DatasetError([*error.problems, *more], hint=error.hint) from error
        if watched.blocking:
            found = (*watched.blocking, *warnings, *watched.warnings)
            raise DatasetError(found, hint="`ftops validate` tells all of it")
        return pins, (*warnings, *_few(watched.warnings, self._most_alike))

    def staged(self, pin: DataPin) -> AbstractContextManager[str]:
        """Yield the path of a file holding exactly the pinned bytes."""
        return self._source.staged(pin)


def _problems(scanned: Scanned, severity: Severity, declared: Declared) -> list[Problem]:
    found = [one for one in scanned.findings if one.severity is severity]
    return as_problems(found, declared.path, declared.line_of("dataset"))


def _few(problems: Sequence[Problem], most: int | None) -> Iterator[Problem]:
    """Yield the first of each code in each file, and where the next stands how many there are."""
    total = Counter((one.path, one.code) for one in problems)
    told: Counter[tuple[str | None, str | None]] = Counter()
    for one in problems:
        kind = (one.path, one.code)
        told[kind] += 1
        if most is None or told[kind] <= most:
            yield one
        elif told[kind] == most + 1:
            left = f"{total[kind] - most:,} from here on are like those before"
            yield replace(one, message=f"{left}; `ftops validate --all` tells every one", hint=None)
