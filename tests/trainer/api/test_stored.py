"""Completions asked with `store` are found again."""

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
    with serving(counting(tmp_path_factory.mktemp("stored"))) as connected:
        yield connected


@pytest.fixture(scope="module")
def model(client: openai.OpenAI) -> str:
    rows = client.files.create(file=("rows.jsonl", chat_rows(10)), purpose="fine-tune")
    return trained(client, rows.id, hyperparameters={"n_epochs": 1})


def ask(client: openai.OpenAI, model: str, **options: Any) -> str:  # noqa: ANN401 - the client's own
    content = [{"type": "text", "text": "a part"}]
    answer = client.chat.completions.create(
        model=model,
        messages=[
            {"role": "system", "content": content},  # type: ignore[misc,list-item]  # a plain dict will do
            {"role": "user", "content": "question 4"},
        ],
        store=True,
        **options,
    )
    return str(answer.id)


def test_a_stored_completion_is_found_labelled_and_deleted(
    client: openai.OpenAI, model: str
) -> None:
    kept = ask(client, model, metadata={"who": "me"}, logprobs=True)
    stored = client.chat.completions
    found = stored.retrieve(kept)
    assert found.choices[0].message.content == "answer 4 is 16"
    assert found.choices[0].logprobs is not None
    assert found.metadata == {"who": "me"}
    assert stored.update(kept, metadata={"who": "you"}).metadata == {"who": "you"}
    assert [row.id for row in stored.list(metadata={"who": "you"})] == [kept]
    assert [row.id for row in stored.list(metadata={"who": "me"})] == []
    gone = stored.delete(kept)
    assert (gone.deleted, gone.object) == (True, "chat.completion.deleted")
    for ask_again in (stored.retrieve, stored.delete):
        with pytest.raises(openai.NotFoundError):
            ask_again(kept)


def test_lists_go_from_old_to_new_and_by_model(client: openai.OpenAI, model: str) -> None:
    stored = client.chat.completions
    made = [ask(client, model) for _ in range(3)]
    assert [row.id for row in stored.list(limit=2)] == made
    assert [row.id for row in stored.list(order="desc", after=made[2])] == [made[1], made[0]]
    assert [row.id for row in stored.list(model="another")] == []
    assert [row.id for row in stored.list(model=model, after=made[0])] == made[1:]
    for one in made:
        stored.delete(one)


def test_the_question_is_listed_too(client: openai.OpenAI, model: str) -> None:
    kept = ask(client, model)
    messages = client.chat.completions.messages
    listed = list(messages.list(kept, limit=1))
    assert [(row.id, row.role, row.content) for row in listed] == [
        (f"{kept}-0", "system", None),
        (f"{kept}-1", "user", "question 4"),
    ]
    assert listed[0].to_dict()["content_parts"] == [{"type": "text", "text": "a part"}]
    assert [row.id for row in messages.list(kept, order="desc")] == [f"{kept}-1", f"{kept}-0"]
    assert [row.id for row in messages.list(kept, after=f"{kept}-0")] == [f"{kept}-1"]
    with pytest.raises(openai.BadRequestError, match="'unknown'"):
        messages.list(kept, after="unknown")
    client.chat.completions.delete(kept)


def test_a_streamed_completion_is_stored_whole(client: openai.OpenAI, model: str) -> None:
    with client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "question 3"}],
        stream=True,
        store=True,
    ) as stream:
        (kept,) = {chunk.id for chunk in stream}
    found = client.chat.completions.retrieve(kept)
    assert found.choices[0].message.content == "answer 3 is 9"
    assert found.usage is not None
    client.chat.completions.delete(kept)


def test_nothing_is_stored_unasked(client: openai.OpenAI, model: str) -> None:
    client.chat.completions.create(model=model, messages=[{"role": "user", "content": "hi"}])
    assert client.chat.completions.list().data == []
