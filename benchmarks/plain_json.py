"""The usual loop over chat rows: `json`, and by hand the checks that ftops makes, all of them.

It is what ftops' structural check is measured against, and must agree with it on what is wrong: a
test holds both to the corpus of bad files. It only says what and where; it has no columns, excerpts
or hints.
"""

import json
import re
from typing import Any

from ftops.dataset.pictures import MOST_IMAGES, flaw_of

Value = Any
Json = dict[str, Value]
Wrong = list[str]

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}\Z")
SURROGATE = re.compile("[\ud800-\udfff]")
ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
ROW_KEYS = {"messages", "tools", "parallel_tool_calls", "functions"}
KEYS = {
    "system": {"role", "content", "name"},
    "developer": {"role", "content", "name"},
    "user": {"role", "content", "name"},
    "assistant": {
        *("role", "content", "name", "refusal", "tool_calls", "function_call", "weight"),
    },
    "tool": {"role", "content", "tool_call_id"},
    "function": {"role", "content", "name"},
}
FUNCTION_KEYS = {"name", "description", "parameters", "strict"}
PARTS = {"user": {"text", "image_url"}, "assistant": {"text", "refusal"}}
MOST_FUNCTIONS = 128
DEEPEST = 100


def count_wrong(lines: list[bytes]) -> int:
    """Return how many lines there is anything to say of."""
    return sum(bool(check_line(line)) for line in lines)


def check_line(line: bytes) -> Wrong:
    """Return what is wrong with one line."""
    if not line.strip():
        return ["blank"]
    try:
        row = decode(line.decode())
    except (ValueError, RecursionError) as error:
        return [str(error)]
    wrong: Wrong = []
    if ESCAPED_SURROGATE.search(line) and has_surrogate(row):
        wrong.append("half a surrogate pair")
    if line.count(b"{") + line.count(b"[") >= DEEPEST and depth_of(row) > DEEPEST:
        wrong.append("too deep")
    if isinstance(row, dict):
        check_row(row, wrong)
    else:
        wrong.append("no object")
    return wrong


