from datetime import date, timedelta

from ftops.core.history import Chapter, Version
from ftops.core.names import ModelId, SpecName
from ftops.core.observed import ObservedModel
from ftops.errors import ProviderUnavailable
from tests.fakes.clock import NOON
from tests.fakes.specs import TUNED, declared, desired, job, lock
from tests.fakes.stage import Stage
from tests.serve.conftest import Served, served

MADE = desired(rows="datasets/triage.train.jsonl")
AWAY = ProviderUnavailable("nobody answers", hint="try later")


def settled() -> Stage:
    """A stage whose one spec is recorded and whose model exists."""
    stage = Stage(declared("triage"))
    stage.provider.add(job(MADE))
    stage.locks.write(lock(MADE))
    return stage


def test_capabilities_name_target_methods_and_bases(one: Served) -> None:
    told = one.client.get("/api/capabilities").json()["llm_finetuning"]
    assert told["enabled"] is True
    assert told["read_only"] is True
    assert told["target"] == "openai"
    assert told["methods"] == ["supervised", "dpo", "reinforcement"]
    assert {"id": "gpt-4.1-mini-2025-04-14", "shutdown_date": None} in told["base_models"]


def test_a_spec_in_sync_shows_its_model() -> None:
    at = served(settled())
    (spec,) = at.client.get("/api/specs").json()
    assert (spec["sync"], spec["health"], spec["change"]) == ("in-sync", "ready", "keep")
    assert spec["model"] == TUNED
    assert spec["training"]["examples"] == 50
    assert spec["attention"] == []


def test_a_spec_nobody_applied_says_what_to_do(one: Served) -> None:
    (spec,) = one.client.get("/api/specs").json()
    assert (spec["sync"], spec["health"]) == ("out-of-sync", "missing")
    assert spec["attention"] == ["out of sync (spec-added): `ftops apply triage`"]


def test_a_held_spec_wants_a_person() -> None:
    stage = Stage(declared("triage"))
    stage.provider.add(job(MADE, "failed"))
    (spec,) = served(stage).client.get("/api/specs").json()
    assert spec["health"] == "stalled"
    assert spec["attention"] == ["held (job-failed): decide with `ftops apply --retry triage`"]


def test_a_base_that_ends_soon_wants_attention() -> None:
    stage = settled()
    base = ModelId("gpt-4.1-mini-2025-04-14")
    stage.provider.show(ObservedModel(id=base, shutdown_date=date(2026, 12, 2)))
    at = served(stage)
    (spec,) = at.client.get("/api/specs").json()
    assert spec["attention"] == [f"{base} shuts down in 10 days, on 2026-12-02"]
    (model,) = at.client.get("/api/llm/models").json()
    assert (model["shutdown_date"], model["days_left"]) == ("2026-12-02", 10)


def test_the_plan_is_the_one_of_the_terminal() -> None:
    at = served(settled())
    told = at.client.get("/api/plan").json()
    assert told["format_version"] == 1
    assert told["is_empty"] is True
    assert [one["kind"] for one in told["changes"]] == ["keep"]
    assert told["digest"] == at.stage.plan().digest


def test_a_plan_that_could_not_be_made_is_not_an_empty_one() -> None:
    stage = settled()
    stage.provider.reading_fault = AWAY
    answer = served(stage).client.get("/api/plan")
    assert answer.status_code == 503
    assert answer.json()["error"] == {
        "code": "no_plan",
        "message": "nobody answers",
        "hint": "try later",
    }


def test_a_provider_away_leaves_what_was_seen_with_its_age() -> None:
    at = served(settled())
    at.stage.provider.reading_fault = AWAY
    at.stage.clock.advance(90)
    at.look()
    answer = at.client.get("/api/specs")
    assert answer.json()[0]["health"] == "ready"
    assert answer.headers["ftops-seen-at"] == f"{NOON:%Y-%m-%dT%H:%M:%SZ}"
    assert answer.headers["ftops-stale"] == "true"
    health = at.client.get("/api/health").json()
    assert (health["status"], health["stale"], health["age_seconds"]) == ("ok", True, 90.0)
    assert health["targets"][0]["hint"] == "try later"


def test_models_of_locks_are_known_while_the_provider_was_never_seen() -> None:
    stage = settled()
    stage.provider.reading_fault = AWAY
    (model,) = served(stage).client.get("/api/llm/models").json()
    assert (model["id"], model["status"], model["is_current"]) == (TUNED, "unknown", True)


def test_a_look_that_breaks_leaves_the_one_before() -> None:
    at = served(settled())
    at.lookout.fault = AWAY
    at.look()
    assert at.client.get("/api/specs").json()[0]["health"] == "ready"
    assert at.client.get("/api/health").json()["trouble"] == "nobody answers"


def test_earlier_models_of_a_spec_come_from_git() -> None:
    stage = settled()
    old = lock(
        desired(rows="older"),
        model="ft:gpt-4.1-mini-2025-04-14:acme::Old",
        job="ftjob-old",
        finished_at=NOON - timedelta(days=9),
    )
    lookout_told = (chapter("b" * 40, lock(MADE)), chapter("a" * 40, old))
    at = served(stage)
    at.lookout.histories = {SpecName("triage"): lookout_told}
    at.look()
    told = at.client.get("/api/llm/models?spec=triage").json()
    assert [(one["status"], one["is_current"], one["commit"][0]) for one in told] == [
        ("ready", True, "b"),
        ("missing", False, "a"),
    ]
    assert {one["version"] for one in told} == {"1", "2"}
    assert at.client.get("/api/llm/models?spec=other").json() == []


def chapter(commit: str, of: object) -> Chapter:
    version = Version(
        commit=commit, committed_at=NOON, author="Ann", subject="Train", content="lock"
    )
    return Chapter(version=version, lock=of)  # type: ignore[arg-type]  # always a lock


def test_a_declared_version_is_shown() -> None:
    stage = Stage(declared("triage", metadata={"version": "2.0"}))
    made = desired(rows="datasets/triage.train.jsonl", metadata={"version": "2.0"})
    stage.provider.add(job(made))
    at = served(stage)
    (model,) = at.client.get("/api/llm/models").json()
    assert model["version"] == "2.0"


def test_probes_need_nothing(one: Served) -> None:
    assert one.client.get("/healthz").json() == {"status": "ok", "age_seconds": 0.0}
    one.stage.clock.advance(90)
    assert one.client.get("/healthz").json() == {"status": "ok", "age_seconds": 90.0}


def test_a_removed_specs_lock_is_shown_until_it_is_forgotten() -> None:
    stage = settled()
    stage.declare(declared("other"))
    names = [one["name"] for one in served(stage).client.get("/api/specs").json()]
    assert names == ["other", "triage"]
