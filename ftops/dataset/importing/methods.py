"""Rows of one training method as rows of another: the answer moves, the prompt stays."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from ftops.dataset.importing.record import NO_MESSAGES, Fields, UnconvertibleError

Wanted = Literal["supervised", "reinforcement"]

TURNED: Final = ("input", "preferred_output", "non_preferred_output")
"""Keys of a preference, which is turned into rows of other keys."""

_TOOL_KEYS: Final = ("tools", "parallel_tool_calls")
_CHAT_KEYS: Final = (*_TOOL_KEYS, "functions")
_ROW_KEYS: Final = ("messages", *_CHAT_KEYS)


def row_for(fields: Fields, wanted: Wanted, answer_key: str) -> dict[str, Any]:
    """Return the row as the method wants it, which may yet be illegal; or UnconvertibleError.

    What a grader compares with stands under `answer_key` of a reinforcement row.
    """
    prompt, answer, more = _parts(fields, answer_key)
    if wanted == "supervised":
        return {"messages": [*prompt["messages"], *answer], **_those(prompt, _CHAT_KEYS)}
    asked = {"messages": prompt["messages"], **_those(prompt, _TOOL_KEYS)}
    return {**more, **asked, answer_key: _text(answer)}


def _parts(fields: Fields, answer_key: str) -> tuple[Mapping[str, Any], list[Any], dict[str, Any]]:
    """Return what holds the prompt, the answer, and the keys that are for graders."""
    prompt, preferred = fields.get("input"), fields.get("preferred_output")
    if isinstance(prompt, Mapping) and isinstance(preferred, list):
        if not isinstance(prompt.get("messages"), list):
            raise UnconvertibleError(NO_MESSAGES)
        return prompt, preferred, {}
    messages = fields.get("messages")
    if not isinstance(messages, list) or not messages:
        raise UnconvertibleError(NO_MESSAGES)
    more = {key: value for key, value in fields.items() if key not in _ROW_KEYS}
    last, said = messages[-1], fields.get(answer_key)
    if isinstance(last, Mapping) and last.get("role") == "assistant":
        return {**fields, "messages": messages[:-1]}, [last], more
    if isinstance(said, str):
        return fields, [{"role": "assistant", "content": said}], more
    raise UnconvertibleError(f"it ends without an answer, and has none under {answer_key}")


def _those(prompt: Fields, keys: Sequence[str]) -> dict[str, Any]:
    return {key: prompt[key] for key in keys if key in prompt}


def _text(answer: list[Any]) -> str:
    match answer:
        case [{"content": str() as said}] if said:
            return said
        case _:
            raise UnconvertibleError("its answer is not one text")
