"""Graders score samples, and refuse what they cannot honestly score."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from ftops.trainer.api.graders.formula import MAX_FORMULA

SAID, WANTED = "{{sample.output_text}}", "{{ item.answer }}"
FACTS = {"model_sample": "the cat sat on the mat", "item": {"answer": "the cat lay on the mat"}}


def grader(kind: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a grader has
    return {"type": kind, "name": "g", "input": SAID, "reference": WANTED} | fields


def similarity(metric: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a grader has
    return grader("text_similarity", evaluation_metric=metric, **fields)


def check(operation: str, reference: str) -> dict[str, Any]:
    return grader("string_check", operation=operation, reference=reference)


def formula(text: str) -> dict[str, Any]:
    parts = {"same": check("eq", WANTED), "like": similarity("rouge_1")}
    return {"type": "multi", "name": "g", "graders": parts, "calculate_output": text}


@pytest.mark.parametrize(
    ("asked", "reward"),
    [
        pytest.param(check("eq", "the cat sat on the mat"), 1, id="equal"),
        pytest.param(check("eq", "The cat sat on the mat"), 0, id="not quite equal"),
        pytest.param(check("ne", WANTED), 1, id="not equal"),
        pytest.param(check("like", "cat sat"), 1, id="holds it"),
        pytest.param(check("like", "CAT"), 0, id="holds it in other letters"),
        pytest.param(check("ilike", "CAT"), 1, id="holds it whatever the letters"),
        pytest.param(similarity("rouge_1"), 5 / 6, id="five of six words"),
        pytest.param(similarity("rouge_2"), 3 / 5, id="three of five pairs"),
        pytest.param(similarity("rouge_5"), 0, id="no run of five"),
        pytest.param(similarity("rouge_l"), 5 / 6, id="five in order"),
        pytest.param(similarity("gleu"), 9 / 18, id="half of all runs"),
        pytest.param(similarity("bleu"), 0, id="no run of four"),
        pytest.param(similarity("bleu", reference=SAID), 1, id="the very same"),
        pytest.param(similarity("bleu", input="", reference="a"), 0, id="nothing said"),
        pytest.param(similarity("bleu", input="a", reference="a b"), 0.36787944, id="too short"),
        pytest.param(similarity("fuzzy_match", input="ab", reference="ac"), 0.5, id="half of it"),
        pytest.param(similarity("rouge_l", input="", reference=""), 0, id="nothing at all"),
        pytest.param(formula("0.5 * same + like / 2"), 5 / 12, id="a formula"),
        pytest.param(formula("max(same, like) - -1"), 11 / 6, id="with a function and a sign"),
    ],
)
def test_a_sample_is_scored(http: TestClient, asked: dict[str, Any], reward: float) -> None:
    body = FACTS | {"grader": asked}
    answer = http.post("/v1/fine_tuning/alpha/graders/run", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["reward"] == pytest.approx(reward)
    assert answer.json()["metadata"]["type"] == asked["type"]
    assert (answer.json()["sub_rewards"] == {}) == (asked["type"] != "multi")
    valid = http.post("/v1/fine_tuning/alpha/graders/validate", json={"grader": asked})
    assert valid.json() == {"grader": asked}


CODE = {"type": "python", "name": "g", "source": "raise SystemExit"}
JUDGE = {"type": "score_model", "name": "g", "model": "gpt-4o", "input": [], "range": [0, 1]}


@pytest.mark.parametrize(
    ("asked", "param", "code"),
    [
        pytest.param(CODE, "grader.type", "unsupported_grader", id="code is never run"),
        pytest.param(JUDGE, "grader.type", "unsupported_grader", id="there is no judge"),
        pytest.param(
            similarity("cosine"), "grader.evaluation_metric", "invalid_value", id="no vectors"
        ),
        pytest.param(check("eq", "{{item.no}}"), "grader", "invalid_value", id="no such item"),
        pytest.param({"type": "magic"}, "grader.type", "invalid_value", id="an unknown type"),
        *(
            pytest.param(formula(text), "grader.calculate_output", "invalid_value", id=name)
            for text, name in (
                ("same +", "half a formula"),
                ("other", "an unknown score"),
                ("like / same", "a division by nothing"),
                ("exp(1000 * like)", "no end of it"),
                ("1e308 * 10", "more than a number"),
                ("__import__('os').system('x')", "code"),
                ("like ** 9", "a power"),
                ("like + " * MAX_FORMULA + "1", "far too long"),
                ("(" * 300 + "1" + ")" * 300, "nested without end"),
            )
        ),
    ],
)
def test_what_cannot_be_scored_is_refused(
    http: TestClient, asked: dict[str, Any], param: str, code: str
) -> None:
    answer = http.post("/v1/fine_tuning/alpha/graders/run", json=FACTS | {"grader": asked})
    assert answer.status_code == 400
    assert (answer.json()["error"]["param"], answer.json()["error"]["code"]) == (param, code)


def test_a_grader_is_shown_as_it_was_sent(http: TestClient) -> None:
    answer = http.post("/v1/fine_tuning/alpha/graders/validate", json={"grader": CODE})
    assert answer.json() == {"grader": CODE}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("Is it kind?", id="text"),
        pytest.param({"type": "input_text", "text": "Is it kind?"}, id="a piece"),
        pytest.param(
            ["Look:", {"type": "input_image", "image_url": "https://a.example"}], id="several"
        ),
    ],
)
def test_what_a_judge_would_be_asked_is_read(http: TestClient, content: object) -> None:
    judge = JUDGE | {"input": [{"role": "user", "content": content}]}
    answer = http.post("/v1/fine_tuning/alpha/graders/validate", json={"grader": judge})
    assert answer.json() == {"grader": judge}


@pytest.mark.parametrize(
    "message",
    [
        pytest.param({"role": "user", "content": {}}, id="a piece of no kind"),
        pytest.param({"role": "tool", "content": "x"}, id="nobody's role"),
        pytest.param(
            {"role": "user", "content": {"type": "input_audio", "input_audio": {"data": 1}}},
            id="no sound",
        ),
        pytest.param("hello", id="no message"),
    ],
)
def test_what_no_judge_could_be_asked_is_refused(http: TestClient, message: object) -> None:
    judge = JUDGE | {"input": [message]}
    answer = http.post("/v1/fine_tuning/alpha/graders/validate", json={"grader": judge})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"].startswith("grader.input[")
