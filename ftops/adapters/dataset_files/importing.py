"""Read a foreign file, and write the rows it holds as a new dataset."""

from pathlib import Path
from typing import Final

from ftops.adapters.dataset_files.given import given_files
from ftops.adapters.dataset_files.new_file import new_file, refuse_existing
from ftops.dataset.importing.convert import Conversion, records_of
from ftops.dataset.importing.record import UnfitFileError
from ftops.errors import FtopsError

_TABLES: Final = ("csv", "tsv")
_PACKED: Final = {".gz", ".zst"}


def import_file(source: str, target: Path, kind: str, conversion: Conversion) -> None:
    """Write the target; FtopsError, and no target, if the source holds no row at all."""
    refuse_existing(target)
    container = kind if kind in _TABLES else _container_of(source)
    with given_files(Path.cwd(), [source]) as files:
        if len(files.shown) > 1:
            raise FtopsError(f"{source} is several files", hint="import them one by one")
        name, stream = files.named()[0]
        try:
            with new_file(target) as copy:
                copy.writelines(conversion.rows(records_of(stream, container)))
                refuse_nothing(name, conversion)
        except UnfitFileError as error:
            raise FtopsError(f"{name}: {error.message}", hint=error.hint) from error


def refuse_nothing(name: str, conversion: Conversion) -> None:
    """Raise FtopsError with the commonest reason if no record became a row."""
    if conversion.converted:
        return
    if not conversion.skipped:
        raise FtopsError(f"{name} holds no record", hint="nothing was written")
    reason, most = max(conversion.skipped.items(), key=lambda pair: pair[1].count)
    raise FtopsError(
        f"{name}: none of {conversion.left_out:,} records can be converted; "
        f"line {most.lines[0]}: {reason}",
        hint="nothing was written; `ftops data import --help` shows the shapes that are known",
    )


def _container_of(source: str) -> str:
    path = Path(source)
    suffix = path.with_suffix("").suffix if path.suffix in _PACKED else path.suffix
    return suffix.lower().removeprefix(".")
