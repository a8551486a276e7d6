"""A project with a bit of everything: settled, training, failed, out of sync, and a past."""

import math
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from ftops.core.desired import Declared, Desired, Pins
from ftops.core.history import Chapter, Version
from ftops.core.lock import Lock
from ftops.core.names import JobId, ModelId, SpecName
from ftops.core.observed import STAMP_COMMIT, JobFailure, ObservedJob, ObservedModel
from ftops.core.progress import JobEvent
from tests.fakes.clock import FakeClock
from tests.fakes.lookout import FakeLookout
from tests.fakes.memory import MemoryDatasets
from tests.fakes.specs import BASE, declared, desired, job, lock, pins, stamp
from tests.fakes.stage import Stage

RUNNING: Final = JobId("ftjob-Hq3Zk8vTn2LxWc5YbR7d")
SETTLED: Final = JobId("ftjob-Vw6Pm1sGj9BtQe4XaU2f")
FAILED: Final = JobId("ftjob-Nc8Ry5hKo3DzLf7IgS1p")
CURRENT: Final = ModelId(f"ft:{BASE}:acme:support-v2:CkT7xQ2m")
EARLIER: Final = ModelId(f"ft:{BASE}:acme:support-v1:BfR4wP9j")
TOTAL: Final = 120
SETTINGS: Final = {"n_epochs": 3, "batch_size": 8, "learning_rate_multiplier": 1.8}


def showcase(now: datetime) -> FakeLookout:
    """Return the project as it is seen at that time."""
    stage = Stage(
        declared("support-bot", suffix="support-v2", metadata={"version": "2.0"}),
        declared("triage", hyperparameters={"n_epochs": 3}, seed=7),
        declared("summaries"),
        declared("legal-notes", hyperparameters={"n_epochs": 4}),
        declared("greeter"),
        clock=FakeClock(now),
    )
    stage.datasets = MemoryDatasets({one.name: _pins_of(one) for one in stage.specs})
    _settled(stage, now)
    _training(stage, now)
    _failed(stage, now)
    _changed(stage, now)
    lookout = FakeLookout(stage)
    lookout.histories = {SpecName("support-bot"): _past(now)}
    return lookout


def _pins_of(one: Declared) -> Pins:
    """Return its pins; a fake one names its file in a roundabout way."""
    made = pins(str(one.spec.dataset.train))
    return Pins(training=replace(made.training, paths=(str(one.spec.dataset.train),)))


def _settled(stage: Stage, now: datetime) -> None:
    wanted = _support("2.0", "support-v2", "datasets/support-bot.train.jsonl")
    made = job(
        wanted,
        id=SETTLED,
        created_at=now - timedelta(days=2, minutes=41),
        finished_at=now - timedelta(days=2),
        fine_tuned_model=CURRENT,
        hyperparameters=SETTINGS,
        trained_tokens=412_608,
    )
    stage.provider.add(made)
    stage.locks.write(_lock_of(wanted, made, cost_usd=2.06))
    _log(stage, made, TOTAL)
    stage.provider.show(ObservedModel(id=BASE, shutdown_date=(now + timedelta(days=52)).date()))
    stage.provider.show(ObservedModel(id=EARLIER))


def _training(stage: Stage, now: datetime) -> None:
    wanted = desired(
        "triage", rows="datasets/triage.train.jsonl", hyperparameters={"n_epochs": 3}, seed=7
    )
    made = job(
        wanted,
        "running",
        id=RUNNING,
        created_at=now - timedelta(minutes=19),
        seed=7,
        hyperparameters=SETTINGS,
        metadata={**stamp(wanted), STAMP_COMMIT: "5d17c0be" + "0" * 32},
        estimated_finish=now + timedelta(minutes=9),
    )
    stage.provider.add(made)
    _log(stage, made, 76)


def _failed(stage: Stage, now: datetime) -> None:
    made = job(
        desired("summaries", rows="datasets/summaries.train.jsonl"),
        "failed",
        id=FAILED,
        created_at=now - timedelta(hours=5),
        finished_at=now - timedelta(hours=4, minutes=51),
        failure=JobFailure(
            code="invalid_training_file",
            message="The job failed: line 41 has no assistant message.",
        ),
    )
    stage.provider.add(made)
    stage.provider.tell(made.id, _event(made, 1, "Validating training file"))


