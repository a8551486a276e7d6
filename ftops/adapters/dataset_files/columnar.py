"""Records of Parquet and Arrow files, and of the folders that Hugging Face's `datasets` writes."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from ftops.dataset.importing.record import Record
from ftops.errors import FtopsError

BATCH: Final = 512
"""So many records are held at once."""

PARQUET: Final = b"PAR1"
ARROW_FILE: Final = b"ARROW1"
ARROW_STREAM: Final = b"\xff\xff\xff\xff"
_MAGICS: Final = (PARQUET, ARROW_FILE, ARROW_STREAM)
_LONGEST_MAGIC: Final = max(map(len, _MAGICS))


def is_columnar(path: Path) -> bool:
    """Say whether the file begins like Parquet or Arrow."""
    with path.open("rb") as stream:
        return stream.read(_LONGEST_MAGIC).startswith(_MAGICS)


def columnar_records(files: Sequence[Path]) -> Iterator[Record]:
    """Yield the records of all files in order, numbered from 1; FtopsError for a broken file.

    Columns give every record every key: what is null was never there.
    """
    number = 0
    for path in files:
        for row in _rows(path):
            number += 1
            yield Record(line=number, fields=_without_nulls(row), is_numbered=True)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        # It is large, and an extra: whoever imports no such file needs none of it.
        import pyarrow as pa  # noqa: PLC0415 - see above
    except ImportError as error:
        raise FtopsError(
            f"{path} is read with pyarrow, which is not installed",
            hint="pip install 'ftops[hf]'",
        ) from error
    try:
        with path.open("rb") as stream:
            for batch in _batches(stream):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise FtopsError(f"{path} cannot be read: {reason}", hint="is it whole?") from error


def _batches(stream: Any) -> Iterator[Any]:  # noqa: ANN401 - pyarrow has no types
    from pyarrow import ipc, parquet  # noqa: PLC0415 - see _rows

    begin = stream.read(_LONGEST_MAGIC)
    stream.seek(0)
    if begin.startswith(PARQUET):
        yield from parquet.ParquetFile(stream).iter_batches(batch_size=BATCH)
        return
    if begin.startswith(ARROW_FILE):
        reader = ipc.open_file(stream)
        whole = (reader.get_batch(at) for at in range(reader.num_record_batches))
    else:
        whole = iter(ipc.open_stream(stream))
    for batch in whole:
        for start in range(0, batch.num_rows, BATCH):
            yield batch.slice(start, BATCH)


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_without_nulls(one) for one in value]
    return value
