"""A key that is misspelt is one fault: it is told once, and what is under it is read as meant."""

from collections.abc import Iterator

import pytest

from ftops.dataset.explaining.parse import join
from ftops.dataset.formats import Format
from ftops.dataset.judge import judge
from tests.dataset.rows import (
    ANSWER,
    ASK,
    CALL,
    CHAT,
    IMAGE,
    LEGAL,
    PREFERENCE,
    SAY,
    TOOL,
    Json,
    line,
)


def without(row: Json, key: str, written: str) -> Json:
    return {written if name == key else name: value for name, value in row.items()}


def chat(*messages: Json) -> Json:
    return {"messages": list(messages)}


CALLED: Json = CALL["tool_calls"][0]
FUNCTION: Json = CALLED["function"]
QUESTION = {"role": "user", "content": [without(IMAGE, "image_url", "imageurl")]}
ADDRESS = {"type": "image_url", "image_url": {"ulr": "https://example.com/a.png"}}
TEXT = {"role": "user", "content": [{"type": "text", "txet": "Hi"}]}
PROMPT = {"input": {"mesages": [ASK]}}
ANSWERED = {"preferred_output": [without(SAY, "content", "contnet")]}


def calling(call: Json) -> Json:
    return chat(ASK, {**CALL, "tool_calls": [call]}, ANSWER, SAY)


ONE_FAULT = [
    pytest.param(Format.CHAT, without(CHAT, "messages", "messges"), "messges", id="messages"),
    pytest.param(
        Format.CHAT, chat(without(ASK, "role", "rol"), SAY), "messages[0].rol", id="a role"
    ),
    pytest.param(
        Format.CHAT,
        chat(without(ASK, "content", "contnet"), SAY),
        "messages[0].contnet",
        id="a question",
    ),
    pytest.param(
        Format.CHAT,
        chat(ASK, without(SAY, "content", "contnet")),
        "messages[1].contnet",
        id="an answer, whose content could be missing",
    ),
    pytest.param(
        Format.CHAT,
        chat(ASK, {"role": "assistant", "Content": 5}),
        "messages[1].Content",
        id="a value that is of another type",
    ),
    pytest.param(
        Format.CHAT,
        chat(ASK, without(CALL, "tool_calls", "tool_cals"), ANSWER, SAY),
        "messages[1].tool_cals",
        id="calls, which are answered",
    ),
    pytest.param(
        Format.CHAT,
        chat(ASK, CALL, without(ANSWER, "tool_call_id", "tool_cal_id"), SAY),
        "messages[2].tool_cal_id",
        id="an answer's call",
    ),
    pytest.param(
        Format.CHAT,
        calling(without(CALLED, "function", "functoin")),
        "messages[1].tool_calls[0].functoin",
        id="a function",
    ),
    pytest.param(
        Format.CHAT,
        calling(without(CALLED, "id", "Id")),
        "messages[1].tool_calls[0].Id",
        id="an id in capitals",
    ),
    pytest.param(
        Format.CHAT,
        calling({**CALLED, "function": without(FUNCTION, "arguments", "argument s")}),
        'messages[1].tool_calls[0].function["argument s"]',
        id="arguments, with a space",
    ),
    pytest.param(
        Format.CHAT, chat(QUESTION, SAY), "messages[0].content[0].imageurl", id="a picture"
    ),
    pytest.param(
        Format.CHAT,
        chat({"role": "user", "content": [ADDRESS]}, SAY),
        "messages[0].content[0].image_url.ulr",
        id="a picture's address",
    ),
    pytest.param(Format.CHAT, chat(TEXT, SAY), "messages[0].content[0].txet", id="a part's text"),
    pytest.param(
        Format.CHAT,
        chat({"role": "system", "content": [{"tpye": "text", "text": "Hi"}]}, ASK, SAY),
        "messages[0].content[0].tpye",
        id="a part's type",
    ),
    pytest.param(
        Format.CHAT,
        {**CHAT, "tools": [{**TOOL, "function": {"nam": "f"}}]},
        "tools[0].function.nam",
        id="a tool's name",
    ),
    pytest.param(
        Format.CHAT,
        chat({"role": "user", "content": [{"type": "text", "content": "Hi"}]}, SAY),
        "messages[0].content[0].content",
        id="a part's text by another name",
    ),
    pytest.param(
        Format.PREFERENCE,
        without(PREFERENCE, "non_preferred_output", "rejected_output"),
        "rejected_output",
        id="the answer to avoid by another name",
    ),
    pytest.param(Format.CHAT, {**CHAT, "tool": "f"}, "tool", id="tools that may be something else"),
    pytest.param(
        Format.PREFERENCE,
        without(PREFERENCE, "preferred_output", "prefered_output"),
        "prefered_output",
        id="the answer to prefer",
    ),
    pytest.param(
        Format.PREFERENCE, {**PREFERENCE, **PROMPT}, "input.mesages", id="a prompt's messages"
    ),
    pytest.param(
        Format.PREFERENCE,
        {**PREFERENCE, **ANSWERED},
        "preferred_output[0].contnet",
        id="what is preferred",
    ),
    pytest.param(
        Format.REINFORCEMENT,
        {"message": [ASK], "answer": "x"},
        "message",
        id="messages beside what is for graders",
    ),
    pytest.param(
        Format.REINFORCEMENT,
        chat(without(ASK, "role", "roles")),
        "messages[0].roles",
        id="a role in a prompt to grade",
    ),
]


