"""Why messages do not follow each other as they may, in words, told from plain JSON.

Rows with calls, answers or roles of a wrong shape are passed over: `shape` has spoken of them.
"""

from collections.abc import Iterator, Mapping
from itertools import dropwhile
from typing import Final

from ftops.dataset.explaining.parse import join, quote
from ftops.dataset.finding import Code, Finding, find

Json = Mapping[str, object]

_ROLES: Final = frozenset[object]({"system", "developer", "user", "assistant", "tool", "function"})
_INSTRUCTIONS: Final = frozenset[object]({"system", "developer"})


def explain_turns(
    messages: list[Json], path: str, *, may_end_with_calls: bool
) -> Iterator[Finding]:
    """Yield instructions in the middle, calls without answers, and answers without calls."""
    roles = known_roles(messages)
    if roles is None:
        return
    called = "tool" in roles or any("tool_calls" in message for message in messages)
    if called and not all(map(_is_whole, messages)):
        return
    yield from _explain_instructions(roles, path)
    if called:
        yield from _explain_calls(messages, path, may_end_with_calls=may_end_with_calls)


def known_roles(messages: list[Json]) -> list[object] | None:
    """Return each message's role, or nothing if any is of a wrong shape."""
    roles = [message.get("role") for message in messages]
    try:
        return roles if _ROLES.issuperset(roles) else None
    except TypeError:
        return None


def are_led(roles: list[object]) -> bool:
    """Return whether instructions stand at the top alone."""
    return _INSTRUCTIONS.isdisjoint(dropwhile(_INSTRUCTIONS.__contains__, roles))


def _is_whole(message: Json) -> bool:
    if message["role"] == "tool":
        return isinstance(message.get("tool_call_id"), str)
    if "tool_calls" not in message:
        return True
    calls = message["tool_calls"]
    return isinstance(calls, list) and all(map(_has_id, calls))


def _has_id(call: object) -> bool:
    return isinstance(call, dict) and isinstance(call.get("id"), str)


def _explain_instructions(roles: list[object], path: str) -> Iterator[Finding]:
    begun = False
    for index, role in enumerate(roles):
        if role in _INSTRUCTIONS and begun:
            words = f"A {role} message stands in the middle of the conversation."
            where = join(join(path, index), "role")
            hint = "Move it to the top; few programs put instructions anywhere else."
            yield find(Code.LATE_INSTRUCTIONS, words, path=where, hint=hint)
            return
        begun = begun or role not in _INSTRUCTIONS


def _explain_calls(
    messages: list[Json], path: str, *, may_end_with_calls: bool
) -> Iterator[Finding]:
    awaited: dict[str, str] = {}
    strays = 0
    for index, message in enumerate(messages):
        if message["role"] == "tool":
            answered = str(message["tool_call_id"])
            strays += answered not in awaited
            yield from _explain_answer(answered, awaited, join(path, index))
            continue
        yield from _unanswered(awaited, strays)
        awaited, strays = {}, 0
        if "tool_calls" in message:
            yield from _gather_calls(message, awaited, join(path, index))
    if not may_end_with_calls or (messages and messages[-1]["role"] == "tool"):
        yield from _unanswered(awaited, strays)


def _explain_answer(call: str, awaited: dict[str, str], path: str) -> Iterator[Finding]:
    if awaited.pop(call, None) is not None:
        return
    words = f"This answers the call {quote(call)}, and no such call is open here."
    hint = "Put it right after the assistant message with the call."
    if awaited:
        hint = f"Open is {' and '.join(map(quote, awaited))}."
    yield find(Code.ANSWER_WITHOUT_CALL, words, path=join(path, "tool_call_id"), hint=hint)


def _gather_calls(message: Json, awaited: dict[str, str], path: str) -> Iterator[Finding]:
    calls = message.get("tool_calls", [])
    for number, call in enumerate(calls if isinstance(calls, list) else []):
        where = join(join(path, "tool_calls"), number)
        if call["id"] in awaited:
            words = f"The id {quote(call['id'])} belongs to a call before this one."
            hint = "Give every call of a message an id of its own."
            yield find(Code.REPEATED_CALL_ID, words, path=join(where, "id"), hint=hint)
        awaited.setdefault(call["id"], where)


def _unanswered(awaited: Mapping[str, str], strays: int) -> Iterator[Finding]:
    if strays >= len(awaited):
        # An answer with a wrong id is told as such, and is an answer all the same.
        return
    for call, path in awaited.items():
        words = f"The call {quote(call)} has no answer before the conversation goes on."
        hint = 'Right after the message, add one with "role": "tool" and this "tool_call_id".'
        yield find(Code.CALL_WITHOUT_ANSWER, words, path=path, hint=hint)
