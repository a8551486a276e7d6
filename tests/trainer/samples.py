from dataclasses import replace
from typing import Any

from ftops.trainer.store.records import Job, StoredFile


def a_job(job_id: str = "ftjob-1", **changes: Any) -> Job:  # noqa: ANN401 replace()'s own
    job = Job(
        id=job_id,
        created_at=1,
        model="gpt-4o-mini",
        recipe="ftops-nano",
        parent=None,
        method="supervised",
        hyperparameters={"n_epochs": 3},
        suffix=None,
        seed=1,
        metadata={"it's": 'a "value"', "über": "ß"},
        integrations=None,
        training_file="file-1",
        validation_file=None,
        planned_model="ft:ftops-nano:local::abc",
    )
    return replace(job, **changes)


def a_file(file_id: str, **changes: Any) -> StoredFile:  # noqa: ANN401 replace()'s own
    row = StoredFile(id=file_id, bytes=1, created_at=1, filename="a.jsonl", purpose="fine-tune")
    return replace(row, **changes)
