"""Taking a model of the training server out of the project."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ftops.trainer.launch import stop
from tests.cli.checkout import Checkout
from tests.cli.lab import Lab
from tests.cli.scene import Ftops


@pytest.fixture
def begun(ftops: Ftops, empty: Checkout) -> Iterator[Checkout]:
    assert ftops("init").code == 0
    yield empty
    stop(empty.root / ".ftops/local")


def test_a_trained_model_goes_out(ftops: Ftops, begun: Checkout, tmp_path: Path) -> None:
    assert ftops("apply", "--yes").code == 0
    out = tmp_path / "out"
    exported = ftops("export", "support-bot", str(out))
    assert exported.code == 0, exported.err
    assert exported.out == f"{out}\n"
    assert (out / "model.npz").is_file()
    again = ftops("export", "support-bot", str(out))
    assert again.code == 1
    assert f"{out} is there already\nhint: name a folder that is not\n" in again.err
    merged = ftops("export", "support-bot", str(tmp_path / "merged"), "--merge")
    assert merged.code == 1
    assert "is no adapter: there is nothing to merge" in merged.err
    assert begun.root.is_dir()


def test_a_provider_keeps_its_weights(
    ftops: Ftops, empty: Checkout, lab: Lab, tmp_path: Path
) -> None:
    assert ftops("init").code == 0
    empty.settle(lab.base_url)
    ran = ftops("export", "support-bot", str(tmp_path / "out"))
    assert ran.code == 1
    assert "not on this machine" in ran.err
    assert "hint: its provider keeps the weights" in ran.err
    assert lab.requests == []


@pytest.mark.parametrize("target", ["local", "openai"])
def test_a_name_nobody_has_is_told_with_those_there_are(
    ftops: Ftops, begun: Checkout, tmp_path: Path, target: str
) -> None:
    ran = ftops("--target", target, "export", "nope", str(tmp_path / "out"))
    assert ran.code == 1
    assert "hint: no spec is named nope; the specs here are: support-bot\n" in ran.err
    assert not (tmp_path / "out").exists()
    assert begun.root.is_dir()