def _changed(stage: Stage, now: datetime) -> None:
    before = desired("legal-notes", rows="legal-notes of last month")
    model = ModelId(f"ft:{BASE}:acme::DmY1zS8k")
    made = job(
        before,
        id=JobId("ftjob-Tx2Jd6uFq4MvBh9EoZ5c"),
        created_at=now - timedelta(days=31, minutes=30),
        finished_at=now - timedelta(days=31),
        fine_tuned_model=model,
        hyperparameters=SETTINGS,
    )
    stage.provider.add(made)
    stage.locks.write(_lock_of(before, made, cost_usd=0.38))


def _past(now: datetime) -> tuple[Chapter, ...]:
    young = _support("2.0", "support-v2", "datasets/support-bot.train.jsonl")
    old = _support("1.0", "support-v1", "support rows of last month")
    first = job(
        old,
        id=JobId("ftjob-Gp5Lw9cXi7RnYk1MtV3s"),
        created_at=now - timedelta(days=40),
        finished_at=now - timedelta(days=40),
        fine_tuned_model=EARLIER,
        hyperparameters={**SETTINGS, "n_epochs": 2},
        trained_tokens=231_044,
    )
    second = job(young, id=SETTLED, fine_tuned_model=CURRENT, hyperparameters=SETTINGS)
    return (
        _chapter("9f2c41d7" + "0" * 32, now - timedelta(days=2), _lock_of(young, second)),
        _chapter("3b8e0a65" + "0" * 32, now - timedelta(days=40), _lock_of(old, first)),
    )


def _support(version: str, suffix: str, rows: str) -> Desired:
    return desired("support-bot", rows=rows, suffix=suffix, metadata={"version": version})


def _lock_of(wanted: Desired, made: ObservedJob, **fields: object) -> Lock:
    return lock(
        wanted,
        model=made.fine_tuned_model,
        job=made.id,
        created_at=made.created_at,
        finished_at=made.finished_at,
        resolved=dict(made.hyperparameters),
        trained_tokens=made.trained_tokens,
        **fields,
    )


def _chapter(commit: str, at: datetime, of: Lock) -> Chapter:
    version = Version(
        commit=commit, committed_at=at, author="Ann", subject="Train", content="a lock"
    )
    return Chapter(version=version, lock=of)


def _log(stage: Stage, made: ObservedJob, steps: int) -> None:
    stage.provider.tell(made.id, _event(made, 0, f"Created fine-tuning job: {made.id}"))
    stage.provider.tell(made.id, _event(made, 0, "Fine-tuning job started"))
    for step in range(1, steps + 1):
        loss = 0.55 + 1.9 * math.exp(-step / 28) + 0.09 * math.sin(step * 1.7)
        measured = {
            "step": step,
            "total_steps": TOTAL,
            "train_loss": round(loss, 4),
            "train_mean_token_accuracy": round(0.97 - 0.42 * math.exp(-step / 34), 4),
        }
        if step % 10 == 0:
            measured["valid_loss"] = round(loss + 0.06 + step / 1500, 4)
            accuracy = measured["train_mean_token_accuracy"] - 0.03
            measured["valid_mean_token_accuracy"] = round(accuracy, 4)
        said = f"Step {step}/{TOTAL}: training loss={loss:.4f}"
        stage.provider.tell(made.id, _event(made, step, said, measured))
        if step % 40 == 0:
            said = f"Checkpoint created at step {step}"
            stage.provider.tell(made.id, _event(made, step, said, mark="c"))


def _event(
    made: ObservedJob,
    step: int,
    said: str,
    measured: dict[str, float] | None = None,
    mark: str = "",
) -> JobEvent:
    return JobEvent(
        id=f"ftevent-{made.id}-{step}{mark}{len(said)}",
        created_at=made.created_at + timedelta(seconds=14 * step),
        level="info",
        message=said,
        measured=measured or {},
    )
