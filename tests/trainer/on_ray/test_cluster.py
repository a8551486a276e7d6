"""A real Ray on this machine: submit, queue, stop, and the death of its head (`make check-ray`)."""

import os
import signal

import httpx2
import openai
import pytest

from ftops.cli.local_glance import glance_lines
from ftops.trainer.pages.overview import reading
from ftops.trainer.running import processes as alive
from ftops.trainer.running.attempt_folder import AttemptFolder
from ftops.trainer.settings import Settings
from tests.trainer.counting_recipe import SULKS
from tests.trainer.on_ray.conftest import COUNTS
from tests.trainer.on_ray.heads import RAY, Head, carrier_of, comes_true, lay, orphan
from tests.trainer.running.test_workers import begin, status, steps, words

pytestmark = [
    pytest.mark.ray,
    pytest.mark.skipif(not RAY.exists(), reason="make check-ray installs Ray"),
]


def comes_to(client: openai.OpenAI, job: str, wanted: str) -> None:
    comes_true(lambda: status(client, job) == wanted)


def reaches(client: openai.OpenAI, job: str, step: int) -> None:
    comes_true(lambda: len(steps(client, job)) >= step)


def test_jobs_are_submitted_wait_for_room_and_are_stopped(
    client: openai.OpenAI, head: Head, settings: Settings
) -> None:
    """The first is deaf to a cancellation; the second outlasts Ray's patience with its queue."""
    deaf = begin(client, model=COUNTS, epochs=50, pace=2.0, seed=SULKS)
    reaches(client, deaf, 1)
    carrier = carrier_of(f"{deaf}-try1")
    second, third = begin(client, epochs=3, pace=1.0), begin(client)
    for job in (second, third):
        comes_true(lambda job=job: head.says(f"{job}-try1", "PENDING"))  # type: ignore[misc]
        assert status(client, job) == "queued"
    with reading(settings.store) as overview:
        assert overview is not None
        shown = "\n".join(glance_lines(overview))
    assert f"{second}), queued for" in shown
    assert shown.count(", waiting for the cluster") == 2
    client.fine_tuning.jobs.cancel(third)
    comes_to(client, third, "cancelled")
    assert not steps(client, third)

    queued_at = (head.record(f"{second}-try1") or {})["start_time"]

    def is_queued_again() -> bool:
        record = head.record(f"{second}-try1")
        return record is not None and record["start_time"] > queued_at

    comes_true(is_queued_again)
    assert status(client, second) == "queued"

    client.fine_tuning.jobs.cancel(deaf)
    comes_to(client, deaf, "cancelled")
    comes_true(lambda: alive.birth_mark(carrier) is None)
    assert head.says(f"{deaf}-try1", "STOPPED")
    comes_to(client, second, "succeeded")
    comes_true(lambda: head.says(f"{second}-try1", "SUCCEEDED"))
    told = words(client, second)[::-1]
    held = told.index(f"Waiting for the cluster to have room for {second}-try1")
    assert held < told.index("Fine-tuning job started")
    assert "Fine-tuning job resumed" not in told, "it has but one try"
    assert head.record(f"{second}-try2") is None
    answer = client.chat.completions.create(
        model=client.fine_tuning.jobs.retrieve(second).fine_tuned_model or "",
        messages=[{"role": "user", "content": "question 3"}],
        temperature=0,
    )
    assert answer.choices[0].message.content == "answer 3 is 9"


def test_the_head_dies_and_the_job_goes_on_from_its_last_checkpoint(
    client: openai.OpenAI, head: Head, settings: Settings, request: pytest.FixtureRequest
) -> None:
    job = begin(client, model=COUNTS, epochs=15, pace=0.2)
    reaches(client, job, 5)
    ghost = carrier_of(f"{job}-try1")
    request.addfinalizer(lambda: lay(ghost))
    orphan(ghost)
    os.kill(ghost, signal.SIGSTOP)
    head.kill()
    told = f"The cluster that runs {job}-try1 cannot be reached"
    quick = client.with_options(timeout=5.0)
    comes_true(lambda: told in words(quick, job))
    other = begin(quick)
    comes_true(lambda: any("cannot be reached: " in line for line in words(quick, other)))
    assert (status(quick, job), status(quick, other)) == ("running", "queued")
    quick.fine_tuning.jobs.cancel(other)
    comes_to(quick, other, "cancelled")

    head.start()
    comes_true(lambda: head.record(f"{job}-try2") is not None)
    reached = len(steps(client, job))
    (first,) = settings.store.glob(f"jobs/{job}/try-1-*")
    token = AttemptFolder(first).token()
    lies = b'{"kind": "note", "message": "I am a ghost"}\n'
    refused = httpx2.post(
        f"{str(client.base_url).removesuffix('/v1/')}/internal/tries/{job}-try1/lines?after=0",
        headers={"authorization": f"Bearer {token}"},
        content=lies,
    )
    assert refused.status_code == 409
    os.kill(ghost, signal.SIGCONT)
    comes_true(lambda: alive.birth_mark(ghost) is None)
    comes_to(client, job, "succeeded")
    assert steps(client, job) == list(range(1, 31))
    assert 5 <= reached < 30
    said = words(client, job)
    assert "I am a ghost" not in said
    assert said.count(f"The cluster knows {job}-try1 no more") == 1
    assert said.count("Fine-tuning job resumed") == 1
    assert said.count("The job has successfully completed") == 1
    assert head.record(f"{job}-try1") is None
    assert head.record(f"{job}-try3") is None
