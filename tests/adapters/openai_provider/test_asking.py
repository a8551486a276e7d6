"""One question to one model, and every way an answer may come."""

import json

import httpx2
import pytest

from ftops.core.names import ModelId
from ftops.core.orders import Question
from ftops.errors import (
    ProviderError,
    ProviderRejected,
    ProviderSurprise,
    ProviderUnavailable,
    Refusal,
)
from tests.adapters.openai_provider.builders import (
    Answering,
    Wired,
    always,
    api_error,
    failing,
    in_turn,
    wired,
)

MODEL = ModelId("ft:gpt-4.1-mini:acme::x")
QUESTION = Question(messages=({"role": "user", "content": "Hello?"},), max_tokens=9)


def stream(*lines: str, kind: str = "text/event-stream; charset=utf-8") -> Answering:
    text = "".join(f"{line}\n\n" for line in lines)
    return lambda _: httpx2.Response(200, text=text, headers={"content-type": kind})


def piece(text: str | None = None, finish: str | None = None) -> str:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return f"data: {json.dumps({'choices': [choice]})}"


def ask(one: Wired) -> list[str]:
    return list(one.provider.ask(MODEL, QUESTION))


def test_the_question_is_sent_once_and_streamed() -> None:
    one = wired(stream(piece("Hi"), piece(" there"), piece(finish="stop"), "data: [DONE]"))
    assert ask(one) == ["Hi", " there"]
    assert json.loads(one.asked[0].content) == {
        "model": MODEL,
        "messages": [{"role": "user", "content": "Hello?"}],
        "temperature": 0.0,
        "max_tokens": 9,
        "stream": True,
    }


@pytest.mark.parametrize(
    ("answer", "pieces"),
    [
        pytest.param(
            stream(": ping", "event: x", piece("Hi"), 'data: {"choices": []}', "data: [DONE]"),
            ["Hi"],
            id="comments and usage are passed over",
        ),
        pytest.param(stream(piece("Hi", "length")), ["Hi"], id="an end without DONE"),
        pytest.param(stream("data: [DONE]"), [], id="an empty answer"),
        pytest.param(
            always(200, {"choices": [{"message": {"content": "Hi"}}]}), ["Hi"], id="no stream"
        ),
        pytest.param(
            always(200, {"choices": [{"message": None}]}), [""], id="a message of nothing"
        ),
    ],
)
def test_the_answer_is_read(answer: Answering, pieces: list[str]) -> None:
    assert ask(wired(answer)) == pieces


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        pytest.param(stream(piece("Hi")), ProviderUnavailable, "broke off", id="no end"),
        pytest.param(
            stream(piece("Hi"), 'data: {"error": {"message": "Overloaded"}}'),
            ProviderUnavailable,
            "Overloaded",
            id="an error in the middle",
        ),
        pytest.param(stream("data: {half"), ProviderUnavailable, "half", id="half a piece"),
        pytest.param(always(200, {"choices": []}), ProviderSurprise, "read", id="no choice"),
        pytest.param(always(200, "<html>"), ProviderSurprise, "web page", id="a web page"),
        pytest.param(always(503, ""), ProviderUnavailable, "503", id="overloaded"),
        pytest.param(
            failing(httpx2.ReadTimeout("late")), ProviderUnavailable, "in time", id="a timeout"
        ),
    ],
)
def test_a_failed_answer_is_told(answer: Answering, kind: type[ProviderError], says: str) -> None:
    one = wired(answer)
    with pytest.raises(ProviderError, match=says) as caught:
        ask(one)
    assert type(caught.value) is kind
    assert len(one.asked) == 1


def test_a_missing_model_is_told_as_it_is() -> None:
    words = "The model `x` does not exist or you do not have access to it."
    with pytest.raises(ProviderRejected, match="does not exist") as caught:
        ask(wired(always(404, api_error(words, "model_not_found"))))
    assert caught.value.refusal is Refusal.NOT_FOUND


def test_a_model_that_knows_only_the_newer_length_is_asked_again_with_it() -> None:
    words = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    answer = stream(piece("Hi", "stop"))
    one = wired(in_turn(always(400, api_error(words, "unsupported_parameter")), answer))
    assert ask(one) == ["Hi"]
    said = json.loads(one.asked[1].content)
    assert said["max_completion_tokens"] == 9
    assert "max_tokens" not in said
