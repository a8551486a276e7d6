import re

import pytest

from ftops.core.access import Role
from ftops.core.names import ModelId
from ftops.errors import ProviderUnavailable
from tests.browser.showcase import CURRENT, EARLIER, FAILED, RUNNING, SETTLED, showcase
from tests.fakes.clock import NOON
from tests.fakes.specs import declared, desired, job
from tests.fakes.stage import Stage
from tests.serve.conftest import House, Served, served

BROWSER = {"Accept": "text/html,application/xhtml+xml"}
HOSTILE = "<img src=x onerror=alert(1)>\u202e\u0000`${1}`\N{GRINNING FACE}\"'" + "x" * 300
AWAY = ProviderUnavailable("nobody answers", hint="look at `ftops doctor`")
PAGES = ("/", "/plan", "/jobs", "/models", "/usage", "/new", "/docs")


@pytest.fixture(scope="module")
def rich() -> Served:
    lookout = showcase(NOON)
    made = served(lookout.stage)
    made.lookout.histories = lookout.histories
    made.look()
    return made


@pytest.fixture(scope="module")
def guarded() -> Served:
    return served(Stage(declared("triage")), House(with_tokens=True))


def text_of(at: Served, path: str) -> str:
    answer = at.client.get(path, headers=BROWSER)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


@pytest.mark.parametrize("path", PAGES)
def test_an_empty_project_has_every_page(path: str) -> None:
    text = text_of(served(Stage()), path)
    assert text.count("<h1") == 1
    assert "<script>" not in text
    assert not re.search(r"\son\w+=|\sstyle=", text)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        pytest.param("/", "ftops new my-bot", id="no spec"),
        pytest.param("/plan", "ftops new my-bot", id="no plan"),
        pytest.param("/jobs", "ftops apply", id="no job"),
        pytest.param("/models", "ftops apply", id="no model"),
        pytest.param("/usage", "ftops token create", id="no question"),
    ],
)
def test_an_empty_list_says_what_to_do_next(path: str, told: str) -> None:
    text = text_of(served(Stage()), path)
    assert 'class="empty"' in text
    assert told in text


