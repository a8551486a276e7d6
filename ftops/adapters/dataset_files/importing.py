"""Read a foreign file or folder, and write the rows it holds as a new dataset."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ftops.adapters.dataset_files.columnar import columnar_records, is_columnar
from ftops.adapters.dataset_files.given import given_files
from ftops.adapters.dataset_files.hub_folder import files_of_split
from ftops.adapters.dataset_files.new_file import new_file, refuse_existing
from ftops.dataset.importing.convert import Conversion, records_of
from ftops.dataset.importing.json_records import NO_JSON
from ftops.dataset.importing.record import NO_MESSAGES, Record, UnfitFileError
from ftops.dataset.importing.shapes import NO_SHAPE
from ftops.errors import FtopsError
from ftops.ports import ALONE, Readers

_TABLES: Final = ("csv", "tsv")
_HINT: Final = "`ftops data import --help` shows the shapes that are known"
_HINTS: Final = {
    NO_MESSAGES: "`ftops data import` makes rows of records of other shapes",
    NO_JSON: "is it a table? `--from csv` or `--from tsv` reads one",
}
_MOST_KEYS: Final = 12
_LONGEST_KEY: Final = 30
_PACKED: Final = {".gz", ".zst"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file, or a folder and which of its splits; what its records look like, or `auto`.

    Text is in UTF-8, or in UTF-16 with its mark, unless another encoding is named.
    """

    path: str
    kind: str
    split: str | None = None
    encoding: str | None = None


def import_file(
    source: Source, target: Path, conversion: Conversion, readers: Readers = ALONE
) -> None:
    """Write the target; FtopsError, and no target, if the source holds no row at all."""
    refuse_existing(target)
    columnar = columnar_files(Path(source.path).expanduser(), source.split)
    if columnar:
        _write(source.path, columnar_records(columnar), target, conversion)
        return
    container = source.kind if source.kind in _TABLES else _container_of(source.path)
    with given_files(Path.cwd(), [source.path], readers, of_any_shape=True) as files:
        if len(files.shown) > 1:
            raise FtopsError(f"{source.path} is several files", hint="import them one by one")
        name, stream = files.named()[0]
        _write(name, records_of(stream, container, source.encoding), target, conversion)


def columnar_files(source: Path, split: str | None) -> list[Path]:
    """Return the Parquet or Arrow files that are meant, none if the source is neither."""
    if source.is_dir():
        return files_of_split(source, split)
    if split is not None:
        raise FtopsError(f"{source} is no folder", hint="only folders have splits")
    return [source] if source.is_file() and is_columnar(source) else []


def _write(name: str, records: Iterator[Record], target: Path, conversion: Conversion) -> None:
    try:
        with new_file(target) as copy:
            copy.writelines(conversion.rows(records))
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
    hint = _pair_hint(conversion.first_keys) if reason == NO_SHAPE else _HINTS.get(reason, _HINT)
    raise FtopsError(
        f"{name}: none of {conversion.left_out:,} records can be converted; "
        f"{conversion.place_word} {most.lines[0]}: {reason}",
        hint=f"nothing was written; {hint}",
    )


def _pair_hint(found: Sequence[str]) -> str:
    keys = [f"{key[:_LONGEST_KEY]}…" if len(key) > _LONGEST_KEY else key for key in found]
    more = ", …" if len(keys) > _MOST_KEYS else ""
    told = ", ".join(keys[:_MOST_KEYS])
    return f"`--prompt KEY --completion KEY` names two of its keys: {told}{more}"


def _container_of(source: str) -> str:
    path = Path(source)
    suffix = path.with_suffix("").suffix if path.suffix in _PACKED else path.suffix
    return suffix.lower().removeprefix(".")
