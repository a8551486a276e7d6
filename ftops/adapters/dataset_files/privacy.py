"""The PrivacyGuard port over files: look through the declared data of a spec, each file once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Final, cast

import msgspec

from ftops.adapters.dataset_files.judges import judges
from ftops.adapters.dataset_files.name_models import NameModel, NameModels
from ftops.adapters.dataset_files.paths import DataPaths, Found, PathRefusedError
from ftops.adapters.dataset_files.reading import OpenFiles
from ftops.cache.index_file import IndexFile
from ftops.cache.stamp import Stamps
from ftops.cache.stat_cache import StatCache
from ftops.core.desired import Declared
from ftops.core.shaping import shaping_of
from ftops.core.spec import Split
from ftops.dataset.finding import Severity
from ftops.dataset.privacy.scanned import Rules, Scanned
from ftops.errors import DatasetError, Problem
from ftops.ports import ALONE, Readers

ALLOW_FIELD: Final = "privacy.allow"
LINE_HINT: Final = "write one sha256:<64 hex> a line, as `ftops data allow` prints it; # comments"

INDEX: Final = "privacy"

_Key = tuple[str, Stamps]


class DataPrivacy:
    """The data below `root`; a file is looked through once, until it or the scanner changes."""

    def __init__(
        self, root: Path, *, allow_outside: bool = False, readers: Readers = ALONE
    ) -> None:
        self._paths = DataPaths(root, allow_outside=allow_outside, readers=readers)
        self._file = IndexFile(root / ".ftops" / "cache", INDEX)
        self._scanned: dict[_Key, Scanned] = {}
        self._models = NameModels(root, allow_outside=allow_outside)

    def close(self) -> None:
        """Keep what was found for the next run."""
        if "_cache" in vars(self):
            self._cache.save()

    @cached_property
    def _cache(self) -> StatCache[Scanned]:
        return StatCache(self._file, judges(), Scanned)

    def look(self, declared: Declared) -> Scanned:
        """Return what is in the data; DatasetError for files that cannot be read."""
        shaping = shaping_of(declared.spec, draws=False)
        with _refusals(declared, ALLOW_FIELD):
            rules = self._rules(declared)
        with _refusals(declared, "privacy.presidio"):
            presidio = declared.spec.privacy.presidio
            model = None if presidio is None else self._models.open(presidio)
        with (
            _refusals(declared, "dataset"),
            OpenFiles(self._paths, self._find(declared), shaping) as files,
        ):
            return self._scan(files, rules, model)

    def _scan(self, files: OpenFiles, rules: Rules, model: NameModel | None) -> Scanned:
        key = (_question(files, rules, model), files.stamps)
        if key not in self._scanned:
            found = self._cache.find(*key) or self._look_through(files, rules, model, key)
            self._scanned[key] = found
        return self._scanned[key]

    def _look_through(
        self, files: OpenFiles, rules: Rules, model: NameModel | None, key: _Key
    ) -> Scanned:
        # The scanner's patterns take 0.1 s to load, and data that is known needs none of them.
        from ftops.dataset.privacy.scan import scan_files  # noqa: PLC0415 - see above

        since = self._cache.tick()
        is_found = files.are_as_found()
        scanned = scan_files(files.named_as_shaped(), rules, None if model is None else model.look)
        if model is not None:
            scanned = replace(scanned, model=model.name)
        blocks = any(one.severity is Severity.ERROR for one in scanned.findings)
        if is_found and files.are_as_found() and not blocks:
            self._cache.remember(*key, scanned, since)
        return scanned

    def _find(self, declared: Declared) -> list[Found]:
        """Return training and validation files; a file that is both is looked through once."""
        dataset = declared.spec.dataset
        sides = [dataset.train]
        if not isinstance(dataset.validation, Split | None):
            sides.append(dataset.validation)
        entries = [
            entry
            for written in sides
            for entry in ([written] if isinstance(written, str) else cast("Sequence[str]", written))
        ]
        found = [one for entry in entries for one in self._paths.find(entry)]
        return list({one.real: one for one in found}.values())

    def _rules(self, declared: Declared) -> Rules:
        privacy = declared.spec.privacy
        responses = tuple(privacy.responses().items())
        if privacy.allow is None:
            return Rules(responses=responses)
        from ftops.dataset.privacy.allow import read_allowed  # noqa: PLC0415 - loads the scanner

        found = self._paths.file(privacy.allow)
        with self._paths.open(found) as stream:
            allowed = read_allowed(line.decode("utf-8", "replace") for line in stream)
        if allowed.wrong_lines:
            # The line may be the very value, so it is not shown.
            raise DatasetError(
                [
                    Problem(
                        message="this line is neither a digest nor a comment",
                        path=found.shown,
                        line=number,
                        field=ALLOW_FIELD,
                        hint=LINE_HINT,
                    )
                    for number in allowed.wrong_lines
                ]
            )
        return Rules(responses=responses, allowed=allowed.digests)


@contextmanager
def _refusals(declared: Declared, field: str) -> Iterator[None]:
    """Say of a field that what it names cannot be used."""
    path, line = declared.path, declared.line_of(field)
    try:
        yield
    except PathRefusedError as error:
        problem = Problem(message=error.message, path=path, line=line, hint=error.hint)
        raise DatasetError([problem]) from error
    except OSError as error:
        message = f"the data of {declared.name} cannot be read: {error.strerror}"
        raise DatasetError([Problem(message=message, path=path, line=line)]) from error


def _question(files: OpenFiles, rules: Rules, model: NameModel | None) -> str:
    looked = None if model is None else model.identity
    asked = (files.real, files.shown, rules.responses, sorted(rules.allowed), files.shaping, looked)
    return msgspec.json.encode(asked).decode()
