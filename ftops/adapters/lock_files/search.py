"""Find the files below a folder that are named like locks."""

import os
import re
from collections.abc import Iterator
from typing import Final

from ftops.core.names import SPEC_NAME_PATTERN, SpecName

LOCK_SUFFIX: Final = ".lock"

_SPEC_NAME: Final = re.compile(SPEC_NAME_PATTERN)


def locks_below(folder: str) -> Iterator[tuple[SpecName, str]]:
    """Yield each lock's spec and path, a folder's own locks before those deeper down.

    No folder has no locks; any other OSError is raised. Paths are text, for there may be many
    thousands.
    """
    names: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if _is_folder(entry):
                    folders += [] if entry.is_symlink() else [entry.path]
                elif entry.name.endswith(LOCK_SUFFIX):
                    names.append(entry.name)
    except FileNotFoundError:
        return
    for name in sorted(names):
        spec = name.removesuffix(LOCK_SUFFIX)
        if _SPEC_NAME.fullmatch(spec):
            yield SpecName(spec), f"{folder}/{name}"
    for each in sorted(folders):
        yield from locks_below(each)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
