"""What every provider keeps, fake or real: the fake may be trusted because this holds for both."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from ftops.core.names import FileId, JobId, ModelId
from ftops.core.observed import JobStatus, ObservedJob, find_upload
from ftops.core.orders import Question
from ftops.errors import ProviderRejected, Refusal
from tests.contract.sites import Everything, Site, fake_site, server_site
from tests.fakes.specs import desired, order, stamp

UNKNOWN_JOB = JobId("ftjob-nobody")
UNKNOWN_MODEL = ModelId("ft:gpt-4.1-mini-2025-04-14:acme::nobody")
QUESTION = Question(messages=({"role": "user", "content": "What is 1 of 1?"},), max_tokens=8)

SITES = {"the fake": fake_site, "the real client at the training server": server_site}


@pytest.fixture(scope="module", params=SITES)
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    with SITES[request.param](tmp_path_factory.mktemp("site")) as open_site:
        yield open_site


@pytest.fixture(autouse=True)
def nothing_left_in_flight(site: Site) -> Iterator[None]:
    yield
    site.tidy()


@pytest.fixture(scope="module")
def finished(site: Site) -> ObservedJob:
    """Return a job that went all the way."""
    _, job = site.create(suffix="done", seed=7)
    return site.until(job.id, lambda seen: seen.status.is_final)


def test_an_upload_is_found_by_its_name_and_size(site: Site) -> None:
    path, digest = site.rows()
    size = path.stat().st_size
    assert find_upload(site.provider.files(), digest, size) is None
    file_id = site.provider.upload(str(path), digest)
    found = find_upload(site.provider.files(), digest, size)
    assert found is not None
    assert found.id == file_id
    assert find_upload(site.provider.files(), digest, size + 1) is None


def test_a_created_job_is_listed_with_its_stamp(site: Site) -> None:
    wanted, job = site.create(metadata={"team": "support"})
    listed = {one.id: one for one in site.provider.jobs()}
    assert listed[job.id].metadata == stamp(wanted)
    assert listed[job.id].fingerprint == wanted.fingerprint
    assert listed[job.id].model == wanted.root_model
    assert listed[job.id].own_metadata == {"team": "support"}


def test_a_stamped_job_is_none_without_a_stamp(site: Site) -> None:
    _, job = site.create()
    assert job.training_file is not None
    assert site.provider.unstamped_jobs(job.training_file) == ()


def test_a_created_job_is_in_flight_and_can_be_looked_at(site: Site) -> None:
    wanted, job = site.create()
    assert not job.status.is_final
    assert job.fine_tuned_model is None
    seen = site.provider.job(job.id)
    assert (seen.id, seen.fingerprint) == (job.id, wanted.fingerprint)
    assert seen.created_at == job.created_at
    assert seen.created_at.tzinfo is not None


def test_what_was_declared_is_what_is_trained(site: Site) -> None:
    _, job = site.create(seed=11, hyperparameters={"n_epochs": 2})
    assert (job.seed, job.method, job.hyperparameters["n_epochs"]) == (11, "supervised", 2)


def test_jobs_of_other_projects_are_invisible(site: Site) -> None:
    _, job = site.create("somebody-else")
    assert job.id not in {one.id for one in site.provider.jobs()}
    assert site.provider.job(job.id).id == job.id


def test_two_jobs_of_one_spec_are_two_jobs(site: Site) -> None:
    wanted, file_id = desired(rows="twice"), site.upload()
    first = site.provider.create_job(order(wanted, file_id))
    again = replace(order(wanted, file_id), idempotency_key=f"{wanted.fingerprint}:1")
    second = site.provider.create_job(again)
    for job in (first, second):
        site.provider.cancel(job.id)
    ids = {one.id for one in site.provider.jobs() if one.fingerprint == wanted.fingerprint}
    assert ids == {first.id, second.id}


def test_a_file_that_is_not_there_is_refused_and_makes_no_job(site: Site) -> None:
    wanted = desired(rows="nowhere")
    with pytest.raises(ProviderRejected) as caught:
        site.provider.create_job(order(wanted, FileId("file-nobody")))
    assert not caught.value.refusal.passes
    assert wanted.fingerprint not in {one.fingerprint for one in site.provider.jobs()}


def test_a_finished_job_has_its_model(site: Site, finished: ObservedJob) -> None:
    assert finished.status is JobStatus.SUCCEEDED
    assert finished.failure is None
    assert finished.finished_at is not None
    assert finished.finished_at >= finished.created_at
    assert (finished.trained_tokens or 0) > 0
    model = finished.fine_tuned_model
    assert model is not None
    assert site.provider.models()[model].id == model
    seen = site.provider.model(model)
    assert seen is not None
    assert seen.id == model


def test_events_are_told_oldest_first(site: Site, finished: ObservedJob) -> None:
    events = site.provider.events(finished.id)
    messages = [event.message for event in events]
    made = next(n for n, one in enumerate(messages) if one.startswith("Created fine-tuning job"))
    done = next(n for n, one in enumerate(messages) if "New fine-tuned model created" in one)
    assert made < done
    assert [event.created_at for event in events] == sorted(event.created_at for event in events)
    assert len({event.id for event in events}) == len(events)


def test_only_events_younger_than_a_known_one_are_told(site: Site, finished: ObservedJob) -> None:
    events = site.provider.events(finished.id)
    assert site.provider.events(finished.id, events[0].id) == events[1:]
    assert site.provider.events(finished.id, events[-1].id) == ()


def test_a_trained_model_answers(site: Site, finished: ObservedJob) -> None:
    assert finished.fine_tuned_model is not None
    assert "".join(site.provider.ask(finished.fine_tuned_model, QUESTION)).strip()


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda provider: provider.job(UNKNOWN_JOB), id="looked at"),
        pytest.param(lambda provider: provider.events(UNKNOWN_JOB), id="asked for its events"),
        pytest.param(lambda provider: provider.cancel(UNKNOWN_JOB), id="cancelled"),
        pytest.param(lambda provider: provider.pause(UNKNOWN_JOB), id="paused"),
        pytest.param(lambda provider: provider.resume(UNKNOWN_JOB), id="resumed"),
        pytest.param(lambda provider: list(provider.ask(UNKNOWN_MODEL, QUESTION)), id="a model"),
    ],
)
def test_what_is_not_there_is_not_found(site: Site, ask: Callable[[Everything], object]) -> None:
    with pytest.raises(ProviderRejected) as caught:
        ask(site.provider)
    assert caught.value.refusal is Refusal.NOT_FOUND


def test_a_model_that_is_not_there_is_none(site: Site) -> None:
    assert site.provider.model(UNKNOWN_MODEL) is None
    assert UNKNOWN_MODEL not in site.provider.models()


def test_a_job_in_flight_can_be_cancelled(site: Site) -> None:
    _, job = site.create(hyperparameters={"n_epochs": 50})
    site.provider.cancel(job.id)
    seen = site.until(job.id, lambda one: one.status.is_final)
    assert seen.status is JobStatus.CANCELLED
    assert seen.fine_tuned_model is None


def test_a_job_can_be_paused_and_resumed(site: Site) -> None:
    _, job = site.create(hyperparameters={"n_epochs": 50})
    site.until(job.id, lambda one: one.status is JobStatus.RUNNING)
    site.provider.pause(job.id)
    site.until(job.id, lambda one: one.status is JobStatus.PAUSED)
    assert not site.provider.resume(job.id).status.is_final
    site.until(job.id, lambda one: one.status in {JobStatus.QUEUED, JobStatus.RUNNING})
    site.provider.cancel(job.id)
    site.until(job.id, lambda one: one.status is JobStatus.CANCELLED)


def test_a_finished_job_is_not_cancelled(site: Site, finished: ObservedJob) -> None:
    assert site.provider.cancel(finished.id).status is JobStatus.SUCCEEDED


def test_a_deleted_model_and_file_are_gone(site: Site) -> None:
    _, made = site.create(suffix="gone", seed=11)
    done = site.until(made.id, lambda seen: seen.status.is_final)
    assert done.fine_tuned_model is not None
    assert done.training_file is not None
    assert done.id in {one.id for one in site.provider.all_jobs()}
    site.provider.delete_model(done.fine_tuned_model)
    assert site.provider.model(done.fine_tuned_model) is None
    site.provider.delete_file(done.training_file)
    assert done.training_file not in {one.id for one in site.provider.files()}
    with pytest.raises(ProviderRejected) as refused:
        site.provider.delete_model(UNKNOWN_MODEL)
    assert refused.value.refusal is Refusal.NOT_FOUND
    with pytest.raises(ProviderRejected) as refused:
        site.provider.delete_file(FileId("file-nobody"))
    assert refused.value.refusal is Refusal.NOT_FOUND
