"""Model folders and run states on disk: written aside, synced and renamed, so never half there."""

import json
import os
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ftops.trainer.checkpoints import checkpoint_folder
from ftops.trainer.durable import sync
from ftops.trainer.recipes.nano.course import Course
from ftops.trainer.recipes.nano.features import Lexicon
from ftops.trainer.recipes.nano.memory import Rows
from ftops.trainer.recipes.nano.network import PREFIX_TABLE, Weights
from ftops.trainer.recipes.nano.optimiser import Moments
from ftops.trainer.recipes.nano.sizes import Sizes
from ftops.trainer.recipes.nano.tokenizer import Tokenizer

FORMAT: Final = 1
_UNREADABLE: Final = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile)

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """All there is to a fitted model; `rows` is None when it was fitted without a memory."""

    sizes: Sizes
    tokenizer: Tokenizer
    lexicon: Lexicon
    weights: Weights
    rows: Rows | None


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _packed(arrays: Arrays) -> bytes:
    buffer = BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _unpacked(path: Path) -> dict[str, NDArray[Any]]:
    # Opened here: numpy forgets to close a file that turns out to be torn.
    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _known_rows(lexicon: Lexicon, table: int) -> NDArray[np.int64]:
    return np.unique(lexicon.keys.astype(np.int64) % table)


def _thinned(weights: Weights, rows: NDArray[np.int64]) -> Weights:
    return {**weights, PREFIX_TABLE: weights[PREFIX_TABLE][rows]}


def _filled(weights: Weights, rows: NDArray[np.int64], table: int) -> Weights:
    thin = weights[PREFIX_TABLE]
    whole = np.zeros((table, thin.shape[1]), thin.dtype)
    whole[rows] = thin
    return {**weights, PREFIX_TABLE: whole}


def _named(prefix: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    return {f"{prefix}.{name}": array for name, array in arrays.items()}


def _picked(prefix: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    return {
        name.removeprefix(f"{prefix}."): array
        for name, array in arrays.items()
        if name.startswith(f"{prefix}.")
    }


def _model_files(saved: Saved) -> dict[str, bytes]:
    lexicon, sizes = saved.lexicon, saved.sizes
    thin = _thinned(saved.weights, _known_rows(lexicon, sizes.table))
    config = {
        "recipe": "ftops-nano",
        "format": FORMAT,
        "sizes": asdict(sizes),
        "conversations": lexicon.conversations,
        "memory": saved.rows is not None,
    }
    files = {
        "config.json": json.dumps(config, indent=2).encode(),
        "tokenizer.json": json.dumps({"merges": saved.tokenizer.merges}).encode(),
        "model.npz": _packed(
            _named("weight", thin) | _named("lexicon", {"keys": lexicon.keys, "seen": lexicon.seen})
        ),
    }
    if saved.rows is not None:
        files["memory.npz"] = _packed(asdict(saved.rows))
    return files


def write_checkpoint(saved: Saved, step: int, folder: Path) -> Path:
    """Write a model as checkpoint of a step and return its folder."""
    whole = checkpoint_folder(folder, step)
    home = whole.parent
    home.mkdir(parents=True, exist_ok=True)
    for leftover in home.glob(".*.part"):
        shutil.rmtree(leftover)
    part = home / f".{whole.name}.part"
    part.mkdir()
    files = _model_files(saved)
    for name, content in files.items():
        _write(part / name, content)
    sync(part)
    if whole.exists():
        # It was told of before a crash and may be asked right now: never gone, not for a moment.
        for name in files:
            (part / name).replace(whole / name)
        part.rmdir()
    else:
        part.rename(whole)
    sync(home)
    return whole


def _config(model_dir: Path) -> dict[str, Any]:
    try:
        config = json.loads((model_dir / "config.json").read_bytes())
    except (OSError, ValueError) as error:
        raise ValueError(f"{model_dir} holds no ftops-nano model: {error}") from error
    if not isinstance(config, dict) or config.get("recipe") != "ftops-nano":
        raise ValueError(f"{model_dir} holds no ftops-nano model")
    if config.get("format") != FORMAT:
        raise ValueError(
            f"{model_dir} has model format {config.get('format')!r}; this version reads {FORMAT}\n"
            "hint: train it again, or use the version of ftops that wrote it"
        )
    return config


def read_model(model_dir: Path) -> Saved:
    """Read a model folder; ValueError says what is wrong with it."""
    config = _config(model_dir)
    try:
        sizes = Sizes(**config["sizes"])
        arrays = _unpacked(model_dir / "model.npz")
        known = _picked("lexicon", arrays)
        lexicon = Lexicon(
            keys=known["keys"], seen=known["seen"], conversations=config["conversations"]
        )
        merges = json.loads((model_dir / "tokenizer.json").read_bytes())["merges"]
        rows = Rows(**_unpacked(model_dir / "memory.npz")) if config["memory"] else None
        weights = _picked("weight", arrays)
        weights = _filled(weights, _known_rows(lexicon, sizes.table), sizes.table)
    except _UNREADABLE as error:
        raise ValueError(f"{model_dir} is damaged: {error}\nhint: train it again") from error
    return Saved(
        sizes=sizes, tokenizer=Tokenizer(merges), lexicon=lexicon, weights=weights, rows=rows
    )


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    _write(part, content)
    part.replace(path)
    sync(path.parent)


def write_weights(path: Path, weights: Weights) -> None:
    """Write weights alone, whole or not at all."""
    _replace(path, _packed(weights))


def read_weights(path: Path) -> Weights:
    """Read weights alone."""
    return _unpacked(path)


def write_state(path: Path, course: Course, lexicon: Lexicon, task: str) -> None:
    """Write where a run stands, with its task's digest; unused rows of the table are left out."""
    moments = course.moments
    rows = _known_rows(lexicon, len(course.weights[PREFIX_TABLE]))
    told = {
        "format": FORMAT,
        "task": task,
        "updates": course.updates,
        "fed": moments.updates,
        "order": course.order,
        "rng": course.rng.bit_generator.state,
    }
    arrays = _named("weight", _thinned(course.weights, rows))
    arrays |= _named("first", _thinned(moments.first, rows))
    arrays |= _named("second", _thinned(moments.second, rows))
    arrays["row_updates"] = moments.row_updates
    arrays["told"] = np.frombuffer(json.dumps(told).encode(), np.uint8)
    _replace(path, _packed(arrays))


def read_state(
    path: Path, lexicon: Lexicon, task: str, forget: Callable[[str], None]
) -> Course | None:
    """Read where a run stood; None, and a word to `forget`, if it is another's or unreadable."""
    if not path.exists():
        return None
    try:
        arrays = _unpacked(path)
        told = json.loads(arrays["told"].tobytes())
        if (told["format"], told["task"]) != (FORMAT, task):
            forget("the saved state belongs to another task; starting over")
            return None
        table = len(arrays["row_updates"])
        rows = _known_rows(lexicon, table)
        rng = np.random.default_rng()
        rng.bit_generator.state = told["rng"]
        weights, first, second = (
            _filled(_picked(name, arrays), rows, table) for name in ("weight", "first", "second")
        )
    except _UNREADABLE as error:
        forget(f"the saved state is unreadable ({error}); starting over")
        return None
    moments = Moments(
        first=first,
        second=second,
        updates=told["fed"],
        row_updates=arrays["row_updates"],
    )
    return Course(
        weights=weights, moments=moments, rng=rng, order=told["order"], updates=told["updates"]
    )
