"""The PrivacyGuard port over files: look through the declared data of a spec, each file once."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

from ftops.adapters.dataset_files.paths import DataPaths, Found, PathRefusedError
from ftops.adapters.dataset_files.reading import OpenFiles
from ftops.core.desired import Declared
from ftops.core.spec import Split
from ftops.dataset.privacy.allow import read_allowed
from ftops.dataset.privacy.scan import scan_files
from ftops.dataset.privacy.scanned import Rules, Scanned
from ftops.errors import DatasetError, Problem

ALLOW_FIELD: Final = "privacy.allow"
LINE_HINT: Final = "write one sha256:<64 hex> a line, as `ftops data allow` prints it; # comments"

_Key = tuple[tuple[str, ...], tuple[tuple[int, ...], ...], Rules]


class DataPrivacy:
    """The data below `root`; files that several specs train on are looked through once."""

    def __init__(self, root: Path, *, allow_outside: bool = False) -> None:
        self._paths = DataPaths(root, allow_outside=allow_outside)
        self._scanned: dict[_Key, Scanned] = {}

    def look(self, declared: Declared) -> Scanned:
        """Return what is in the data; DatasetError for files that cannot be read."""
        try:
            rules = self._rules(declared)
            with OpenFiles(self._paths, self._find(declared)) as files:
                return self._scan(files, rules)
        except PathRefusedError as error:
            problem = Problem(
                message=error.message, path=declared.path, line=declared.line, hint=error.hint
            )
            raise DatasetError([problem]) from error
        except OSError as error:
            message = f"the data of {declared.name} cannot be read: {error.strerror}"
            raise DatasetError([Problem(message=message, path=declared.path)]) from error

    def _scan(self, files: OpenFiles, rules: Rules) -> Scanned:
        named = files.named()
        stamps = tuple(_stamp(os.fstat(stream.fileno())) for _, stream in named)
        key = (files.shown, stamps, rules)
        if key not in self._scanned:
            self._scanned[key] = scan_files(named, rules)
        return self._scanned[key]

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


def _stamp(about: os.stat_result) -> tuple[int, ...]:
    return (about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
