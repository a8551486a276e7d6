"""What the official client is shown of a grader is what it sent, with the API's own defaults."""

from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai.types.fine_tuning.alpha.grader_validate_params import Grader
from starlette.testclient import TestClient


@pytest.fixture
def client(http: TestClient) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=f"{http.base_url}/v1", api_key="any", max_retries=0, http_client=http
    ) as connected:
        yield connected


SAID = "{{sample.output_text}}"
TEXT = {"type": "input_text", "text": f"How kind is this? {SAID}"}
PICTURE = {"type": "input_image", "image_url": "https://a.example/b.png", "detail": "low"}
SOUND = {"type": "input_audio", "input_audio": {"data": "c29uZw==", "format": "mp3"}}
SAMPLED = {
    "max_completions_tokens": 64,
    "reasoning_effort": "low",
    "seed": 42,
    "temperature": 1,
    "top_p": 0.5,
}


def judging(content: object, **fields: Any) -> Any:  # noqa: ANN401 - whatever a grader has
    message = {"type": "message", "role": "developer", "content": content}
    judge = {"type": "score_model", "name": "judge", "model": "o4-mini", "input": [message]}
    return judge | {"range": [0, 1]} | fields


LIKE: Any = {
    "type": "text_similarity",
    "name": "like",
    "input": SAID,
    "reference": "{{item.answer}}",
    "evaluation_metric": "bleu",
}
LABELS: Any = {
    "type": "label_model",
    "name": "tone",
    "model": "o4-mini",
    "input": [{"role": "user", "content": SAID}],
    "labels": ["kind", "rude"],
    "passing_labels": ["kind"],
}
PYTHON: Any = {"type": "python", "name": "code", "source": "def grade(sample, item): return 1.0"}


def joined(**graders: object) -> Any:  # noqa: ANN401 - whatever a grader has
    formula = " + ".join(graders)
    return {"type": "multi", "name": "all", "graders": graders, "calculate_output": formula}


@pytest.mark.parametrize(
    "grader",
    [
        pytest.param(LIKE, id="likeness"),
        pytest.param(PYTHON, id="code"),
        pytest.param(PYTHON | {"image_tag": "2025-05-08"}, id="code for an image"),
        pytest.param(judging(SAID), id="a judge"),
        pytest.param(judging(TEXT, sampling_params=SAMPLED), id="a judge, sampled as wished"),
        pytest.param(judging(TEXT, sampling_params={"seed": None}), id="a judge without a seed"),
        pytest.param(judging(TEXT, range=[-1, 2.5]), id="a judge with a range of its own"),
        pytest.param(judging(["Look:", TEXT, PICTURE, SOUND]), id="a judge that sees and hears"),
        pytest.param(joined(a=LIKE, b=judging(TEXT), c=LABELS), id="several, joined"),
    ],
)
def test_a_grader_is_shown_whole(client: openai.OpenAI, grader: Grader) -> None:
    answer = client.fine_tuning.alpha.graders.validate(grader=grader)
    assert answer.grader is not None
    assert answer.grader.to_dict() == grader


def test_a_judge_without_a_range_scores_from_0_to_1(client: openai.OpenAI) -> None:
    grader = judging(TEXT)
    ranged = grader["range"]
    del grader["range"]
    answer = client.fine_tuning.alpha.graders.validate(grader=grader)
    assert answer.grader is not None
    assert answer.grader.to_dict() == grader | {"range": ranged}


@pytest.mark.parametrize(
    ("grader", "param"),
    [
        pytest.param(judging(TEXT, range=[0]), "grader.range", id="half a range"),
        pytest.param(
            judging(TEXT, sampling_params={"seed": "x"}), "grader.sampling_params.seed", id="a seed"
        ),
        pytest.param(
            judging(TEXT, sampling_params={"max_completions_tokens": 0}),
            "grader.sampling_params.max_completions_tokens",
            id="no room to answer",
        ),
        pytest.param(judging(TEXT, samplng_params={}), "grader.samplng_params", id="a typo"),
        pytest.param(
            judging(TEXT, sampling_params={"top": 1}), "grader.sampling_params.top", id="a wish"
        ),
        pytest.param(
            judging(TEXT | {"txt": ""}), "grader.input[0].content.txt", id="a typo in a piece"
        ),
        pytest.param(LABELS, "grader.type", id="labels by themselves are no reward"),
    ],
)
def test_what_would_be_dropped_is_refused(
    client: openai.OpenAI, grader: Grader, param: str
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.fine_tuning.alpha.graders.validate(grader=grader)
    assert refused.value.param == param


@pytest.mark.parametrize(
    ("sample", "reward"),
    [
        pytest.param('{"tone": {"word": "kind"}}', 1.0, id="JSON"),
        pytest.param('{"tone": {"word": "rude"}}', 0.0, id="other JSON"),
    ],
)
def test_a_sample_in_json_is_looked_into(client: openai.OpenAI, sample: str, reward: float) -> None:
    answer = client.fine_tuning.alpha.graders.run(
        grader={
            "type": "string_check",
            "name": "tone",
            "input": "{{sample.output_json.tone.word}}",
            "reference": "kind",
            "operation": "eq",
        },
        model_sample=sample,
    )
    assert answer.reward == reward
    assert (answer.metadata.name, answer.metadata.type) == ("tone", "string_check")
