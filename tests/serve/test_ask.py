import json
from datetime import timedelta

import pytest

from ftops.core.access import Budget, Role
from ftops.core.names import ModelId
from ftops.core.observed import ObservedModel
from ftops.errors import ProviderRejected, ProviderUnavailable, Refusal
from ftops.serve.access.limits import Rates
from tests.fakes.specs import TUNED, declared, desired, job, lock
from tests.fakes.stage import Stage
from tests.serve.conftest import House, Served, served

MADE = desired(rows="datasets/triage.train.jsonl")
TRIAGE = "/api/llm/models/triage/test"


def ready(house: House | None = None) -> Served:
    """A project whose one spec has its model."""
    stage = Stage(declared("triage"), declared("other"))
    stage.provider.add(job(MADE))
    stage.locks.write(lock(MADE))
    return served(stage, house)


@pytest.mark.parametrize("name", [TUNED, "triage"], ids=["by its id", "by its spec"])
def test_a_model_answers(name: str) -> None:
    at = ready()
    told = at.client.post(f"/api/llm/models/{name}/test", json={"prompt": "Hello"}).json()
    assert told["response"] == "You said: Hello"
    assert told["model"] == TUNED
    assert told["usage"]["total_tokens"] > told["usage"]["prompt_tokens"] > 0
    assert told["latency_ms"] >= 0


def test_messages_system_temperature_and_length_reach_the_model() -> None:
    at = ready()
    asked = {
        "messages": [{"role": "user", "content": "Hi"}],
        "system": "Be brief.",
        "temperature": 0.5,
        "max_tokens": 7,
    }
    assert at.client.post(TRIAGE, json=asked).status_code == 200
    ((_, question),) = at.stage.provider.asked
    assert [one["content"] for one in question.messages] == ["Be brief.", "Hi"]
    assert (question.temperature, question.max_tokens) == (0.5, 7)


def events(text: str) -> list[tuple[str, dict[str, object]]]:
    blocks = [block.split("\n") for block in text.strip().split("\n\n")]
    return [(lines[0][7:], json.loads(lines[-1][6:])) for lines in blocks]


def test_an_answer_streams_in_pieces_and_ends_with_all_of_it() -> None:
    answer = ready().client.post(TRIAGE, json={"prompt": "Hi", "stream": True})
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = events(answer.text)
    assert [kind for kind, _ in told] == ["piece", "piece", "piece", "answer"]
    assert told[-1][1]["response"] == "You said: Hi"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="nothing asked"),
        pytest.param({"prompt": "a", "messages": []}, id="no messages"),
        pytest.param(
            {"prompt": "a", "messages": [{"role": "user", "content": "b"}]}, id="two questions"
        ),
        pytest.param({"prompt": ""}, id="an empty prompt"),
        pytest.param({"prompt": "a" * 100_001}, id="a prompt beyond the bound"),
        pytest.param({"messages": [{"role": "user", "content": "a" * 60_000}] * 2}, id="in sum"),
        pytest.param({"prompt": "a", "temperature": 2.1}, id="too hot"),
        pytest.param({"prompt": "a", "max_tokens": 5000}, id="too long"),
        pytest.param({"prompt": "a", "model": "gpt-4.1"}, id="another model"),
        pytest.param({"prompt": "a", "base_url": "http://10.0.0.1"}, id="another address"),
        pytest.param({"messages": [{"role": "tool", "content": "b"}]}, id="an unknown role"),
    ],
)
def test_what_is_out_of_bounds_is_never_asked(body: dict[str, object]) -> None:
    at = ready()
    assert at.client.post(TRIAGE, json=body).status_code == 422
    assert at.stage.provider.asked == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("gpt-4.1-mini-2025-04-14", "this project has no model", id="a base model"),
        pytest.param("ft:gpt-4.1:else::x", "this project has no model", id="somebody else's"),
        pytest.param("other", "has no model yet", id="a spec nobody trained"),
        pytest.param("../../v1/files", "this project has no model", id="a path"),
    ],
)
def test_only_the_projects_own_models_are_asked(name: str, words: str) -> None:
    at = ready()
    at.stage.provider.show(ObservedModel(id=ModelId("ft:gpt-4.1:else::x")))
    answer = at.client.post(f"/api/llm/models/{name}/test", json={"prompt": "Hi"})
    assert answer.status_code == 404
    assert at.stage.provider.asked == []
    if ".." not in name:
        assert words in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        pytest.param(ProviderUnavailable("away"), 502, id="away"),
        pytest.param(ProviderRejected("no", refusal=Refusal.KEY), 502, id="a wrong key"),
        pytest.param(ProviderRejected("no", refusal=Refusal.NOT_FOUND), 404, id="a gone model"),
        pytest.param(ProviderRejected("no", refusal=Refusal.RATE), 503, id="too often"),
    ],
)
def test_the_providers_trouble_is_told(fault: Exception, status: int) -> None:
    at = ready()
    at.stage.provider.asking_fault = fault
    answer = at.client.post(TRIAGE, json={"prompt": "Hi"})
    assert answer.status_code == status
    assert answer.json()["error"]["message"] in {"away", "no"}
    (entry,) = at.audit.entries
    assert entry["outcome"] in {"provider_unavailable", "provider_refused", "not_found"}


