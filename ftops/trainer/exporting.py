"""Takes a tuned model out of a store, as a folder that other programs load."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ftops.trainer import ids, surroundings
from ftops.trainer.recipes.open_weights.base import Base, Tuning
from ftops.trainer.recipes.open_weights.states import described_base
from ftops.trainer.recipes.registry import OPEN_WEIGHTS
from ftops.trainer.store.records import TunedModel
from ftops.trainer.store.store import DATABASE


class ExportError(Exception):
    """The model cannot be taken out; a line that begins with `hint: ` says what helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """Where a model lies now; `base` is what an adapter belongs to."""

    folder: Path
    base: Base | None = None


def export(store: Path, model_id: str, out: Path, *, merge: bool) -> Exported:
    """Write the model's folder to `out`, whole or not at all; `merge` makes an adapter a model."""
    row = _row(store, model_id)
    source = store / row.folder
    if not source.is_dir():
        raise ExportError(f"the files of {model_id} are gone from {source}")
    base = described_base(source) if row.recipe == OPEN_WEIGHTS else None
    if out.exists():
        raise ExportError(f"{out} is there already\nhint: name a folder that is not")
    is_adapter = base is not None and base.tuning is not Tuning.FULL
    if merge and not is_adapter:
        raise ExportError(f"{model_id} is no adapter: there is nothing to merge")
    staging = out.with_name(f".{out.name}.{ids.random_word(8)}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if merge:
            _merge(source, staging)
        else:
            shutil.copytree(source, staging, ignore=shutil.ignore_patterns("*.log"))
        staging.rename(out)
    except OSError as error:
        raise ExportError(f"{out} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Exported(folder=out, base=base if is_adapter and not merge else None)


def _row(store: Path, model_id: str) -> TunedModel:
    """Look the model up beside a server that may be running."""
    path = store / DATABASE
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("SELECT doc FROM models WHERE id = ?", (model_id,))
            row = found.fetchone()
    except sqlite3.Error as error:
        raise ExportError(f"{path} cannot be read: {error}") from error
    if row is None:
        raise ExportError(f"the training server's store does not hold {model_id}")
    return msgspec.json.decode(row[0], type=TunedModel)


def _merge(source: Path, staging: Path) -> None:
    module = "ftops.trainer.recipes.open_weights.merging"
    ended = subprocess.run(  # noqa: S603 our own interpreter and module
        [sys.executable, "-P", "-m", module, str(source), str(staging)],
        capture_output=True,
        text=True,
        check=False,
        env=surroundings.child_environment(),
    )
    if ended.returncode == 0:
        return
    told = ended.stderr.strip().splitlines() or ["it said nothing"]
    words = told[-2:] if told[-1].startswith("hint:") else told[-1:]
    if "ModuleNotFoundError" in words[0]:
        words = ["ftops[train] is not installed", "hint: pip install 'ftops[train]'"]
    raise ExportError(f"the adapter cannot be merged: {words[0]}\n" + "\n".join(words[1:]))
