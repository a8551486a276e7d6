"""The quick yes by counting quotes says yes to exactly the rows that deserve it."""

import pytest

from ftops.dataset.formats import ChatRow, Format
from ftops.dataset.legal.called_tools import look_at_calls
from ftops.dataset.legal.glance import GLANCES, Seen, glance
from ftops.dataset.rows import decode_row
from tests.dataset.rows import ASK, CHAT, SAY, line

CALLS = {
    "role": "assistant",
    "tool_calls": [
        {"id": "1", "type": "function", "function": {"name": "find", "arguments": '{"id": "a"}'}}
    ],
}
RESULT = {"role": "tool", "tool_call_id": "1", "content": ""}
FIND = {"type": "function", "function": {"name": "find", "description": 'so "called"'}}


def seen_of_chat(written: bytes) -> Seen | None:
    return glance(written, Format.CHAT)


@pytest.mark.parametrize(
    ("messages", "learned", "texts"),
    [
        pytest.param([ASK, SAY], 1, True, id="plain talk"),
        pytest.param([ASK, {**SAY, "content": 'say "yes" \\ "no"'}], 1, True, id="quotes in texts"),
        pytest.param([ASK, SAY, ASK, {**SAY, "weight": 1}], 2, True, id="a weight"),
        pytest.param([ASK, {**SAY, "weight": 0}, ASK, SAY], 1, True, id="one answer not learned"),
        pytest.param([ASK, {**SAY, "content": '"', "weight": 1}], 1, True, id="both"),
        pytest.param([{**ASK, "name": "Ada"}, SAY], 1, False, id="a name"),
        pytest.param(
            [{**ASK, "content": [{"type": "text", "text": "Hi"}]}, SAY], 1, False, id="parts"
        ),
        pytest.param([ASK, {"role": "assistant", "refusal": "No"}], 1, False, id="a refusal"),
    ],
)
def test_what_is_seen_of_rows_beyond_reproach(
    messages: list[dict[str, object]], learned: int, *, texts: bool
) -> None:
    seen = seen_of_chat(line({"messages": messages}))
    assert seen is not None
    counted, shows_pictures, said = seen
    assert (counted, shows_pictures) == (learned, False)
    if texts:
        assert said == [one["content"] for one in messages]
    else:
        assert isinstance(said, ChatRow)


@pytest.mark.parametrize(
    ("messages", "keys"),
    [
        pytest.param([ASK, CALLS, RESULT, SAY], {"tools": [FIND]}, id="a tool is called"),
        pytest.param([ASK, CALLS, RESULT, SAY], {}, id="a tool that is not on offer"),
        pytest.param([ASK, SAY], {"tools": []}, id="nothing is on offer"),
        pytest.param(
            [ASK, {**CALLS, "content": None, "weight": 0}, RESULT, {**SAY, "weight": 1}],
            {"tools": [FIND] * 2, "parallel_tool_calls": True},
            id="every key",
        ),
        pytest.param([ASK, {**CALLS, "content": '"so"'}, RESULT, SAY], {}, id="texts"),
        pytest.param([ASK, {**CALLS, "content": ""}, RESULT, SAY], {}, id="an empty text"),
        pytest.param([ASK, SAY], {"tools": [FIND] * 999}, id="more tools than are remembered"),
    ],
)
def test_rows_with_tools_are_read_as_the_whole_row_is(
    messages: list[dict[str, object]], keys: dict[str, object]
) -> None:
    written = line({"messages": messages, **keys})
    decoded = decode_row(written, Format.CHAT)
    assert decoded is not None
    learned = sum(one["role"] == "assistant" and one.get("weight") != 0 for one in messages)
    assert look_at_calls(written) == learned
    assert list(GLANCES[Format.CHAT]([written], len(written))) == [(learned, False, None)]
    assert seen_of_chat(written) == (learned, False, decoded[0])


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([ASK, {**CALLS, "refusal": None}, RESULT, SAY], id="a refusal"),
        pytest.param([{**ASK, "name": "Ada"}, CALLS, RESULT, SAY], id="a name"),
        pytest.param(
            [ASK, {"role": "function", "name": "find", "content": None}, SAY], id="a function"
        ),
        pytest.param(
            [{**ASK, "content": [{"type": "text", "text": "Hi"}]}, CALLS, RESULT, SAY], id="parts"
        ),
        pytest.param([ASK, {**CALLS, "content": []}, RESULT, SAY], id="no parts"),
        pytest.param([ASK, CALLS, RESULT, {**SAY, "tool_calls": []}], id="no calls"),
    ],
)
def test_rows_with_more_than_calls_are_looked_at_more_closely(
    messages: list[dict[str, object]],
) -> None:
    written = line({"messages": messages})
    assert look_at_calls(written) == 0
    assert seen_of_chat(written) is not None