@pytest.mark.parametrize(
    ("path", "told"),
    [
        pytest.param("/", "held (job-failed)", id="the overview tells what is stuck"),
        pytest.param("/", "shuts down in 52 days", id="the overview tells a base's end"),
        pytest.param("/", CURRENT, id="the overview shows the current model"),
        pytest.param("/plan", "hyperparameters.n_epochs", id="the plan shows what differs"),
        pytest.param("/plan", "ftops apply --expect", id="the plan gives its command"),
        pytest.param("/jobs?status=failed", FAILED, id="jobs are filtered"),
        pytest.param("/jobs?status=cancelled", "None of these", id="no job is like that"),
        pytest.param(f"/jobs/{RUNNING}", "76 of 120", id="a job shows its steps"),
        pytest.param(f"/jobs/{RUNNING}", 'data-checkpoints="40"', id="checkpoints are marked"),
        pytest.param(f"/jobs/{SETTLED}", "60 of 120 steps", id="a long table is thinned"),
        pytest.param(f"/jobs/{FAILED}", "invalid_training_file", id="a failure is told"),
        pytest.param(f"/models/{CURRENT}", "9f2c41d7", id="a model shows its commit"),
        pytest.param(
            f"/models/{CURRENT}",
            '<a href="https://git.acme.example/acme/bots/commit/9f2c41d7',
            id="and links to it",
        ),
        pytest.param("/models/support-bot", CURRENT, id="a spec's name stands for its model"),
        pytest.param(f"/models/{CURRENT}?with={EARLIER}", "differs", id="two are compared"),
        pytest.param("/models", EARLIER, id="earlier models are listed"),
    ],
)
def test_a_page_shows(rich: Served, path: str, told: str) -> None:
    assert told in text_of(rich, path)


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        pytest.param("/jobs/ftjob-none", 404, "no job ftjob-none", id="an unknown job"),
        pytest.param("/models/none", 404, "no model none", id="an unknown model"),
        pytest.param("/models/greeter", 404, "<code>ftops apply greeter</code>", id="none yet"),
        pytest.param("/nowhere", 404, "There is no page /nowhere", id="an unknown page"),
        pytest.param("/jobs?status=odd", 422, "No page is asked for like that", id="a filter"),
    ],
)
def test_trouble_is_told_on_a_page(rich: Served, path: str, status: int, told: str) -> None:
    answer = rich.client.get(path, headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"][:9]) == (status, "text/html")
    assert told in answer.text


def test_programs_get_trouble_as_json(rich: Served) -> None:
    assert rich.client.get("/jobs/none").json()["error"]["code"] == "not_found"
    api = rich.client.get("/api/llm/fine-tuning/jobs/none", headers=BROWSER)
    assert api.json()["error"]["code"] == "not_found"


def test_without_a_token_a_browser_is_asked_for_one(guarded: Served) -> None:
    answer = guarded.client.get("/", headers=BROWSER)
    assert answer.status_code == 401
    assert 'id="sign-in"' in answer.text
    assert "triage" not in answer.text


def test_a_viewer_sees_no_place_to_ask_in() -> None:
    stage = Stage(declared("triage"))
    stage.provider.add(job(desired(rows="datasets/triage.train.jsonl")))
    at = served(stage, House(with_tokens=True))
    (model,) = at.premises.watch.snapshot.models
    asks = {
        role: 'id="ask"' in at.client.get(f"/models/{model.id}", headers=at.as_(role)).text
        for role in Role
    }
    assert asks == {Role.VIEWER: False, Role.TESTER: True, Role.ADMIN: True}


def test_after_signing_in_there_is_a_way_out(guarded: Served) -> None:
    shown = {"token": guarded.tokens[Role.VIEWER]}
    cookie = guarded.client.post("/api/session", json=shown).cookies
    header = "; ".join(f"{name}={value}" for name, value in cookie.items())
    assert 'id="sign-out"' in guarded.client.get("/", headers={"Cookie": header}).text


def test_a_provider_away_is_told_on_every_page() -> None:
    stage = Stage(declared("triage"))
    stage.provider.add(job(desired(rows="datasets/triage.train.jsonl"), "running"))
    at = served(stage)
    stage.provider.reading_fault = AWAY
    at.look()
    for path in (*PAGES, "/jobs/ftjob-1"):
        text = text_of(at, path)
        assert "Not up to date" in text
        assert "<code>ftops doctor</code>" in text


def test_a_log_that_cannot_be_had_leaves_the_rest() -> None:
    stage = Stage(declared("triage"))
    stage.provider.add(job(desired(rows="datasets/triage.train.jsonl")))
    at = served(stage)
    stage.provider.reading_fault = AWAY
    assert "The log cannot be had now" in text_of(at, "/jobs/ftjob-1")


def test_half_a_plan_is_not_shown_as_a_whole() -> None:
    stage = Stage(declared("triage"))
    stage.provider.reading_fault = AWAY
    text = text_of(served(stage), "/plan")
    assert "not the whole plan" in text
    assert "Nothing to do" not in text


def test_a_settled_project_says_so() -> None:
    stage = Stage(declared("triage"))
    stage.apply()
    at = served(stage)
    assert "Nothing needs you" in text_of(at, "/")
    assert "Nothing to do" in text_of(at, "/plan")


def test_metadata_alone_and_a_removed_spec_are_planned() -> None:
    stage = Stage(declared("triage"), declared("old"))
    stage.apply()
    stage.declare(declared("triage", metadata={"owner": "Ann"}))
    text = text_of(served(stage), "/plan")
    assert "metadata.owner" in text
    assert "the lock goes" in text


def test_what_strangers_wrote_is_shown_and_never_obeyed() -> None:
    stage = Stage(declared("triage", metadata={"note": HOSTILE}))
    wanted = desired(rows="datasets/triage.train.jsonl", metadata={"note": HOSTILE})
    made = job(wanted, fine_tuned_model=ModelId(f"ft:x:{HOSTILE}"), provider_status=HOSTILE)
    stage.provider.add(made)
    stage.provider.add(job(wanted, "failed", id="ftjob-2", provider_status=HOSTILE))
    at = served(stage)
    for path in ("/", "/plan", "/jobs", "/models", "/models/triage", "/jobs/ftjob-1"):
        text = at.client.get(path, headers=BROWSER).text
        assert "<img src=x" not in text
        assert "\u202e" not in text
        assert "\0" not in text


def test_usage_is_shown_by_caller_and_model() -> None:
    stage = Stage(declared("triage"))
    stage.apply()
    at = served(stage)
    at.client.post("/api/llm/models/triage/test", json={"prompt": "hello"})
    text = text_of(at, "/usage")
    assert "this machine" in text
    assert str(at.premises.watch.snapshot.models[0].id) in text
