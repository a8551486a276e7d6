"""The objects with fixed ids that OpenAI's own tests ask for, through the server's own store."""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from ftops.trainer.api.chat import shapes
from ftops.trainer.recipes.contract import Token
from ftops.trainer.running import processes
from ftops.trainer.running.attempt_folder import AttemptFolder, WorkerMark
from ftops.trainer.store.job_life import Status
from ftops.trainer.store.records import (
    Checkpoint,
    JobEvent,
    Permission,
    StoredCompletion,
    StoredFile,
    TunedModel,
    Upload,
    UploadPart,
)
from ftops.trainer.store.store import Store
from tests.trainer.rows import chat_rows
from tests.trainer.samples import a_job

ROWS = chat_rows(10)
FILE = "file-abc123"
CONTENT = b'{"foo": "bar"}'
"""What the suite has a mock say that its file `file_id` holds."""
JOB = "ft-AF1WoRqd3aJAHsqc9NY7iL8F"
EVENT = "ftevent-abc123"
SNAPSHOT = "ftckpt_abc123"
PERMISSION = "cp_zc4Q7MP6XxulcVzj4MZdwsAB"
COMPLETION = "completion_id"
MODELS = ("ft:gpt-4o-mini:acemeco:suffix:abc123", "ft:gpt-4o-mini-2024-07-18:org:weather:B7R9VjQd")
FAR_AWAY = 4_000_000_000
_TABLES = (
    *("files", "uploads", "parts", "completions"),
    *("jobs", "job_keys", "events", "checkpoints", "models", "permissions"),
)


def seed(store: Store, models: Iterable[str], *, paused: bool) -> None:
    """Make everything as it was before the first test."""
    with store.transaction():
        for table in _TABLES:
            store._database.change(f"DELETE FROM {table}")  # noqa: S608, SLF001 - no route empties a store
        _seed_files(store)
        _seed_job(store, paused=paused)
        _seed_models(store, {*models, *MODELS, JOB})
        _seed_completion(store)


def _seed_files(store: Store) -> None:
    for file_id, content in ((FILE, ROWS), ("file_id", CONTENT)):
        store.keep_file(
            StoredFile(
                id=file_id,
                bytes=len(content),
                created_at=1,
                filename="a.jsonl",
                purpose="fine-tune",
            ),
            _staged(store, file_id, content),
        )
    upload = "upload_abc123"
    store.uploads.create(
        Upload(
            id=upload,
            created_at=1,
            expires_at=FAR_AWAY,
            bytes=len(ROWS),
            filename="b.jsonl",
            purpose="fine-tune",
        )
    )
    part = UploadPart(id="string", upload_id=upload, created_at=1, bytes=len(ROWS))
    store.uploads.keep_part(part, _staged(store, "part", ROWS))


def _staged(store: Store, name: str, content: bytes) -> Path:
    path = store.incoming_folder / name
    path.write_bytes(content)
    return path


def _seed_job(store: Store, *, paused: bool) -> None:
    folder = store.jobs_folder / "seeded" / "try-1"
    folder.mkdir(parents=True, exist_ok=True)
    attempt = AttemptFolder(folder)
    # The scheduler finds this very process at work and leaves the job alone.
    attempt.write_mark(WorkerMark(pid=os.getpid(), born=processes.birth_mark(os.getpid()) or ""))
    attempt.beat()
    job = a_job(
        JOB,
        status=Status.PAUSED if paused else Status.RUNNING,
        attempt=1,
        attempt_folder=str(folder.relative_to(store.root)),
        training_file=FILE,
        metadata={"foo": "string"},
    )
    store.jobs.create(job, ["Created fine-tuning job"])
    store.jobs.tell_event(
        JobEvent(id=EVENT, job_id=JOB, created_at=1, level="info", message="Queued", type="message")
    )
    store.checkpoints.add(
        Checkpoint(
            id=SNAPSHOT,
            job_id=JOB,
            created_at=1,
            step=1,
            model=MODELS[1],
            metrics={"step": 1.0, "train_loss": 0.5, "train_mean_token_accuracy": 0.5},
        )
    )
    for number, (checkpoint, project) in enumerate(((MODELS[1], "p"), (JOB, "q"))):
        store.permissions.add(
            Permission(
                id=PERMISSION if number == 0 else "cp_other",
                created_at=1,
                checkpoint=checkpoint,
                project_id=project,
            )
        )


def _seed_models(store: Store, models: Iterable[str]) -> None:
    for number, model in enumerate(sorted(models)):
        folder = store.jobs_folder / f"model-{number}"
        folder.mkdir(exist_ok=True)
        (folder / "model.json").write_text(json.dumps({"string": "an answer"}))
        store.models.add(
            TunedModel(
                id=model,
                job_id=f"seeded-{number}",
                created_at=1,
                recipe="ftops-nano",
                folder=str(folder.relative_to(store.root)),
            )
        )


def _seed_completion(store: Store) -> None:
    heading = shapes.Heading(id=COMPLETION, created=1, model="model")
    choice = shapes.choice(0, [Token(text="yes", logprob=-0.5)], "stop", with_logprobs=True)
    usage: shapes.Usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    whole = shapes.completion(heading, [choice], usage, {"foo": "string"})
    store.completions.add(
        StoredCompletion(
            id=heading.id,
            created_at=FAR_AWAY,
            model=heading.model,
            metadata={"foo": "string"},
            answer=dict(whole),
            # The client's type of a stored message knows no other role, whatever OpenAI sends.
            messages=[{"role": "assistant", "content": "string"}],
        )
    )