def once(pairs: list[tuple[str, Any]]) -> Json:
    """Make an object, and refuse one with a key twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def refuse(word: str) -> None:
    """Refuse NaN and its kin."""
    raise ValueError(word)


decode = json.JSONDecoder(object_pairs_hook=once, parse_constant=refuse).decode


def has_surrogate(value: Value) -> bool:
    """Return whether any text is no text."""
    if isinstance(value, str):
        return SURROGATE.search(value) is not None
    if isinstance(value, dict):
        return any(map(has_surrogate, (*value, *value.values())))
    return isinstance(value, list) and any(map(has_surrogate, value))


def depth_of(value: Value) -> int:
    """Return how many levels there are."""
    members = value.values() if isinstance(value, dict) else value
    if not isinstance(value, dict | list):
        return 0
    return 1 + max(map(depth_of, members), default=0)


def check_row(row: Json, wrong: Wrong) -> None:
    """Add what is wrong with a row."""
    for key in row:
        if key not in ROW_KEYS:
            wrong.append(key)
    messages = row.get("messages")
    if not isinstance(messages, list) or not messages:
        wrong.append("messages")
        return
    check_offers(row, wrong)
    before = len(wrong)
    for index, message in enumerate(messages):
        check_message(message, wrong)
        if len(wrong) > before:
            wrong.append(f"in messages[{index}]")
            return
    check_order(messages, wrong)


def check_offers(row: Json, wrong: Wrong) -> None:
    """Add what is wrong with the tools on offer, and with functions, as they were called before."""
    tools = row.get("tools", [])
    if not isinstance(tools, list) or not all(map(is_tool, tools)):
        wrong.append("tools")
    if not isinstance(row.get("parallel_tool_calls", True), bool):
        wrong.append("parallel_tool_calls")
    if "functions" in row:
        functions = row["functions"]
        if not isinstance(functions, list) or not 1 <= len(functions) <= MOST_FUNCTIONS:
            wrong.append("functions")
        elif not all(map(is_function, functions)):
            wrong.append("a function")


def is_tool(tool: Value) -> bool:
    """Return whether a tool is described as it should be."""
    return (
        isinstance(tool, dict)
        and tool.keys() == {"type", "function"}
        and tool["type"] == "function"
        and is_function(tool["function"])
    )


def is_function(function: Value) -> bool:
    """Return whether a function is described as it should be."""
    return (
        isinstance(function, dict)
        and function.keys() <= FUNCTION_KEYS
        and is_name(function.get("name"))
        and isinstance(function.get("description", ""), str)
        and isinstance(function.get("parameters", {}), dict)
        and isinstance(function.get("strict"), bool | None)
    )


def is_name(name: Value) -> bool:
    """Return whether a function may be called so."""
    return isinstance(name, str) and NAME.match(name) is not None


def check_message(message: Value, wrong: Wrong) -> None:
    """Add what is wrong with one message."""
    role = message.get("role") if isinstance(message, dict) else None
    known = KEYS.get(role) if isinstance(role, str) else None
    if known is None or role is None:
        wrong.append("role")
        return
    for key in message:
        if key not in known:
            wrong.append(key)
    check_content(message, role, wrong)
    name = message.get("name", "" if role != "function" else None)
    if not isinstance(name, str) or (role == "function" and not is_name(name)):
        wrong.append("name")
    if role == "assistant":
        check_answer(message, wrong)
    elif role == "tool" and not isinstance(message.get("tool_call_id"), str):
        wrong.append("tool_call_id")


def check_content(message: Json, role: str, wrong: Wrong) -> None:
    """Add what is wrong with what a message says."""
    content = message.get("content")
    if isinstance(content, str):
        if not content and role in {"system", "developer", "user"}:
            wrong.append("content")
    elif isinstance(content, list):
        allowed = PARTS.get(role, {"text"})
        if role == "function" or not all(is_part(part, allowed) for part in content):
            wrong.append("a part")
        elif role not in {"tool", "assistant"} and not any(map(says_something, content)):
            wrong.append("content")
    elif (
        content is not None
        or role not in {"assistant", "function"}
        or (role == "function" and "content" not in message)
    ):
        wrong.append("content")


def is_part(part: Value, allowed: set[str]) -> bool:
    """Return whether a part of a content is one."""
    kind = part.get("type") if isinstance(part, dict) else None
    if not isinstance(kind, str) or kind not in allowed or part.keys() != {"type", kind}:
        return False
    if kind != "image_url":
        return isinstance(part[kind], str)
    image = part[kind]
    return (
        isinstance(image, dict)
        and image.keys() <= {"url", "detail"}
        and isinstance(image.get("url"), str)
        and image.get("detail", "auto") in {"auto", "low", "high"}
    )


def says_something(part: Json) -> bool:
    """Return whether a part is more than an empty text."""
    return part["type"] == "image_url" or bool(part[part["type"]])


def check_answer(answer: Json, wrong: Wrong) -> None:
    """Add what is wrong with an answer beyond its content."""
    weight = answer.get("weight", 1)
    if type(weight) is not int or weight not in {0, 1}:
        wrong.append("weight")
    if not isinstance(answer.get("refusal"), str | None):
        wrong.append("refusal")
    calls = answer.get("tool_calls", [])
    if not isinstance(calls, list) or not all(map(is_call, calls)):
        wrong.append("tool_calls")
    call = answer.get("function_call")
    if call is not None and not is_function_call(call):
        wrong.append("function_call")
    content = answer.get("content")
    if isinstance(content, list) and not wrong and not any(map(says_something, content)):
        content = None
    if not (content or calls or call or answer.get("refusal")):
        wrong.append("content")


def is_call(call: Value) -> bool:
    """Return whether a call of a tool is one."""
    return (
        isinstance(call, dict)
        and call.keys() == {"id", "type", "function"}
        and isinstance(call["id"], str)
        and call["type"] == "function"
        and is_function_call(call["function"])
    )


def is_function_call(call: Value) -> bool:
    """Return whether a function is called as it should be."""
    return (
        isinstance(call, dict)
        and call.keys() == {"name", "arguments"}
        and is_name(call["name"])
        and isinstance(call["arguments"], str)
    )


def check_order(messages: list[Json], wrong: Wrong) -> None:
    """Add what is wrong with how right messages follow each other."""
    check_calls(messages, wrong)
    roles = [message["role"] for message in messages]
    begun = False
    for role in roles:
        late = role in {"system", "developer"}
        if late and begun:
            wrong.append("late instructions")
        begun = begun or not late
    if not any(one.get("weight", 1) for one in messages if one["role"] == "assistant"):
        wrong.append("nothing to learn")
    elif roles[-1] != "assistant":
        wrong.append("the end")
    check_pictures(messages, wrong)


def check_calls(messages: list[Json], wrong: Wrong) -> None:
    """Add calls that nobody answers, and answers to no call."""
    awaited: set[str] = set()
    for message in messages:
        if message["role"] == "tool":
            if message["tool_call_id"] not in awaited:
                wrong.append("tool_call_id")
            awaited.discard(message["tool_call_id"])
            continue
        if awaited:
            wrong.append("a call without its answer")
        calls = message.get("tool_calls", [])
        awaited = {call["id"] for call in calls}
        if len(awaited) != len(calls):
            wrong.append("a call's id twice")
    if awaited and messages[-1]["role"] == "tool":
        wrong.append("a call without its answer")


def check_pictures(messages: list[Json], wrong: Wrong) -> None:
    """Add what is wrong with the pictures that users show."""
    urls = [
        part["image_url"]["url"]
        for message in messages
        if isinstance(message.get("content"), list)
        for part in message["content"]
        if "image_url" in part
    ]
    if len(urls) > MOST_IMAGES or any(flaw_of(url) is not None for url in urls):
        wrong.append("pictures")
