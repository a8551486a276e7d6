"""What many tests ask of the official client."""

import openai

from tests.trainer.conftest import wait_until


def ended(client: openai.OpenAI, job_id: str) -> bool:
    return client.fine_tuning.jobs.retrieve(job_id).status in {"succeeded", "failed", "cancelled"}


def trained(client: openai.OpenAI, training_file: str, **options: object) -> str:
    job = client.fine_tuning.jobs.create(
        model="ftops-nano",
        training_file=training_file,
        **options,  # type: ignore[arg-type]  # each test passes what the client knows
    )
    wait_until(lambda: ended(client, job.id))
    done = client.fine_tuning.jobs.retrieve(job.id)
    assert done.status == "succeeded", done.error
    assert done.fine_tuned_model is not None
    return done.fine_tuned_model


def messages(client: openai.OpenAI, job_id: str) -> list[str]:
    return [event.message for event in client.fine_tuning.jobs.list_events(job_id, limit=100)][::-1]
