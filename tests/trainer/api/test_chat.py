import contextlib
import http.client
import json
from collections.abc import Iterator

import openai
import pytest

from tests.trainer.api.asking import trained
from tests.trainer.conftest import serving
from tests.trainer.counting_settings import counting
from tests.trainer.rows import chat_rows


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[openai.OpenAI]:
    """One server for all questions: asking changes nothing."""
    with serving(counting(tmp_path_factory.mktemp("chat"))) as connected:
        yield connected


@pytest.fixture(scope="module")
def model(client: openai.OpenAI) -> str:
    rows = client.files.create(file=("rows.jsonl", chat_rows(10)), purpose="fine-tune")
    return trained(client, rows.id, hyperparameters={"n_epochs": 1})


def test_an_answer_has_openai_s_shape(client: openai.OpenAI, model: str) -> None:
    told = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "question 4"}],
        logprobs=True,
        top_logprobs=1,
        seed=1,
        temperature=0,
        top_p=0,
    )
    assert (told.object, told.model) == ("chat.completion", model)
    (choice,) = told.choices
    assert (choice.message.content, choice.finish_reason) == ("answer 4 is 16", "stop")
    assert told.usage is not None
    assert (told.usage.prompt_tokens, told.usage.completion_tokens) == (7, 4)
    assert told.usage.total_tokens == 11
    assert choice.logprobs is not None
    assert choice.logprobs.content is not None
    first = choice.logprobs.content[0]
    assert (first.token, first.logprob, first.bytes) == ("answer", -0.5, list(b"answer"))
    assert [(top.token, top.logprob) for top in first.top_logprobs] == [("well", -2.0)]


@pytest.mark.parametrize(
    ("options", "content", "reason"),
    [
        pytest.param({"max_tokens": 2}, "answer 4", "length", id="max_tokens cuts"),
        pytest.param(
            {"max_tokens": 9, "max_completion_tokens": 3}, "answer 4 is", "length", id="newer wins"
        ),
        pytest.param({"max_tokens": 0}, "answer", "length", id="no less than one token is drawn"),
        pytest.param({"stop": "is"}, "answer 4", "stop", id="stop as text"),
        pytest.param({"stop": ["x", "4", ""]}, "answer", "stop", id="stop as a list"),
    ],
)
def test_answers_end_where_asked(
    client: openai.OpenAI, model: str, options: dict[str, object], content: str, reason: str
) -> None:
    told = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "question 4"}],
        **options,  # type: ignore[call-overload]  # options differ by case
    )
    assert told.choices[0].message.content == content
    assert told.choices[0].finish_reason == reason


def test_several_answers_are_drawn(client: openai.OpenAI, model: str) -> None:
    told = client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "question 4"}], n=3
    )
    assert [choice.index for choice in told.choices] == [0, 1, 2]
    assert told.usage is not None
    assert (told.usage.prompt_tokens, told.usage.completion_tokens) == (7, 12)


def test_a_stream_tells_word_by_word(client: openai.OpenAI, model: str) -> None:
    chunks = list(
        client.chat.completions.create(
            model=model,
            messages=[{"role": "user", "content": "question 4"}],
            stream=True,
            n=2,
            logprobs=True,
            stream_options={"include_usage": True},
        )
    )
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk.id for chunk in chunks}) == 1
    *parts, last = chunks
    for index in (0, 1):
        of_one = [part.choices[0] for part in parts if part.choices[0].index == index]
        assert of_one[0].delta.role == "assistant"
        assert [one.delta.content for one in of_one[1:-1]] == ["answer", " 4", " is", " 16"]
        assert of_one[1].logprobs is not None
        assert of_one[-1].finish_reason == "stop"
    assert last.choices == []
    assert last.usage is not None
    assert last.usage.completion_tokens == 8


def test_a_stream_counts_tokens_only_when_asked(client: openai.OpenAI, model: str) -> None:
    chunks = list(
        client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": "question 4"}], stream=True
        )
    )
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert all(chunk.usage is None for chunk in chunks)


def test_a_stream_that_breaks_off_says_so(client: openai.OpenAI, model: str) -> None:
    chunks = client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "break"}], stream=True
    )
    heard = [next(chunks).choices[0].delta.content for _ in range(3)]
    assert heard == ["", "fine ", " so far"]
    with pytest.raises(openai.APIError, match="failed while answering"):
        next(chunks)


def test_an_answer_that_breaks_off_is_a_server_error(client: openai.OpenAI, model: str) -> None:
    with pytest.raises(openai.InternalServerError) as caught:
        client.chat.completions.create(model=model, messages=[{"role": "user", "content": "break"}])
    assert caught.value.type == "server_error"


def test_a_connection_outlives_an_answer_that_broke_off(client: openai.OpenAI, model: str) -> None:
    address = client.base_url
    connection = http.client.HTTPConnection(address.host, address.port)
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "break"}]})
    with contextlib.closing(connection):
        connection.request("POST", "/v1/chat/completions", body)
        first = connection.getresponse()
        first.read()
        socket = connection.sock
        connection.request("GET", "/v1/models")
        second = connection.getresponse()
        second.read()
        assert (first.status, second.status) == (500, 200)
        assert connection.sock is socket


def test_the_untrained_base_is_not_asked(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="fine-tuned") as caught:
        client.chat.completions.create(
            model="ftops-nano", messages=[{"role": "user", "content": "hi"}]
        )
    assert caught.value.code == "model_not_trained"


def test_an_unknown_model_does_not_exist(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="does not exist or you do not") as caught:
        client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "hi"}])
    assert caught.value.code == "model_not_found"
