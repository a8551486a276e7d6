"""Write a file without personal data and secrets beside the one that has them, whole or not."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from ftops.dataset.privacy.anonymise import Anonymiser, NotARowError
from ftops.errors import DatasetError, FtopsError, Problem

_BUFFER = 1 << 20


def anonymise_file(source: Path, target: Path, key: bytes) -> Anonymiser:
    """Write the target, and return what was done; FtopsError leaves nothing behind."""
    if os.path.lexists(target):
        raise FtopsError(f"{target} is there already", hint="name a file that is not there yet")
    anonymiser = Anonymiser(key)
    try:
        _write(source, target, anonymiser)
    except NotARowError as error:
        problem = Problem(message=f"the line {error.message}", path=str(source), line=error.line)
        hint = "nothing was written; `ftops validate` and an editor help to mend it"
        raise DatasetError([problem], hint=hint) from error
    except FileExistsError as error:
        raise FtopsError(f"{target} is there already", hint="nothing was replaced") from error
    except OSError as error:
        where = error.filename or source
        raise FtopsError(f"{where}: {error.strerror}", hint="nothing was written") from error
    return anonymiser


def _write(source: Path, target: Path, anonymiser: Anonymiser) -> None:
    with source.open("rb", buffering=_BUFFER) as rows:
        descriptor, name = tempfile.mkstemp(prefix=".ftops-", dir=target.parent)
        aside = Path(name)
        try:
            with os.fdopen(descriptor, "wb", buffering=_BUFFER) as copy:
                copy.writelines(anonymiser.lines(rows))
                copy.flush()
                os.fsync(copy.fileno())
            # A link never replaces what came there meanwhile, as a rename would.
            os.link(aside, target)
        finally:
            with suppress(FileNotFoundError):
                aside.unlink()
