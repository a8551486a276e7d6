"""The whole way of a listed model through the official client: train, wait, ask, go on."""

from dataclasses import replace
from pathlib import Path

import openai
import pytest

pytest.importorskip("trl", reason="make check-train installs ftops[train]")

from openai.types.fine_tuning import FineTuningJob

from ftops.trainer.settings import Settings
from tests.trainer.conftest import serving, wait_until
from tests.trainer.open_weights.school import DATASET

pytestmark = pytest.mark.train


@pytest.fixture
def settings(settings: Settings, base: Path) -> Settings:
    listed = {"source": str(base), "learning_rate": 1e-2, "device_batch_size": 8}
    return replace(settings, bases={"tiny-qwen": listed}, stuck_seconds=300.0)


def _ended(client: openai.OpenAI, job: FineTuningJob) -> FineTuningJob:
    def is_over() -> bool:
        return client.fine_tuning.jobs.retrieve(job.id).status in {"succeeded", "failed"}

    wait_until(is_over, seconds=250)
    return client.fine_tuning.jobs.retrieve(job.id)


def test_a_listed_model_is_trained_asked_and_trained_further(settings: Settings) -> None:
    with serving(settings) as client:
        assert "tiny-qwen" in {model.id for model in client.models.list()}
        file = client.files.create(file=DATASET, purpose="fine-tune")
        job = client.fine_tuning.jobs.create(
            model="tiny-qwen",
            training_file=file.id,
            suffix="support",
            method={"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 1}}},
        )
        job = _ended(client, job)
        assert job.status == "succeeded", job.error
        model = job.fine_tuned_model or ""
        assert model.startswith("ft:tiny-qwen:local:support:")
        events = client.fine_tuning.jobs.list_events(job.id, limit=100).data
        assert events[-1].message == "Fine-tuning tiny-qwen on this server's own hardware"
        assert any(event.type == "metrics" for event in events)
        told = client.chat.completions.create(
            model=model,
            messages=[{"role": "user", "content": "How do I reset my password?"}],
            temperature=0,
            max_tokens=16,
        )
        streamed = client.chat.completions.create(
            model=model,
            messages=[{"role": "user", "content": "How do I reset my password?"}],
            temperature=0,
            max_tokens=16,
            stream=True,
        )
        pieces = [chunk.choices[0].delta.content or "" for chunk in streamed]
        assert "".join(pieces) == told.choices[0].message.content
        assert len(pieces) > 3
        assert told.usage is not None
        assert told.usage.completion_tokens <= 16
        further = client.fine_tuning.jobs.create(model=model, training_file=file.id)
        client.fine_tuning.jobs.cancel(further.id)


def test_a_model_that_left_the_list_ends_its_waiting_job(settings: Settings) -> None:
    with serving(replace(settings, max_running=0)) as client:
        file = client.files.create(file=DATASET, purpose="fine-tune")
        job = client.fine_tuning.jobs.create(model="tiny-qwen", training_file=file.id)
        wait_until(lambda: client.fine_tuning.jobs.retrieve(job.id).status == "queued")
    with serving(replace(settings, bases={})) as client:
        job = _ended(client, job)
        assert job.status == "failed"
        assert job.error is not None
        assert job.error.message == "tiny-qwen is no longer in this server's configuration."
