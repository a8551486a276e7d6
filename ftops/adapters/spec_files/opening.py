"""The text of one file of specs: pipes and giants are refused."""

import os
import stat
from pathlib import Path

from ftops.adapters.spec_files.discovery import shown_name, unreadable
from ftops.adapters.spec_files.text import MAX_BYTES, SourceText, decode
from ftops.errors import Problem, SpecError


def read_source(root: Path, path: Path | str) -> SourceText:
    """Return the text of one file, or raise SpecError."""
    name = shown_name(root, path)
    try:
        # A pipe must not keep us waiting: open without blocking, then look at what it is.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise SpecError([Problem(message="is no regular file", path=name)])
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SpecError([unreadable(name, error)]) from error
    return decode(raw, name)