@pytest.mark.parametrize("slashes", [b"", rb"\\\\"], ids=["alone", "behind a backslash"])
def test_a_quote_written_oddly_is_a_quote(slashes: bytes) -> None:
    named = line({"messages": [{**ASK, "name": "Ada"}, SAY]})
    assert seen_of_chat(named.replace(b"Ada", slashes + rb"\u0022")) is not None
    assert seen_of_chat(named.replace(b'"Ada"', rb'"\u0022","name":"Ada"')) is None


def test_what_is_said_is_told_of_longer_lines_only() -> None:
    written = line(CHAT)
    look = GLANCES[Format.CHAT]
    assert list(look([written], len(written))) == [(1, False, None)]
    assert list(look([written], len(written) - 1)) == [seen_of_chat(written)]


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(
            b'{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"x","content":"b"}]}',
            id="a key twice",
        ),
        pytest.param(
            b'{"messages":[{"role":"user","content":"a"},'
            b'{"role":"assistant","content":"\\u0022\\u0022","weight":1,"weight":1}]}',
            id="a key twice, made up for by quotes that are written oddly",
        ),
        pytest.param(
            b'{"messages":[{"role":"user","name":"","content":"a"},{"role":"assistant"}]}',
            id="a name in the place of a content",
        ),
        pytest.param(
            b'{"messages":[{"role":"user","content":"a"},'
            b'{"role":"assistant","content":"b","weight":0}]}',
            id="nothing to learn",
        ),
        pytest.param(
            line({"messages": [ASK, SAY], "tools": [FIND]}).replace(
                b'"tools"', b'"tools":[],"tools"'
            ),
            id="tools twice",
        ),
        pytest.param(
            line({"messages": [ASK, SAY], "tools": [FIND]}).replace(
                b'"name"', b'"name":"x","name"', 1
            ),
            id="a key twice within the tools",
        ),
        pytest.param(
            line({"messages": [ASK, SAY], "tools": [FIND]}).replace(b"called", b"call\xff"),
            id="tools that are not UTF-8",
        ),
        pytest.param(
            line({"messages": [ASK, CALLS, RESULT, SAY]}).replace(b'"id"', b'"id":"0","id"', 1),
            id="a call's id twice",
        ),
        pytest.param(
            line({"messages": [ASK, CALLS, RESULT, SAY]}).replace(b'"find"', b'"fi\\u0022nd"'),
            id="a quote in a function's name",
        ),
        pytest.param(
            line({"messages": [ASK, {**CALLS, "tool_calls": []}, SAY]}), id="no call, no content"
        ),
        pytest.param(line({"messages": [ASK, CALLS, SAY]}), id="a call without its answer"),
        pytest.param(
            line({"messages": [ASK, CALLS, RESULT, {**SAY, "weight": 0}]}).replace(
                b'"tool_calls"', b'"weight":0,"tool_calls"'
            ),
            id="calls, and nothing to learn",
        ),
        pytest.param(line({"messages": [ASK, CALLS, RESULT]}), id="the end is a tool's"),
        pytest.param(
            line({"messages": [{**ASK, "content": ""}, CALLS, RESULT, SAY]}), id="nothing asked"
        ),
    ],
)
def test_rows_that_need_words_get_no_quick_yes(written: bytes) -> None:
    assert seen_of_chat(written) is None
