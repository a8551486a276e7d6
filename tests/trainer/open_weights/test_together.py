"""Two processes that train one model together under torchrun, as the server starts them."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import openai
import pytest

pytest.importorskip("trl", reason="make check-train installs ftops[train]")

import torch
from safetensors.torch import load_file

from ftops.trainer.running import processes
from ftops.trainer.settings import Settings
from tests.trainer.conftest import serving, wait_until
from tests.trainer.open_weights.school import DATASET

pytestmark = pytest.mark.train


@pytest.fixture
def settings(settings: Settings, base: Path) -> Settings:
    listed = {
        "source": str(base),
        "learning_rate": 1e-2,
        "device_batch_size": 2,
        "processes": 2,
        "save_seconds": 1,
    }
    return replace(settings, bases={"tiny-qwen": listed}, stuck_seconds=300.0)


def _begin(client: openai.OpenAI) -> str:
    file = client.files.create(file=DATASET, purpose="fine-tune")
    return client.fine_tuning.jobs.create(
        model="tiny-qwen",
        training_file=file.id,
        seed=1,
        method={"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 2}}},
    ).id


def _steps(client: openai.OpenAI, job: str) -> list[int]:
    events = client.fine_tuning.jobs.list_events(job, limit=1000).data[::-1]
    return [int(each.data["step"]) for each in events if each.type == "metrics"]  # type: ignore[index]


def _ends(client: openai.OpenAI, job: str) -> str:
    def is_over() -> bool:
        return client.fine_tuning.jobs.retrieve(job).status in {"succeeded", "failed"}

    wait_until(is_over, seconds=250)
    ended = client.fine_tuning.jobs.retrieve(job)
    assert ended.status == "succeeded", ended.error
    return ended.fine_tuned_model or ""


def test_two_processes_train_one_model_and_a_killed_pair_goes_on(settings: Settings) -> None:
    with serving(settings) as client:
        whole, broken = _begin(client), _begin(client)
        _ends(client, whole)
        wait_until(lambda: len(_steps(client, broken)) >= 4, seconds=200)
        (mark,) = settings.store.glob(f"jobs/{broken}/try-1-*/worker.json")
        agent = int(mark.read_text().partition(":")[2].partition(",")[0])
        ranks = [
            int(each.parent.name)
            for each in Path("/proc").glob("[0-9]*/stat")
            if each.read_text().rpartition(")")[2].split()[1] == str(agent)
        ]
        assert len(ranks) == 2
        os.kill(agent, signal.SIGKILL)
        wait_until(lambda: not any(processes.birth_mark(rank) for rank in ranks))
        _ends(client, broken)
        for job in (whole, broken):
            steps = _steps(client, job)
            assert steps == list(range(1, len(steps) + 1)), "only the first process tells"
    found = [
        max(settings.store.glob(f"jobs/{job}/work/checkpoints/step-*")) for job in (whole, broken)
    ]
    ours, theirs = (load_file(each / "adapter_model.safetensors") for each in found)
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
