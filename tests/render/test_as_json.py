import json
import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, get_args

import pytest

from ftops.core.outcome import Outcome
from ftops.core.plan import Change, Plan, kind_of
from ftops.core.progress import Progress
from ftops.core.status import Standing
from ftops.render.as_json import (
    checks_json,
    event_json,
    log_json,
    outcomes_json,
    plan_json,
    status_json,
    validation_json,
)
from ftops.render.plain_data import plain
from tests.fakes.specs import desired, pins
from tests.render.samples import (
    AWAIT,
    CHANGES,
    CHECKS,
    EVENTS,
    OPENAI,
    OUTCOMES,
    PLAN,
    PROBLEM,
    STANDINGS,
    TRAIN,
    TRAIN_NEW,
    event,
)


def test_every_kind_of_change_is_told_with_all_keys() -> None:
    told = json.loads(plan_json(PLAN, [OPENAI], []))["changes"]
    assert {one["kind"] for one in told} == {kind.__name__.lower() for kind in get_args(Change)}
    assert len({frozenset(one) for one in told}) == 1
    assert [one["spec"] for one in told] == [
        "docs", "triage", "bot", "found", "tone", "slow", "maybe", "late", "gone", "former",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "model", "job"),
    [
        pytest.param("docs", True, "ftjob-1", id="a kept spec has both"),
        pytest.param("bot", False, None, id="a new spec has neither"),
        pytest.param("found", True, "ftjob-1", id="a found model has both"),
        pytest.param("slow", False, "ftjob-1", id="a running job has no model yet"),
        pytest.param("late", False, "ftjob-1", id="a dead job never will"),
        pytest.param("gone", True, None, id="a vanished model keeps its name"),
        pytest.param("former", True, "ftjob-1", id="a forgotten lock names both"),
    ],
)
def test_a_change_names_the_model_and_job_it_is_about(
    spec: str,
    model: bool,  # noqa: FBT001 - a column of the table
    job: str | None,
) -> None:
    told = {one["spec"]: one for one in json.loads(plan_json(PLAN, [], []))["changes"]}[spec]
    assert (told["model"] is not None, told["job"]) == (model, job)


def test_an_unknown_price_makes_the_sum_unknown() -> None:
    unpriced = replace(TRAIN_NEW, desired=desired("bot", model="llama-9"))
    told = json.loads(plan_json(Plan(changes=(TRAIN, unpriced)), [], []))
    assert told["totals"]["usd"] is None
    assert told["totals"]["trained_tokens"] == 35_000
    assert told["totals"]["exact"] is False
    assert told["changes"][1]["estimate"]["usd"] is None


def test_every_kind_of_outcome_is_told_with_all_keys() -> None:
    told = json.loads(outcomes_json(OUTCOMES))
    assert {one["outcome"] for one in told["outcomes"]} == {
        kind.__name__.lower() for kind in get_args(Outcome)
    }
    assert len({frozenset(one) for one in told["outcomes"]}) == 1
    assert told["is_fine"] is False
    assert told["totals"]["counts"] == {
        "train": 1, "record": 1, "relabel": 0, "forget": 1, "keep": 1,
        "started": 1, "unconfirmed": 1, "failed": 1, "skipped": 1,
    }  # fmt: skip
    assert json.loads(outcomes_json(OUTCOMES[:5]))["is_fine"] is True


def test_status_is_ordered_by_name() -> None:
    told = json.loads(status_json(STANDINGS, [OPENAI]))["specs"]
    names = [one["spec"] for one in told]
    assert names == sorted(names)
    assert {one["spec"]: one["progress"] for one in told}["bot"] is None


def test_an_event_without_a_step_is_no_progress() -> None:
    status = next(one.status for one in STANDINGS if one.status.spec == AWAIT.desired.name)
    standing = Standing(status=status, target=OPENAI.target, latest=event("started"))
    assert json.loads(status_json([standing], []))["specs"][0]["progress"] is None


def test_findings_are_ordered_by_file_and_line() -> None:
    found = [
        replace(PROBLEM, path="b", line=1),
        replace(PROBLEM, path="a", line=9),
        replace(PROBLEM, path="a", line=2, column=None),
        replace(PROBLEM, path=None, line=None),
    ]
    told = json.loads(validation_json(found, []))["problems"]
    assert [(one["path"], one["line"]) for one in told] == [
        (None, None), ("a", 2), ("a", 9), ("b", 1),
    ]  # fmt: skip


def test_a_validation_without_specs_is_not_valid() -> None:
    assert json.loads(validation_json([PROBLEM], []))["valid"] is False


def test_a_validation_tells_both_files() -> None:
    wanted = replace(desired("bot"), pins=pins("a", "b"))
    told = json.loads(validation_json([], [wanted]))["specs"][0]
    assert told["training"]["examples"] == 50
    assert told["validation"]["paths"] == ["datasets/b.jsonl"]


@pytest.mark.parametrize(
    ("results", "ok"),
    [
        pytest.param([True, True], True, id="all well"),
        pytest.param([True, None], True, id="one not made"),
        pytest.param([True, False], False, id="one failed"),
    ],
)
def test_a_checkup_is_well_unless_one_failed(results: list[bool | None], ok: bool) -> None:  # noqa: FBT001 - a column of the table
    checks = [replace(CHECKS[0], ok=result) for result in results]
    assert json.loads(checks_json(checks))["ok"] is ok


def test_every_progress_event_is_one_line_of_its_own_type() -> None:
    lines = [event_json(one) for one in EVENTS]
    assert all("\n" not in line for line in lines)
    assert len({json.loads(line)["type"] for line in lines}) == len(get_args(Progress))


def test_what_is_no_number_is_null() -> None:
    told = json.loads(log_json(event(train_loss=math.nan, step=3, valid_loss=math.inf)))
    assert told["measured"] == {"train_loss": None, "step": 3, "valid_loss": None}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(
            datetime(2026, 11, 22, 13, tzinfo=timezone(timedelta(hours=1))),
            "2026-11-22T12:00:00Z",
            id="a time of another zone becomes UTC",
        ),
        pytest.param(
            datetime(2026, 11, 22, 12, 0, 0, 5, tzinfo=UTC), "2026-11-22T12:00:00Z", id="a time"
        ),
        pytest.param(date(2026, 11, 22), "2026-11-22", id="a day"),
        pytest.param({"a": (1, 2.5, True, None)}, {"a": [1, 2.5, True, None]}, id="nested"),
    ],
)
def test_values_have_one_spelling(value: Any, expected: Any) -> None:  # noqa: ANN401 - any value
    assert plain(value) == expected


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(TypeError, match="set has no JSON form"):
        plain({"a": {1, 2}})


def test_the_plan_keeps_its_own_order() -> None:
    told = json.loads(plan_json(Plan(changes=tuple(reversed(CHANGES))), [], []))["changes"]
    assert [one["kind"] for one in told] == [kind_of(one) for one in reversed(CHANGES)]
