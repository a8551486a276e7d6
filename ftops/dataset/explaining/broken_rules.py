"""What a row breaks beyond its shape, in words, told from plain JSON of any shape.

A value of the wrong shape is passed over: `shape` has spoken of it already.
"""

from collections.abc import Iterator, Mapping
from typing import Final, assert_never

from ftops.dataset.explaining.broken_pictures import explain_pictures, find_images
from ftops.dataset.explaining.broken_turns import are_led, explain_turns, known_roles
from ftops.dataset.explaining.parse import join
from ftops.dataset.finding import Code, Finding, find
from ftops.dataset.formats import Format

Json = Mapping[str, object]

_ENDS: Final = frozenset({"assistant", "system", "developer"})
"""Instructions at the end are told as late."""

_NEED_CONTENT: Final = frozenset({"system", "developer", "user"})


def explain_rules(row: Json, row_format: Format) -> Iterator[Finding]:
    """Yield every rule that the row breaks."""
    match row_format:
        case Format.CHAT:
            messages = _objects(row.get("messages"))
            if not is_plain_talk(messages):
                yield from explain_chat(messages)
        case Format.REINFORCEMENT:
            messages = _objects(row.get("messages"))
            yield from _explain_conversation(messages)
            yield from _explain_prompt_end(messages)
        case Format.PREFERENCE:
            prompt = row.get("input")
            messages = _objects(prompt.get("messages") if isinstance(prompt, dict) else None)
            yield from _explain_contents(messages, "input.messages")
            yield from explain_turns(messages, "input.messages", may_end_with_calls=False)
            yield from _explain_images(messages, "input.messages")
            for key in ("preferred_output", "non_preferred_output"):
                yield from _explain_output(row.get(key), key)
        case _:
            assert_never(row_format)


def _objects(value: object) -> list[Json]:
    """Return a list's members in their places; what is no object stands as an empty one."""
    members = value if isinstance(value, list) else []
    return [member if isinstance(member, dict) else {} for member in members]


def is_plain_talk(messages: list[Json]) -> bool:
    """Return whether texts are said in turn up to an answer that is learned: no rule is broken.

    Most rows that are wrong are so in their shape alone.
    """
    roles = known_roles(messages)
    if not roles or roles[-1] != "assistant" or "tool" in roles or not are_led(roles):
        return False
    contents = [message.get("content") for message in messages]
    if not all(contents) or set(map(type, contents)) != {str}:
        return False
    calls = ["tool_calls" in message for message in messages]
    return messages[-1].get("weight") != 0 and not any(calls)


def explain_chat(messages: list[Json]) -> Iterator[Finding]:
    """Yield every rule that is broken by a conversation to learn from."""
    yield from _explain_conversation(messages)
    yield from _explain_learning(messages)


def _explain_conversation(messages: list[Json]) -> Iterator[Finding]:
    yield from _explain_contents(messages, "messages")
    yield from explain_turns(messages, "messages", may_end_with_calls=True)
    yield from explain_pictures(messages, "messages")


def _explain_contents(messages: list[Json], path: str) -> Iterator[Finding]:
    for index, message in enumerate(messages):
        content = message.get("content")
        if content and isinstance(content, str):
            continue
        hint = _hint_for_empty(message)
        if hint is not None:
            where = join(join(path, index), "content")
            yield find(Code.NO_CONTENT, "The message is empty.", path=where, hint=hint)


def _hint_for_empty(message: Json) -> str | None:
    """Return what to do about an empty message; a missing or null content is no shape but here."""
    role, content = message.get("role"), message.get("content")
    empty = content == "" or (isinstance(content, list) and all(map(_is_empty_part, content)))
    if role == "assistant" and (empty or content is None):
        otherwise = any(message.get(key) for key in ("tool_calls", "function_call", "refusal"))
        return None if otherwise else "Give it content, tool_calls or a refusal."
    needs = isinstance(role, str) and role in _NEED_CONTENT
    return "Write something, or delete the message." if needs and empty else None


def _is_empty_part(part: object) -> bool:
    return isinstance(part, dict) and part.get("text", part.get("refusal")) == ""


def _explain_learning(messages: list[Json]) -> Iterator[Finding]:
    roles = known_roles(messages)
    if not roles:
        return
    weights = [message.get("weight") for message in messages if message["role"] == "assistant"]
    if not weights:
        message = "There is no assistant message to learn from."
        hint = "End the conversation with the answer that the model is to give."
        yield find(Code.NO_ASSISTANT, message, path="messages", hint=hint)
    elif all(type(weight) is int and weight == 0 for weight in weights):
        message = "Every assistant message has weight 0, so nothing is learned."
        hint = "Remove the weight of the answer to learn."
        yield find(Code.NOTHING_TRAINED, message, path="messages", hint=hint)
    elif roles[-1] not in _ENDS:
        message = (
            "The conversation goes on after the last answer; nothing is learned from there on."
        )
        path = join("messages", len(messages) - 1)
        hint = "Delete what follows the answer, or add the next one."
        yield find(Code.ENDS_UNANSWERED, message, path=path, hint=hint)


def _explain_prompt_end(messages: list[Json]) -> Iterator[Finding]:
    if messages and messages[-1].get("role") == "assistant":
        message = "The prompt ends with an assistant message, but the model is to write that."
        path = join("messages", len(messages) - 1)
        hint = "Move the answer into a key of its own, where the grader finds it."
        yield find(Code.ENDS_ANSWERED, message, path=path, hint=hint)


def _explain_images(messages: list[Json], path: str) -> Iterator[Finding]:
    for where, _ in find_images(messages, path):
        words = "Preference rows are text only, and this is an image."
        hint = "Describe it in words, or remove the row."
        yield find(Code.NOT_TEXT_ONLY, words, path=where, hint=hint)


def _explain_output(output: object, key: str) -> Iterator[Finding]:
    if not isinstance(output, list):
        return
    if len(output) != 1 or _objects(output)[0].get("role", "assistant") != "assistant":
        message = "This must be exactly one assistant message."
        hint = "Keep the answer alone; what comes before it belongs into input.messages."
        yield find(Code.NOT_ONE_ANSWER, message, path=key, hint=hint)
    yield from _explain_contents(_objects(output), key)
