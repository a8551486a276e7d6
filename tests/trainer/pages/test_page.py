"""The page: what it shows, to whom, and that it loads and runs nothing."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from ftops.trainer.app import create_app
from ftops.trainer.launch import Running
from ftops.trainer.pages.routes import page_address, page_token
from ftops.trainer.settings import Settings
from ftops.trainer.store.job_life import Status
from ftops.trainer.store.records import JobError, JobEvent, Resolution, TunedModel
from ftops.trainer.store.store import Store
from tests.trainer.running.clusters import FakeCluster
from tests.trainer.samples import a_job

KEY = "a-key"


def fill(store: Store) -> None:
    """Jobs in every state; the running one has two steps behind it."""
    resolved = Resolution(
        n_epochs=1, batch_size=4, learning_rate_multiplier=1.0, steps=4, passes=1, trained_tokens=9
    )
    store.jobs.create(
        a_job(
            "ftjob-run",
            status=Status.RUNNING,
            resolved=resolved,
            metadata={"ftops_spec": "<b>triage</b>"},
            estimated_finish=4_000_000_000,
        ),
        [],
    )
    for step, loss in ((1, 2.0), (2, None), (3, 1.0)):
        store.jobs.tell_event(
            JobEvent(
                id=f"ftevent-{step}",
                job_id="ftjob-run",
                created_at=1,
                level="info",
                type="metrics",
                message="",
                step=step,
                values={"step": step, "train_loss": loss, "valid_loss": 3.0 if step == 1 else None},
            )
        )
    store.jobs.create(a_job("ftjob-wait", status=Status.QUEUED, suffix="waits"), [])
    store.jobs.create(
        a_job("ftjob-held", status=Status.RUNNING, suffix="held", awaits_worker=True), []
    )
    store.jobs.create(a_job("ftjob-paused", status=Status.PAUSED, metadata=None), [])
    error = JobError(code="c", message="the rows taste bad")
    store.jobs.create(a_job("ftjob-bad", status=Status.FAILED, error=error, finished_at=5), [])
    made = "ft:ftops-nano:local::made"
    store.jobs.create(
        a_job("ftjob-good", status=Status.SUCCEEDED, fine_tuned_model=made, finished_at=6), []
    )
    for number in range(13):
        model = made if number == 0 else f"{made}:ckpt-step-{number}"
        store.models.add(
            TunedModel(
                id=model, job_id="ftjob-good", created_at=1, recipe="ftops-nano", folder="jobs/x"
            )
        )


@pytest.fixture
def page(settings: Settings) -> Iterator[TestClient]:
    store = Store(settings.store)
    fill(store)
    store.close()
    # A cluster that is away decides nothing about the jobs in the picture.
    cluster = FakeCluster()
    cluster.is_away = True
    with TestClient(create_app(replace(settings, max_running=0), launcher=cluster)) as http:
        yield http


def test_an_empty_server_says_how_to_begin(http: TestClient) -> None:
    answer = http.get("/")
    assert answer.status_code == 200
    assert "None yet." in answer.text
    assert 'content="30"' in answer.text
    assert "<svg" not in answer.text


def test_jobs_models_and_disk_are_shown(page: TestClient) -> None:
    text = page.get("/").text
    for words in (
        "&lt;b&gt;triage&lt;/b&gt;",
        "running, step 3 of 4, about ",
        "ftjob-wait",
        "<td>queued, waiting for the cluster</td>",
        "ftjob-paused",
        "the rows taste bad",
        "succeeded",
        "ft:ftops-nano:local::made",
        "12 of 13",
        "database",
        " free",
    ):
        assert words in text, words
    assert 'content="3"' in text
    (train, valid) = re.findall(r'<polyline class="\w+" points="([^"]*)"', text)
    assert (len(train.split()), len(valid.split())) == (2, 1)


def test_the_page_loads_and_runs_nothing(page: TestClient) -> None:
    answer = page.get("/")
    policy = answer.headers["content-security-policy"]
    nonce = re.search(r"style-src 'nonce-([^']+)'", policy)
    assert nonce is not None
    assert f'<style nonce="{nonce[1]}">' in answer.text
    assert "default-src 'none'" in policy
    assert not re.search(r"<script|<img|<link|https?://| style=|url\(", answer.text)
    assert answer.headers["cache-control"] == "no-store"


def test_with_keys_only_its_address_opens_the_page(settings: Settings) -> None:
    with TestClient(create_app(replace(settings, api_keys=("other", KEY)))) as http:
        address = page_address(Running(base_url="http://testserver/v1", api_key=KEY, pid=1))
        assert KEY not in address
        assert address == f"http://testserver/?token={page_token(KEY)}"
        assert http.get("/").status_code == 401
        assert "ftops local status" in http.get("/?token=guessed").text
        opened = http.get(address, follow_redirects=False)
        assert (opened.status_code, opened.headers["location"]) == (303, "/")
        assert "httponly" in opened.headers["set-cookie"].lower()
        assert http.get("/").status_code == 200
        assert http.get("/v1/models").status_code == 401, "the page's cookie opens nothing else"
        http.cookies.clear()
        assert http.get("/", headers={"authorization": f"Bearer {KEY}"}).status_code == 200
        assert page_token(KEY) != page_token("other")


def test_without_keys_the_address_is_plain() -> None:
    running = Running(base_url="http://127.0.0.1:1/v1", api_key=None, pid=1)
    assert page_address(running) == "http://127.0.0.1:1/"
