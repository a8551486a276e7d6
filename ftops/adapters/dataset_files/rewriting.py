"""Write a file without personal data and secrets beside the one that has them, whole or not."""

from pathlib import Path

from ftops.adapters.dataset_files.given import given_files
from ftops.adapters.dataset_files.new_file import linked_when_whole, refuse_existing
from ftops.dataset.privacy.anonymise import Anonymiser, NotARowError
from ftops.errors import DatasetError, FtopsError, Problem
from ftops.ports import ALONE, Readers

_OWNER_ONLY = 0o600


def anonymise_file(source: Path, target: Path, key: bytes, readers: Readers = ALONE) -> Anonymiser:
    """Write the target, and return what was done; FtopsError leaves nothing behind."""
    refuse_existing(target)
    anonymiser = Anonymiser(key)
    try:
        _write(source, target, anonymiser, readers)
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


def _write(source: Path, target: Path, anonymiser: Anonymiser, readers: Readers) -> None:
    with (
        linked_when_whole(target, permissions=_OWNER_ONLY) as copy,
        given_files(Path.cwd(), [str(source)], readers) as files,
    ):
        if len(files.shown) > 1:
            raise FtopsError(f"{source} is several files", hint="anonymise them one by one")
        _, rows = files.named()[0]
        copy.writelines(anonymiser.lines(rows))
