"""Lists in pages: none is cut short, and nothing is missed or told twice while they grow."""

import openai
import pytest
from starlette.testclient import TestClient

from tests.trainer.api.asking import ended
from tests.trainer.conftest import wait_until
from tests.trainer.rows import chat_rows


def upload(http: TestClient) -> str:
    answer = http.post(
        "/v1/files", data={"purpose": "fine-tune"}, files={"file": ("a.jsonl", chat_rows(10))}
    )
    return str(answer.json()["id"])


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("files", id="files"),
        pytest.param("fine_tuning/jobs", id="jobs"),
        pytest.param("fine_tuning/jobs/{job}/events", id="events"),
        pytest.param("fine_tuning/jobs/{job}/checkpoints", id="checkpoints"),
        pytest.param("chat/completions", id="stored completions"),
    ],
)
@pytest.mark.parametrize(
    "cursor", [pytest.param("gone", id="a stranger"), pytest.param("", id="an empty cursor")]
)
def test_a_list_is_never_cut_short_by_a_cursor_that_is_gone(
    http: TestClient, path: str, cursor: str
) -> None:
    job = http.post(
        "/v1/fine_tuning/jobs", json={"model": "ftops-nano", "training_file": upload(http)}
    ).json()["id"]
    answer = http.get(f"/v1/{path.format(job=job)}", params={"after": cursor})
    assert answer.status_code == 400
    told = answer.json()["error"]
    assert (told["param"], told["code"]) == ("after", "invalid_value")
    assert f"'{cursor}'" in told["message"]


def test_a_file_deleted_between_two_pages_is_told(http: TestClient) -> None:
    for _ in range(3):
        upload(http)
    page = http.get("/v1/files", params={"limit": 1}).json()
    assert page["has_more"]
    http.delete(f"/v1/files/{page['last_id']}")
    answer = http.get("/v1/files", params={"limit": 1, "after": page["last_id"]})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "after")


@pytest.mark.parametrize(
    ("path", "none"),
    [
        pytest.param("files", "", id="files"),
        pytest.param("chat/completions", "", id="stored completions"),
        pytest.param("fine_tuning/jobs", None, id="jobs"),
    ],
)
def test_the_ends_of_an_empty_list_are_of_the_kind_in_its_schema(
    http: TestClient, path: str, none: str | None
) -> None:
    listed = http.get(f"/v1/{path}").json()
    assert (listed["data"], listed["has_more"]) == ([], False)
    assert (listed["first_id"], listed["last_id"]) == (none, none)


def test_a_log_that_grows_is_paged_without_gap_or_repeat(
    client: openai.OpenAI, training_file: str
) -> None:
    job = client.fine_tuning.jobs.create(
        model="ftops-nano",
        training_file=training_file,
        hyperparameters={"n_epochs": 20, "learning_rate_multiplier": 0.01},
    ).id
    walks: list[list[str]] = []
    while not walks or not ended(client, job):
        walks.append([event.id for event in client.fine_tuning.jobs.list_events(job, limit=2)])
    wait_until(lambda: ended(client, job))
    whole = [event.id for event in client.fine_tuning.jobs.list_events(job, limit=1000)]
    assert len(set(whole)) == len(whole) > 40
    for walk in walks:
        assert walk == whole[len(whole) - len(walk) :]
    assert len({len(walk) for walk in walks}) > 1, "it grew meanwhile"