def test_a_stream_that_breaks_off_says_so() -> None:
    at = ready()
    at.stage.provider.asking_fault_after = 2, ProviderUnavailable("broke off")
    told = events(at.client.post(TRIAGE, json={"prompt": "Hi", "stream": True}).text)
    assert [kind for kind, _ in told] == ["piece", "piece", "error"]
    ((usage),) = at.store.usage("2026-11")
    assert usage.used.calls == 1


def test_one_caller_is_slowed_down_before_all_are() -> None:
    house = House(rates=Rates(tests=2, tests_of_all=3), with_tokens=True)
    at = ready(house)
    statuses = [
        at.client.post(TRIAGE, json={"prompt": "Hi"}, headers=at.as_(role)).status_code
        for role in (Role.TESTER, Role.TESTER, Role.TESTER, Role.ADMIN, Role.ADMIN)
    ]
    assert statuses == [200, 200, 429, 200, 429]


def test_a_full_house_is_told_to_come_back() -> None:
    at = ready(House(rates=Rates(at_once=1)))
    with at.premises.asking.meter.limits.seat():
        answer = at.client.post(TRIAGE, json={"prompt": "Hi"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    assert at.client.post(TRIAGE, json={"prompt": "Hi"}).status_code == 200


@pytest.mark.parametrize(
    "budget",
    [
        pytest.param(Budget(tokens=600), id="tokens"),
        pytest.param(Budget(usd=0.002), id="dollars"),
    ],
)
def test_a_months_budget_is_never_overdrawn(budget: Budget) -> None:
    at = ready(House(budget=budget))
    statuses = []
    for _ in range(12):
        statuses.append(at.client.post(TRIAGE, json={"prompt": "Hi " * 20}).status_code)
        at.stage.clock.advance(61)
    assert statuses[0] == 200
    assert statuses[-1] == 429
    total = at.client.get("/api/usage").json()["total"]
    assert total["tokens"] <= (budget.tokens or total["tokens"])
    assert total["usd"] <= (budget.usd or total["usd"])
    at.stage.clock.advance(timedelta(days=31).total_seconds())
    assert at.client.post(TRIAGE, json={"prompt": "Hi"}).status_code == 200


def test_a_budget_in_dollars_refuses_a_model_without_a_price() -> None:
    stage = Stage(declared("triage"))
    unpriced = ModelId("ft:llama-9:acme::x")
    stage.provider.add(job(MADE, model=ModelId("llama-9"), fine_tuned_model=unpriced))
    at = served(stage, House(budget=Budget(usd=5)))
    answer = at.client.post(f"/api/llm/models/{unpriced}/test", json={"prompt": "Hi"})
    assert answer.status_code == 429
    assert "no known price" in answer.json()["error"]["message"]


def test_usage_is_counted_by_caller_and_shown_to_its_owner() -> None:
    at = ready(House(with_tokens=True))
    for role in (Role.TESTER, Role.TESTER, Role.ADMIN):
        at.client.post(TRIAGE, json={"prompt": "Hi"}, headers=at.as_(role))
    mine = at.client.get("/api/usage", headers=at.as_(Role.TESTER)).json()["usage"]
    assert [(one["name"], one["calls"]) for one in mine] == [("a-tester", 2)]
    everybodys = at.client.get("/api/usage", headers=at.as_(Role.ADMIN)).json()["usage"]
    assert sorted(one["name"] for one in everybodys) == ["a-admin", "a-tester"]
    assert at.client.get("/api/usage", headers=at.as_(Role.VIEWER)).json()["usage"] == []


@pytest.mark.parametrize("tells", [False, True], ids=["without its text", "with its text"])
def test_a_test_is_written_down(tells: bool) -> None:  # noqa: FBT001 - a column of the table
    at = ready(House(tells_prompts=tells))
    at.client.post(TRIAGE, json={"prompt": "my secret plan"})
    (entry,) = at.audit.entries
    assert entry["outcome"] == "answered"
    assert entry["prompt_characters"] == len("my secret plan")
    assert ("my secret plan" in str(entry)) is tells
