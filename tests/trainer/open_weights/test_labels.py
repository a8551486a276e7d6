import re
from collections.abc import Sequence
from typing import Any

import pytest

from ftops.trainer.recipes.contract import Message, Row
from ftops.trainer.recipes.open_weights.conversation import PictureError, tools_of, turns, weights
from ftops.trainer.recipes.open_weights.labels import MASKED, TemplateError, lesson


class Words:
    """A tokenizer of words; its template is ChatML's, or one that drops what came before."""

    def __init__(self, *, forgets: bool = False) -> None:
        self._forgets = forgets

    def apply_chat_template(
        self,
        conversation: Sequence[dict[str, Any]],
        *,
        tools: Sequence[dict[str, Any]] | None = None,
        tokenize: bool = True,
        add_generation_prompt: bool = False,
    ) -> str:
        assert not tokenize
        said = conversation[-2:] if self._forgets else conversation
        text = "".join(f"<{turn['role']}>{turn['content']}</s>\n" for turn in said)
        head = f"[{len(tools)} tools]" if tools else ""
        return head + text + ("<assistant>" if add_generation_prompt else "")

    def __call__(
        self, text: str, *, add_special_tokens: bool = True, return_offsets_mapping: bool = False
    ) -> dict[str, Any]:
        assert return_offsets_mapping
        assert not add_special_tokens
        found = list(re.finditer(r"</?\w+>|\w+|\s|\S", text))
        self.words = [one.group() for one in found]
        return {
            "input_ids": list(range(len(found))),
            "offset_mapping": [one.span() for one in found],
        }


def learned(row: Row, tokenizer: Words | None = None, most: int = 512) -> list[str]:
    tokenizer = tokenizer or Words()
    one = lesson(row, tokenizer, most)
    assert all(label in (MASKED, token) for token, label in zip(one.ids, one.labels, strict=True))
    return [tokenizer.words[label] for label in one.labels if label != MASKED]


def said(*turns: tuple[str, str]) -> list[Message]:
    return [{"role": role, "content": text} for role, text in turns]


def test_only_answers_and_their_ends_are_learned() -> None:
    row = {"messages": said(("system", "Be"), ("user", "hi"), ("assistant", "you there"))}
    assert learned(row) == ["you", " ", "there", "</s>"]


def test_an_answer_of_weight_0_is_read_but_not_learned() -> None:
    messages = said(("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d"))
    messages[1]["weight"] = 0
    messages[3]["weight"] = 1
    assert learned({"messages": messages}) == ["d", "</s>"]


def test_a_row_too_long_is_cut_and_says_by_how_much() -> None:
    row = {"messages": said(("user", "a"), ("assistant", "b c d"))}
    whole = lesson(row, Words(), 512)
    cut = lesson(row, Words(), len(whole.ids) - 3)
    assert cut.lost == 3
    assert cut.teaches
    assert not lesson(row, Words(), 3).teaches


def test_a_template_that_forgets_is_refused() -> None:
    row = {"messages": said(("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d"))}
    with pytest.raises(TemplateError, match="message 2"):
        learned(row, Words(forgets=True))


@pytest.mark.parametrize(
    ("message", "turn"),
    [
        pytest.param(
            {"role": "developer", "content": "Be kind"},
            {"role": "system", "content": "Be kind"},
            id="a developer speaks as the system",
        ),
        pytest.param(
            {
                "role": "user",
                "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
            },
            {"role": "user", "content": "ab"},
            id="text parts are joined",
        ),
        pytest.param(
            {"role": "assistant", "content": None, "refusal": "No."},
            {"role": "assistant", "content": "No."},
            id="a refusal is said",
        ),
        pytest.param(
            {"role": "function", "name": "sum", "content": "3"},
            {"role": "tool", "content": "3", "name": "sum"},
            id="a function answers as a tool",
        ),
        pytest.param(
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "1",
                        "type": "function",
                        "function": {"name": "sum", "arguments": '{"a": 1}'},
                    }
                ],
            },
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [
                    {
                        "id": "1",
                        "type": "function",
                        "function": {"name": "sum", "arguments": {"a": 1}},
                    }
                ],
            },
            id="a call's arguments are an object",
        ),
        pytest.param(
            {
                "role": "assistant",
                "content": "",
                "function_call": {"name": "sum", "arguments": "no json"},
            },
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [
                    {"type": "function", "function": {"name": "sum", "arguments": "no json"}}
                ],
            },
            id="an old call with arguments that are no JSON",
        ),
    ],
)
def test_messages_as_templates_take_them(message: Message, turn: dict[str, Any]) -> None:
    assert turns([message]) == [turn]


def test_a_picture_is_refused() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:,"}}
    with pytest.raises(PictureError):
        turns([{"role": "user", "content": [picture]}])


def test_tools_and_functions_are_declared_alike() -> None:
    tool = {"type": "function", "function": {"name": "sum"}}
    assert tools_of({"tools": [tool]}) == [tool]
    assert tools_of({"functions": [{"name": "sum"}]}) == [tool]
    assert tools_of({"messages": []}) is None
    messages = said(("user", "a"), ("assistant", "b"))
    assert learned({"messages": messages, "tools": [tool]}) == ["b", "</s>"]


def test_only_the_assistant_is_learned_from() -> None:
    messages = said(("user", "a"), ("assistant", "b"), ("tool", "c"))
    assert weights(messages) == [False, True, False]
