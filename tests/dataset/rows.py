"""Legal rows to start from, and strategies that make and break them."""

import json
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from ftops.dataset.formats import Format

Json = dict[str, Any]

SAY = {"role": "assistant", "content": "Good day."}
ASK = {"role": "user", "content": "Hello?"}
CHAT: Json = {"messages": [ASK, SAY]}
PREFERENCE: Json = {
    "input": {"messages": [ASK]},
    "preferred_output": [SAY],
    "non_preferred_output": [{"role": "assistant", "content": "What?"}],
}
REINFORCEMENT: Json = {"messages": [ASK], "answer": "Good day.", "points": {"max": 3}}

TOOL = {
    "type": "function",
    "function": {
        "name": "find_order",
        "description": "Finds an order.",
        "parameters": {"type": "object", "properties": {"id": {"type": "string"}}},
        "strict": True,
    },
}
CALL: Json = {
    "role": "assistant",
    "tool_calls": [
        {
            "id": "call_1",
            "type": "function",
            "function": {"name": "find_order", "arguments": '{"id": "a \\"b\\" c\\\\"}'},
        }
    ],
}
ANSWER = {"role": "tool", "content": "", "tool_call_id": "call_1"}
IMAGE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "low"}}
RICH: Json = {
    "messages": [
        {"role": "system", "content": "Be kind.", "name": "acme"},
        {"role": "developer", "content": [{"type": "text", "text": "Be brief."}]},
        {"role": "user", "content": [{"type": "text", "text": "Où ? 🎉"}, IMAGE]},
        CALL,
        ANSWER,
        {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
        {"role": "function", "content": None, "name": "f"},
        {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}], "weight": 0},
        {"role": "user", "content": 'A "quoted" \\ path', "name": "ann"},
        {"role": "assistant", "content": "", "refusal": "I cannot.", "name": "bot"},
        {"role": "assistant", "content": [{"type": "text", "text": "There."}], "weight": 1},
    ],
    "tools": [TOOL],
    "parallel_tool_calls": False,
    "functions": [{"name": "f"}],
}
TOOLED_PREFERENCE: Json = {
    "input": {"messages": [*RICH["messages"][:2], ASK], "tools": [TOOL]},
    "preferred_output": [CALL],
    "non_preferred_output": [SAY],
}

LEGAL = {
    Format.CHAT: (CHAT, RICH),
    Format.PREFERENCE: (PREFERENCE, TOOLED_PREFERENCE),
    Format.REINFORCEMENT: (REINFORCEMENT, {"messages": [ASK], "tools": [TOOL], "n": None}),
}


def line(row: object, *, ensure_ascii: bool = True) -> bytes:
    return json.dumps(row, ensure_ascii=ensure_ascii).encode("utf-8", "surrogatepass") + b"\n"


def lines(count: int, row: Json = CHAT) -> bytes:
    return line(row) * count


def nested(depth: int) -> bytes:
    """A reinforcement row that is `depth` levels deep: the row, its extra key, and lists within."""
    deep = b"[" * (depth - 1) + b"]" * (depth - 1)
    return b'{"messages": [%s], "x": %s}' % (json.dumps(ASK).encode(), deep)


_JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 2),
    st.sampled_from([0.0, 1.0, 1e300, float("inf"), 10**30]),
    st.sampled_from(
        ["", "text", "user", "assistant", "role", "function", "image_url", "é\\", "\ud800"]
    ),
    st.text(max_size=3),
    st.sampled_from([[], {}, [{}], [[]], SAY, ASK, CALL, ANSWER, IMAGE, TOOL]),
    st.sampled_from(["call_1", "call_2", "data:image/png;base64,iVBORw0KGgo=", "data:,x"]),
)
_KEYS = st.sampled_from(
    [
        *("role", "content", "name", "weight", "type", "text", "refusal", "tool_calls"),
        *("messages", "id", "a b", "\ud800"),
    ]
)


def _places(value: object) -> list[Any]:
    """Return every list and object within a value, itself included."""
    if not isinstance(value, dict | list):
        return []
    members = value.values() if isinstance(value, dict) else value
    return [value, *(place for member in members for place in _places(member))]


def _mutate(draw: st.DrawFn, row: Json) -> None:
    place = draw(st.sampled_from([place for place in _places(row) if place] or [row]))
    keys = list(place) if isinstance(place, dict) else list(range(len(place)))
    key = draw(st.sampled_from(keys)) if keys else "messages"
    match draw(st.sampled_from(["drop", "replace", "add", "copy"])):
        case "drop" if keys:
            del place[key]
        case "replace":
            place[key] = deepcopy(draw(_JUNK))
        case "add" if isinstance(place, dict):
            place[draw(_KEYS)] = deepcopy(draw(_JUNK))
        case "add" | "copy" if isinstance(place, list):
            place.append(deepcopy(draw(_JUNK)))
        case _:
            place[draw(_KEYS)] = place.get(key)


@st.composite
def mutated_lines(draw: st.DrawFn) -> tuple[bytes, Format]:
    """Lines near a legal one: values swapped, keys added, dropped and doubled, bytes changed."""
    row_format = draw(st.sampled_from(Format))
    row = json.loads(json.dumps(draw(st.sampled_from(LEGAL[row_format]))))
    for _ in range(draw(st.integers(0, 2))):
        _mutate(draw, row)
    written = line(row, ensure_ascii=draw(st.booleans()))
    match draw(st.sampled_from(["whole", "whole", "doubled key", "changed byte"])):
        case "doubled key":
            before, comma, after = written.partition(draw(st.sampled_from([b", ", b"{"])))
            again = draw(st.sampled_from([b'"role": "user", ', b'"weight": 1, ', b'"x": [1], ']))
            written = before + comma + again + after
        case "changed byte":
            at = draw(st.integers(0, len(written) - 1))
            written = written[:at] + draw(st.binary(max_size=2)) + written[at + 1 :]
        case _:
            pass
    return written, draw(st.sampled_from([row_format, row_format, *Format]))
