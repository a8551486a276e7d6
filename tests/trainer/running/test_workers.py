"""What happens to jobs when workers and servers die, and when people change their minds."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import msgspec
import openai
import pytest

from ftops.trainer.settings import Settings
from tests.trainer.conftest import serving, wait_until
from tests.trainer.counting_recipe import DIES, SULKS
from tests.trainer.rows import chat_rows

SLOW = 0.03


def begin(
    client: openai.OpenAI,
    *,
    pace: float = SLOW,
    seed: int = 1,
    epochs: int = 10,
    model: str = "ftops-nano",
) -> str:
    rows = client.files.create(file=("rows.jsonl", chat_rows(10)), purpose="fine-tune").id
    return client.fine_tuning.jobs.create(
        model=model,
        training_file=rows,
        seed=seed,
        hyperparameters={"n_epochs": epochs, "learning_rate_multiplier": pace},
    ).id


def status(client: openai.OpenAI, job_id: str) -> str:
    return client.fine_tuning.jobs.retrieve(job_id).status


def steps(client: openai.OpenAI, job_id: str) -> list[int]:
    events = client.fine_tuning.jobs.list_events(job_id, limit=1000).data[::-1]
    found = [event.data["step"] for event in events if event.type == "metrics"]  # type: ignore[index]
    return [int(step) for step in found]


def reaches(client: openai.OpenAI, job_id: str, step: int) -> None:
    wait_until(lambda: len(steps(client, job_id)) >= step)


def is_status(client: openai.OpenAI, job_id: str, wanted: str) -> None:
    wait_until(lambda: status(client, job_id) == wanted)


def words(client: openai.OpenAI, job_id: str) -> list[str]:
    return [event.message for event in client.fine_tuning.jobs.list_events(job_id, limit=1000)]


def worker_pids(settings: Settings) -> list[int]:
    marks = sorted(settings.store.glob("jobs/*/try-*/worker.json"), key=os.path.getmtime)
    return [msgspec.json.decode(mark.read_bytes())["pid"] for mark in marks]


def test_a_killed_worker_is_followed_by_one_that_goes_on(
    client: openai.OpenAI, settings: Settings
) -> None:
    job = begin(client)
    reaches(client, job, 5)
    os.kill(worker_pids(settings)[0], signal.SIGKILL)
    is_status(client, job, "succeeded")
    assert steps(client, job) == list(range(1, 21))
    told = words(client, job)
    assert any("going on from what it saved last (try 2 of 3)" in line for line in told)
    assert told.count("passes: 1") == 1
    assert "Fine-tuning job resumed" in told


def test_a_worker_that_dies_every_time_fails_the_job(client: openai.OpenAI) -> None:
    job = begin(client, pace=0.001, seed=DIES)
    is_status(client, job, "failed")
    error = client.fine_tuning.jobs.retrieve(job).error
    assert error is not None
    assert error.code == "server_error"
    assert "3 times" in error.message


def test_pause_keeps_what_was_learned_and_resume_goes_on(client: openai.OpenAI) -> None:
    job = begin(client)
    reaches(client, job, 3)
    assert client.fine_tuning.jobs.pause(job).status == "running"
    is_status(client, job, "paused")
    reached = len(steps(client, job))
    assert reached < 20
    asked = client.fine_tuning.jobs.resume(job)
    assert asked.status in {"queued", "running"}
    is_status(client, job, "succeeded")
    assert steps(client, job) == list(range(1, 21))


def test_a_snapshot_of_a_paused_job_can_be_asked(client: openai.OpenAI) -> None:
    job = begin(client)
    reaches(client, job, 2)
    client.fine_tuning.jobs.pause(job)
    is_status(client, job, "paused")
    snapshot = client.fine_tuning.jobs.checkpoints.list(job).data[0]
    told = client.chat.completions.create(
        model=snapshot.fine_tuned_model_checkpoint,
        messages=[{"role": "user", "content": "question 2"}],
    )
    assert told.choices[0].message.content == "answer 2 is 4"


def test_cancelling_a_running_job_stops_it_at_its_next_step(client: openai.OpenAI) -> None:
    job = begin(client)
    reaches(client, job, 2)
    assert client.fine_tuning.jobs.cancel(job).status == "running"
    is_status(client, job, "cancelled")
    assert len(steps(client, job)) < 20
    assert client.fine_tuning.jobs.retrieve(job).fine_tuned_model is None
    assert words(client, job)[0] == "Fine-tuning job cancelled"
    with pytest.raises(openai.BadRequestError, match="it is cancelled"):
        client.fine_tuning.jobs.cancel(job)


def test_a_cancelled_job_makes_no_model_even_if_its_worker_finishes(
    client: openai.OpenAI,
) -> None:
    job = begin(client, pace=0.02, seed=SULKS)
    reaches(client, job, 2)
    client.fine_tuning.jobs.cancel(job)
    is_status(client, job, "cancelled")
    assert client.fine_tuning.jobs.retrieve(job).fine_tuned_model is None


def test_a_worker_deaf_to_a_cancellation_is_killed(settings: Settings) -> None:
    with serving(replace(settings, obey_seconds=0.2)) as client:
        job = begin(client, pace=1.0, seed=SULKS)
        reaches(client, job, 1)
        client.fine_tuning.jobs.cancel(job)
        is_status(client, job, "cancelled")
        assert len(steps(client, job)) < 5


def test_a_silent_worker_is_killed_and_followed(settings: Settings) -> None:
    with serving(replace(settings, stuck_seconds=2.5)) as client:
        job = begin(client, pace=0.3, epochs=3)
        reaches(client, job, 1)
        os.kill(worker_pids(settings)[0], signal.SIGSTOP)
        is_status(client, job, "succeeded")
        assert steps(client, job) == list(range(1, 7))


def test_waiting_jobs_start_oldest_first_within_the_limit(settings: Settings) -> None:
    with serving(replace(settings, max_running=1)) as client:
        jobs = [begin(client, pace=0.02, epochs=3) for _ in range(3)]
        wait_until(lambda: status(client, jobs[0]) == "running")
        wait_until(lambda: status(client, jobs[2]) == "queued")
        most = 0

        def all_done() -> bool:
            nonlocal most
            found = [job.status for job in client.fine_tuning.jobs.list()]
            most = max(most, found.count("running"))
            return found == ["succeeded"] * 3

        wait_until(all_done)
        assert most == 1
        ends = [client.fine_tuning.jobs.retrieve(job).finished_at for job in jobs]
        assert ends == sorted(ends, key=lambda end: end or 0)


def test_a_queued_job_is_paused_resumed_and_cancelled_at_once(settings: Settings) -> None:
    with serving(replace(settings, max_running=0)) as client:
        job = begin(client)
        is_status(client, job, "queued")
        assert str(client.fine_tuning.jobs.pause(job).status) == "paused"
        assert client.fine_tuning.jobs.resume(job).status == "queued"
        with pytest.raises(openai.BadRequestError, match="it is queued"):
            client.fine_tuning.jobs.resume(job)
        assert client.fine_tuning.jobs.cancel(job).status == "cancelled"


def test_a_file_deleted_while_the_job_waits_fails_it(settings: Settings) -> None:
    with serving(replace(settings, max_running=0)) as client:
        job = begin(client)
        is_status(client, job, "queued")
        client.files.delete(client.fine_tuning.jobs.retrieve(job).training_file)
    with serving(settings) as client:
        is_status(client, job, "failed")
        error = client.fine_tuning.jobs.retrieve(job).error
        assert error is not None
        assert (error.code, error.param) == ("invalid_training_file", "training_file")


def test_a_restart_in_the_middle_of_a_job_loses_nothing(settings: Settings) -> None:
    with serving(settings) as client:
        job = begin(client)
        reaches(client, job, 4)
    with serving(settings) as client:
        is_status(client, job, "succeeded")
        assert steps(client, job) == list(range(1, 21))
        assert "Fine-tuning job resumed" not in words(client, job)
    assert len(worker_pids(settings)) == 1


def test_a_job_that_ended_while_no_server_was_up_is_taken_in(settings: Settings) -> None:
    with serving(settings) as client:
        job = begin(client, epochs=3)
        reaches(client, job, 2)
    wait_until(lambda: list(settings.store.glob("jobs/*/try-*/result.json")))
    with serving(settings) as client:
        is_status(client, job, "succeeded")
        assert steps(client, job) == list(range(1, 7))


@pytest.mark.parametrize(
    ("ask", "then"),
    [
        pytest.param("", "succeeded", id="goes on from what was saved"),
        pytest.param("pause", "paused", id="has paused if it was asked to"),
        pytest.param("cancel", "cancelled", id="is cancelled if it was asked to"),
    ],
)
def test_a_job_whose_worker_died_with_the_server(settings: Settings, ask: str, then: str) -> None:
    with serving(settings) as client:
        job = begin(client, seed=SULKS)
        reaches(client, job, 3)
        (pid,) = worker_pids(settings)
        # Where the machine is busy it might be through before it is killed.
        os.kill(pid, signal.SIGSTOP)
        if ask:
            client.post(f"/fine_tuning/jobs/{job}/{ask}", cast_to=object)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not alive(pid))
    with serving(settings) as client:
        is_status(client, job, then)
        if not ask:
            assert steps(client, job) == list(range(1, 21))
            assert any("server was restarted" in line for line in words(client, job))


def alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] not in "ZX"


def test_the_estimate_of_the_end_appears_while_running(client: openai.OpenAI) -> None:
    job = begin(client, pace=0.1, epochs=5)
    reaches(client, job, 3)
    wait_until(lambda: client.fine_tuning.jobs.retrieve(job).estimated_finish)
    is_status(client, job, "succeeded")
    assert client.fine_tuning.jobs.retrieve(job).estimated_finish is None
