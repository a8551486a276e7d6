"""Which files of a folder hold one split, as Hugging Face's `datasets` and its hub lay them out."""

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

from ftops.errors import FtopsError

_SHARD: Final = re.compile(r"(?P<split>.+?)-\d{5}-of-\d{5}.*")
_SUFFIXES: Final = (".parquet", ".arrow")
_SAVED: Final = "state.json"
_SAVED_SPLITS: Final = "dataset_dict.json"
_ALL: Final = ""
UNNAMED: Final = "one without a name"


def files_of_split(folder: Path, split: str | None) -> list[Path]:
    """Return the files in order; FtopsError if there are none or the split has to be named."""
    splits = {name: files for name, files in _splits(folder).items() if files}
    if not splits:
        raise FtopsError(
            f"{folder} holds no Parquet or Arrow file",
            hint="name a folder that `save_to_disk` wrote, one of .parquet files, or one file",
        )
    known = ", ".join(name or UNNAMED for name in sorted(splits))
    if split is None and len(splits) == 1:
        return next(iter(splits.values()))
    if split is None:
        raise FtopsError(
            f"{folder} holds several splits: {known}", hint="choose one with --split NAME"
        )
    if split not in splits:
        raise FtopsError(
            f"{folder} has no split {split}",
            hint=f"its splits are: {known}",
        )
    return splits[split]


def _splits(folder: Path) -> dict[str, list[Path]]:
    if (folder / _SAVED_SPLITS).is_file():
        names = _read(folder / _SAVED_SPLITS).get("splits")
        listed = names if isinstance(names, list) else []
        return {name: _saved(folder / name) for name in listed if _is_name(name)}
    if (folder / _SAVED).is_file():
        return {_ALL: _saved(folder)}
    found = sorted(path for path in folder.rglob("*") if path.suffix in _SUFFIXES)
    splits: defaultdict[str, list[Path]] = defaultdict(list)
    for path in found:
        splits[_split_of(path, folder)].append(path)
    return splits


def _split_of(path: Path, folder: Path) -> str:
    """Return the split in `train-00000-of-00002.parquet`, else the folder's name, if it has one."""
    shard = _SHARD.fullmatch(path.stem)
    if shard is not None:
        return shard["split"]
    return path.parent.name if path.parent != folder else _ALL


def _saved(folder: Path) -> list[Path]:
    """Return the files that `save_to_disk` wrote for one split, in its order."""
    listed = _read(folder / _SAVED).get("_data_files")
    files = listed if isinstance(listed, list) else []
    names = [one.get("filename") for one in files if isinstance(one, dict)]
    return [folder / str(name) for name in names if _is_name(name)]


def _is_name(name: object) -> bool:
    """Say whether it names something in the folder itself, and nothing elsewhere."""
    return isinstance(name, str) and Path(name).name == name


def _read(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise FtopsError(f"{path} cannot be read: {error}") from error
    return value if isinstance(value, dict) else {}
