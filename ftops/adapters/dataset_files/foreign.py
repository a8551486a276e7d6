"""Files whose names say that they hold no JSON Lines: refused before each line of them is."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ftops.adapters.dataset_files.paths import Found, PathRefusedError

_KINDS: Final = {
    ".csv": "a table",
    ".tsv": "a table",
    ".xlsx": "a workbook",
    ".xls": "a workbook",
    ".parquet": "a Parquet file",
    ".arrow": "an Arrow file",
}
_PACKED: Final = (".gz", ".zst")


def refuse_foreign(found: Iterable[Found]) -> None:
    """Raise PathRefusedError for the first file that has to be imported before it is a dataset."""
    for one in found:
        path = Path(one.shown)
        plain = path.with_suffix("") if path.suffix.lower() in _PACKED else path
        kind = _KINDS.get(plain.suffix.lower())
        if kind is not None:
            raise PathRefusedError(
                f"{one.shown} is {kind}, and a dataset is JSON Lines",
                hint=f"`ftops data import {one.shown} -o {plain.with_suffix('.jsonl')}`",
            )
