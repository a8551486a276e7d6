import json
import re
from pathlib import Path

import pytest

from ftops.trainer.exporting import ExportError, export
from ftops.trainer.recipes.open_weights.base import Base, Tuning, plain_base
from ftops.trainer.store.records import TunedModel
from ftops.trainer.store.store import Store

NANO, ADAPTER, WHOLE = (f"ft:{base}:local::abc" for base in ("ftops-nano", "tiny", "full"))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    root = tmp_path / "store"
    held = Store(root)
    for model, tuning in ((NANO, None), (ADAPTER, Tuning.LORA), (WHOLE, Tuning.FULL)):
        folder = root / "jobs" / model.split(":")[1]
        folder.mkdir(parents=True)
        (folder / "weights").write_text(model)
        (folder / "answering.log").write_text("talk")
        if tuning is not None:
            base = Base(source="/models/tiny", tuning=tuning)
            (folder / "ftops.json").write_text(json.dumps({"base": plain_base(base)}))
        recipe = "ftops-nano" if tuning is None else "open-weights"
        relative = str(folder.relative_to(root))
        held.models.add(
            TunedModel(id=model, job_id="j", created_at=1, recipe=recipe, folder=relative)
        )
    held.close()
    return root


def test_a_model_goes_out_whole_even_beside_a_running_server(store: Path, tmp_path: Path) -> None:
    held = Store(store)
    try:
        exported = export(store, NANO, tmp_path / "out/nano", merge=False)
    finally:
        held.close()
    assert exported.base is None
    assert [each.name for each in exported.folder.iterdir()] == ["weights"]
    assert [each.name for each in exported.folder.parent.iterdir()] == ["nano"]


def test_an_adapter_goes_out_with_the_base_it_belongs_to(store: Path, tmp_path: Path) -> None:
    exported = export(store, ADAPTER, tmp_path / "out", merge=False)
    assert exported.base is not None
    assert exported.base.source == "/models/tiny"
    assert (exported.folder / "weights").read_text() == ADAPTER


@pytest.mark.parametrize(
    ("model", "merge", "words"),
    [
        pytest.param("ft:gone", False, "does not hold ft:gone", id="no such model"),
        pytest.param(NANO, True, "is no adapter: there is nothing to merge", id="nano's"),
        pytest.param(WHOLE, True, "is no adapter: there is nothing to merge", id="all weights"),
    ],
)
def test_what_cannot_go_out_is_said(
    store: Path,
    tmp_path: Path,
    model: str,
    merge: bool,  # noqa: FBT001 - a table's column
    words: str,
) -> None:
    with pytest.raises(ExportError, match=re.escape(words)):
        export(store, model, tmp_path / "out", merge=merge)
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_over(store: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(ExportError, match="is there already\nhint: name a folder that is not"):
        export(store, NANO, tmp_path / "out", merge=False)


def test_a_folder_that_cannot_be_written_is_said(store: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="cannot be written: "):
        export(store, NANO, tmp_path / "file/out", merge=False)


def test_files_that_are_gone_are_said(store: Path, tmp_path: Path) -> None:
    (store / "jobs/ftops-nano").rename(store / "jobs/elsewhere")
    with pytest.raises(ExportError, match="are gone"):
        export(store, NANO, tmp_path / "out", merge=False)


def test_a_store_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="cannot be read"):
        export(tmp_path, NANO, tmp_path / "out", merge=False)


def test_a_merge_that_fails_leaves_nothing(store: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="the adapter cannot be merged"):
        export(store, ADAPTER, tmp_path / "out", merge=True)
    assert not [each for each in tmp_path.iterdir() if "out" in each.name]