@pytest.mark.parametrize(("row_format", "row", "path"), ONE_FAULT)
def test_a_misspelt_key_is_one_fault(row_format: Format, row: Json, path: str) -> None:
    _, findings = judge(line(row), row_format)
    assert [(finding.code, finding.path) for finding in findings] == [("FT022", path)]
    assert (findings[0].hint or "").startswith("Did you mean ")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        pytest.param(
            {"messges": [without(ASK, "content", "contnet"), {**SAY, "weight": True}]},
            [("FT022", "messges"), ("FT022", "messges[0].contnet"), ("FT026", "messges[1].weight")],
            id="in messages that are misspelt themselves",
        ),
        pytest.param(
            {"messges": [ASK]},
            [("FT022", "messges"), ("FT032", "messges")],
            id="a rule that is broken all the same",
        ),
        pytest.param(
            chat({"from": "human", "value": "Hi"}, SAY),
            [
                ("FT022", "messages[0].from"),
                ("FT022", "messages[0].value"),
                ("FT025", "messages[0].from"),
            ],
            id="ShareGPT's names within messages",
        ),
        pytest.param(
            chat({"role": "user", "contnet": 5}, SAY),
            [("FT022", "messages[0].contnet"), ("FT023", "messages[0].contnet")],
            id="a value of another type where one is needed",
        ),
        pytest.param(
            chat(ASK, {**without(SAY, "content", "contnet"), "conten": "x"}),
            [("FT022", "messages[1].contnet"), ("FT022", "messages[1].conten")],
            id="a key misspelt in two ways",
        ),
        pytest.param(
            chat({"role": "user", "xyz": "Hi"}, SAY),
            [("FT031", "messages[0].content"), ("FT022", "messages[0].xyz")],
            id="a key that is like none",
        ),
        pytest.param(
            chat({"role": ["user"], "contnet": "Hi"}, {"rol": 5}, SAY),
            [
                ("FT022", "messages[1].rol"),
                ("FT025", "messages[0].role"),
                ("FT025", "messages[1].rol"),
            ],
            id="roles that are none",
        ),
    ],
)
def test_what_else_is_wrong_is_told_where_it_is_written(
    row: Json, told: list[tuple[str, str]]
) -> None:
    findings = judge(line(row), Format.CHAT)[1]
    assert [(finding.code, finding.path) for finding in findings] == told


def test_what_is_there_for_graders_is_never_taken_for_a_key_that_nothing_needs() -> None:
    assert judge(line({**chat(ASK), "tool": "x"}), Format.REINFORCEMENT)[1] == []


TOO_SHORT = {"id", "url"}
"""Of these so little is left that nothing is like them, or too much is."""
FREE = {"parameters", "answer", "points", "n"}


def keys_in(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path of every object within a row, and each of its keys."""
    if isinstance(value, list):
        for index, member in enumerate(value):
            yield from keys_in(member, join(path, index))
    if isinstance(value, dict):
        for key, member in value.items():
            yield path, key
            if key not in FREE:
                yield from keys_in(member, join(path, key))


def misspelt(row: Json, path: str, key: str, written: str) -> Json:
    def rename(value: object, here: str) -> object:
        if isinstance(value, list):
            return [rename(member, join(here, index)) for index, member in enumerate(value)]
        if not isinstance(value, dict):
            return value
        names = {key: written} if here == path else {}
        return {
            names.get(name, name): rename(member, join(here, name))
            for name, member in value.items()
        }

    renamed = rename(row, "")
    assert isinstance(renamed, dict)
    return renamed


EVERY_KEY = [
    pytest.param(row_format, row, path, key, id=f"{row_format} {number}: {join(path, key)}")
    for row_format, rows in LEGAL.items()
    for number, row in enumerate(rows)
    for path, key in keys_in(row)
    if key not in TOO_SHORT | FREE
    if row_format is not Format.REINFORCEMENT or key != "tools"
]


@pytest.mark.parametrize(("row_format", "row", "path", "key"), EVERY_KEY)
def test_every_key_of_a_legal_row_can_be_misspelt_and_is_one_fault(
    row_format: Format, row: Json, path: str, key: str
) -> None:
    written = f"{key[0]}{key[2:]}"
    _, findings = judge(line(misspelt(row, path, key, written)), row_format)
    assert [(one.code, one.path) for one in findings] == [("FT022", join(path, written))]
    assert findings[0].hint == f'Did you mean "{key}"?'
