"""QLoRA: an adapter learned over 4-bit weights, on a processor too."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import openai
import pytest

pytest.importorskip("trl", reason="make check-train installs ftops[train]")

import torch
from bitsandbytes.nn import Linear4bit
from openai.types.fine_tuning import FineTuningJob
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from ftops.trainer.recipes.contract import Wish
from ftops.trainer.recipes.open_weights import loading
from ftops.trainer.recipes.open_weights.answering.remote import Processes
from ftops.trainer.recipes.open_weights.base import BaseError, read_base
from ftops.trainer.recipes.open_weights.merging import merge
from ftops.trainer.recipes.open_weights.recipe import OpenWeightsRecipe
from ftops.trainer.settings import Settings
from tests.trainer.conftest import serving, wait_until
from tests.trainer.open_weights.school import DATASET, NEW, Ear, a_task, fitted, stopped
from tests.trainer.open_weights.test_answering import a_model, ask, taught

pytestmark = pytest.mark.train


def test_the_base_is_held_in_four_bits_and_only_the_adapter_learns(base: Path) -> None:
    described = read_base({"source": str(base), "tuning": "qlora"})
    model = loading.trainable(described, None)
    layers = [each for each in model.modules() if isinstance(each, Linear4bit)]
    assert len(layers) == 2 * 7, "every linear layer of both blocks"
    assert all(each.weight.dtype is torch.uint8 for each in layers)
    assert all(each.weight.quant_type == "nf4" for each in layers)
    learning = [name for name, each in model.named_parameters() if each.requires_grad]
    assert learning
    assert all("lora_" in name for name in learning)


def test_what_was_learned_over_four_bits_is_said_and_merged(base: Path, tmp_path: Path) -> None:
    model_dir = taught(base, tmp_path / "work", "Four bits.", tuning="qlora")
    processes = Processes()
    try:
        assert ask(a_model(model_dir, processes)) == "Four bits."
    finally:
        processes.end()
    merge(model_dir, tmp_path / "merged")
    merged = AutoModelForCausalLM.from_pretrained(tmp_path / "merged")
    assert not any(isinstance(each, Linear4bit) for each in merged.modules())
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "merged")
    asked = tokenizer.apply_chat_template(
        [{"role": "user", "content": "Which colour is it?"}],
        add_generation_prompt=True,
        return_tensors="pt",
    )
    said = merged.generate(**asked, max_new_tokens=12, do_sample=False)[0]
    answer = tokenizer.decode(said[asked["input_ids"].shape[1] :], skip_special_tokens=True)
    assert answer == "Four bits."


def test_a_pause_over_four_bits_leaves_the_same_weights_as_none(base: Path, tmp_path: Path) -> None:
    ear = Ear()
    changes: dict[str, Any] = {"tuning": "qlora", "validation": NEW[:4]}
    whole = fitted(a_task(base, tmp_path / "whole", **changes), ear)
    assert ear.steps[-1].train_loss < 0.8 * ear.steps[0].train_loss
    task = a_task(base, tmp_path / "parts", **changes)
    assert stopped(task, Ear(Wish.PAUSE, after=11)) is Wish.PAUSE
    resumed = fitted(task, Ear())
    ours, theirs = (load_file(each / "adapter_model.safetensors") for each in (whole, resumed))
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_without_its_package_nothing_begins(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    ear = Ear()
    with pytest.raises(BaseError, match=r"not installed\nhint: pip install 'bitsandbytes>=0.50'"):
        OpenWeightsRecipe().fit(a_task(base, tmp_path, tuning="qlora"), ear)
    assert ear.was_resolved is None


def test_a_job_with_too_old_a_package_fails_before_it_trains(
    base: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = tmp_path / "old/bitsandbytes-0.40.0.dist-info"
    described.mkdir(parents=True)
    (described / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: bitsandbytes\nVersion: 0.40.0\n"
    )
    # Workers find it before the real one.
    monkeypatch.setenv("PYTHONPATH", str(described.parent), prepend=":")
    listed = {"source": str(base), "tuning": "qlora"}
    with serving(replace(settings, bases={"tiny": listed}, stuck_seconds=300.0)) as client:
        job = failed(client)
        assert job.error is not None
        assert job.error.code == "untrainable"
        assert job.error.message == (
            "Nothing was trained: qlora holds weights in 4 bits by bitsandbytes 0.50 or newer, and "
            "0.40.0 is installed\nhint: pip install 'bitsandbytes>=0.50' where the training server "
            'runs, or set tuning = "lora" for this model'
        )
        events = client.fine_tuning.jobs.list_events(job.id).data
        assert not any(event.type == "metrics" for event in events)


def failed(client: openai.OpenAI) -> FineTuningJob:
    file = client.files.create(file=DATASET, purpose="fine-tune")
    job = client.fine_tuning.jobs.create(model="tiny", training_file=file.id)
    wait_until(
        lambda: client.fine_tuning.jobs.retrieve(job.id).status == "failed",
        seconds=100,
    )
    return client.fine_tuning.jobs.retrieve(job.id)
