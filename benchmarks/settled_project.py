"""A project of many specs whose models are all made: specs, small datasets, locks, listed jobs."""

import json
from datetime import UTC, datetime
from pathlib import Path

from listing_stub import Json, Stub

from ftops.adapters.lock_files.lock_text import lock_to_text
from ftops.adapters.lock_files.search import LOCK_SUFFIX
from ftops.core.desired import Desired, pin
from ftops.core.lock import lock_for
from ftops.core.names import FileId, JobId, ModelId, TargetName
from ftops.core.observed import JobStatus, ObservedJob
from ftops.wiring.workplace import Workplace

ROWS = 12
BASE = "gpt-4.1-mini-2025-04-14"
NOON = 1_767_225_600
SPEC = """name: {name}
model: {base}
suffix: {name}
target: openai
method: supervised
hyperparameters:
  n_epochs: 3
  batch_size: auto
seed: 42
dataset:
  train: datasets/{name}.jsonl
metadata:
  version: "2.0"
  description: The answers of team {name}, as they were given last year
"""


def write_project(root: Path, specs: int) -> None:
    """Write specs and data."""
    (root / "ftops.yaml").write_text("project: many\n")
    for folder in ("specs", "datasets"):
        (root / folder).mkdir()
    for number in range(specs):
        name = f"team-{number}"
        (root / f"specs/{name}.yaml").write_text(SPEC.format(name=name, base=BASE))
        (root / f"datasets/{name}.jsonl").write_text("".join(rows(name)))


def rows(name: str) -> list[str]:
    """Return a small dataset of its own for each spec."""
    return [
        json.dumps(
            {
                "messages": [
                    {"role": "user", "content": f"What does team {name} say to question {row}?"},
                    {"role": "assistant", "content": f"Team {name} says that {row} is right."},
                ]
            }
        )
        + "\n"
        for row in range(ROWS)
    ]


def settle(place: Workplace, stub: Stub) -> None:
    """Write the locks of finished jobs, and let the stub list those."""
    target = TargetName("openai")
    tariff = place.site(place.choices[place.declared[0].name]).tariff
    jobs = []
    models: list[Json] = [{"id": BASE, "object": "model"}]
    for number, one in enumerate(place.declared):
        pins, _ = place.datasets.pin(one)
        desired = pin(one, pins, target=target, tariff=tariff)
        job = job_of(desired, number)
        jobs.append(listed_job(job))
        models.append({"id": job.fine_tuned_model, "object": "model"})
        path = (place.root / one.path).with_suffix(LOCK_SUFFIX)
        path.write_text(lock_to_text(lock_for(desired, job, tariff)))
    place.datasets.close()
    stub.listed = {"fine_tuning/jobs": jobs, "files": [], "models": models}


def job_of(desired: Desired, number: int) -> ObservedJob:
    """Return the finished job of a spec."""
    at = datetime.fromtimestamp(NOON, UTC)
    return ObservedJob(
        id=JobId(f"ftjob-{number}"),
        created_at=at,
        status=JobStatus.SUCCEEDED,
        provider_status="succeeded",
        model=ModelId(BASE),
        fine_tuned_model=ModelId(f"ft:{BASE}:acme:{desired.name}:{number:08d}"),
        training_file=FileId(f"file-{number}"),
        trained_tokens=desired.estimate.trained_tokens,
        finished_at=at,
        seed=42,
        method="supervised",
        hyperparameters={"n_epochs": 3},
        metadata={
            "ftops_project": "many",
            "ftops_spec": desired.name,
            "ftops_fingerprint": desired.fingerprint,
            **desired.spec.metadata,
        },
    )


def listed_job(job: ObservedJob) -> Json:
    """Return the job as the API lists it, with the fields that nobody needs here too."""
    return {
        "object": "fine_tuning.job",
        "id": job.id,
        "created_at": NOON,
        "finished_at": NOON,
        "status": "succeeded",
        "model": job.model,
        "fine_tuned_model": job.fine_tuned_model,
        "organization_id": "org-acme",
        "training_file": job.training_file,
        "validation_file": None,
        "result_files": [f"file-r{job.id}"],
        "trained_tokens": job.trained_tokens,
        "seed": 42,
        "error": {"code": None, "message": None, "param": None},
        "estimated_finish": None,
        "integrations": [],
        "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}},
        "metadata": dict(job.metadata),
    }
