"""Responses in their simple text form."""

from collections.abc import Iterator
from typing import Any

import openai
import pytest

from tests.trainer.api.asking import trained
from tests.trainer.conftest import serving
from tests.trainer.counting_settings import counting
from tests.trainer.rows import chat_rows


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[openai.OpenAI]:
    with serving(counting(tmp_path_factory.mktemp("responses"))) as connected:
        yield connected


@pytest.fixture(scope="module")
def model(client: openai.OpenAI) -> str:
    rows = client.files.create(file=("rows.jsonl", chat_rows(10)), purpose="fine-tune")
    return trained(client, rows.id, hyperparameters={"n_epochs": 1})


TURNS = [
    {"role": "user", "content": "hello"},
    {"role": "assistant", "content": [{"type": "output_text", "text": "hello"}]},
    {"type": "message", "role": "user", "content": "question 4"},
]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"input": "question 4"}, id="a text"),
        pytest.param({"input": TURNS}, id="a conversation"),
        pytest.param({"input": "question 4", "instructions": "be kind"}, id="with instructions"),
        pytest.param({"input": "question 4", "store": False, "tools": []}, id="without effect"),
    ],
)
def test_a_question_is_answered(client: openai.OpenAI, model: str, asked: dict[str, Any]) -> None:
    told = client.responses.create(model=model, metadata={"who": "me"}, **asked)
    assert (told.output_text, told.status, told.model) == ("answer 4 is 16", "completed", model)
    assert (told.metadata, told.instructions) == ({"who": "me"}, asked.get("instructions"))
    assert told.usage is not None
    assert (told.usage.input_tokens, told.usage.output_tokens, told.usage.total_tokens) == (
        7,
        4,
        11,
    )


def test_an_answer_that_is_cut_says_so(client: openai.OpenAI, model: str) -> None:
    told = client.responses.create(model=model, input="question 4", max_output_tokens=2)
    assert (told.output_text, told.status) == ("answer 4", "incomplete")
    assert told.incomplete_details is not None
    assert told.incomplete_details.reason == "max_output_tokens"


def test_a_stream_builds_up_the_same_answer(client: openai.OpenAI, model: str) -> None:
    with client.responses.stream(model=model, input="question 4") as stream:
        events = list(stream)
        whole = stream.get_final_response()
    assert whole.output_text == "answer 4 is 16"
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert [event.type for event in events[:4]] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
    ]
    assert events[-1].type == "response.completed"


def test_a_stream_that_breaks_off_says_so(client: openai.OpenAI, model: str) -> None:
    with client.responses.create(model=model, input="break", stream=True) as stream:
        *_, last = stream
    assert last.type == "error"
    assert "failed while answering" in last.message


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        pytest.param(
            {"previous_response_id": "resp_1"},
            "previous_response_id",
            "unsupported_parameter",
            id="nothing is kept",
        ),
        pytest.param({"background": True}, "background", "unsupported_parameter", id="later"),
        pytest.param({"input": []}, "input", "invalid_value", id="nothing said"),
        pytest.param({"max_output_tokens": 0}, "max_output_tokens", "invalid_value", id="no token"),
        pytest.param({"temperature": 3}, "temperature", "invalid_value", id="too hot"),
        pytest.param({"colour": 1}, "colour", "unknown_parameter", id="an unknown field"),
        pytest.param(
            {"input": [{"type": "function_call", "name": "f"}]},
            "input[0].type",
            "invalid_value",
            id="a call",
        ),
    ],
)
def test_bad_requests_are_refused(
    client: openai.OpenAI, model: str, change: dict[str, Any], param: str, code: str
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.post(
            "/responses", body={"model": model, "input": "hi"} | change, cast_to=dict[str, Any]
        )
    assert (caught.value.param, caught.value.code) == (param, code)


def test_an_unknown_model_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError):
        client.responses.create(model="ft:no", input="hi")
