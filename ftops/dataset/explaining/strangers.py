"""Rows of another format, told apart from rows with mistakes, which deserve more words."""

from collections.abc import Mapping
from typing import Final

from ftops.dataset.explaining.difference import did_you_mean
from ftops.dataset.explaining.parse import quote
from ftops.dataset.finding import Code, Finding, find
from ftops.dataset.formats import FORMAT_OF, ROW_OF, Format

FOREIGN: Final = (
    (("chosen", "rejected"), "a pair of answers", Format.PREFERENCE),
    (("conversations",), "a ShareGPT conversation", Format.CHAT),
    (("instruction", "output"), "an Alpaca instruction", Format.CHAT),
    (("prompt", "completion"), "a prompt with its completion", Format.CHAT),
    (("prompt", "response"), "a prompt with its response", Format.CHAT),
    (("question", "answer"), "a question with its answer", Format.CHAT),
    (("input", "output"), "an input with its output", Format.CHAT),
    (("instruction", "response"), "an instruction with its response", Format.CHAT),
)
"""The keys of what `ftops data import` reads, and what it makes of it."""

_EXAMPLES: Final = {
    Format.CHAT: '{"messages": [{"role": "user", "content": …}, {"role": "assistant", …}]}',
    Format.PREFERENCE: (
        '{"input": {"messages": […]}, "preferred_output": […], "non_preferred_output": […]}'
    ),
    Format.REINFORCEMENT: '{"messages": [{"role": "user", "content": …}], …}',
}
MOST_KEYS: Final = 4

_METHOD_OF: Final = {row_format: method for method, row_format in FORMAT_OF.items()}
_ANSWER_KEYS: Final = frozenset({"preferred_output", "non_preferred_output"})
_PREFERENCE_KEYS: Final = _ANSWER_KEYS | {"input"}


def explain_stranger(row: Mapping[str, object], wanted: Format) -> Finding | None:
    """Return what the row is, if it is of another format than the one wanted."""
    if "messages" in row:
        if wanted is Format.PREFERENCE and _PREFERENCE_KEYS & row.keys():
            return None if "input" in row else _bare_prompt()
        if wanted is not Format.PREFERENCE:
            return None
        hint = f"Set `method: {_METHOD_OF[Format.CHAT]}`, or convert the rows."
        return _wrong_format("a chat row", wanted, hint)
    if wanted is Format.PREFERENCE and _PREFERENCE_KEYS & row.keys():
        return None
    for keys, name, becomes in FOREIGN:
        if row.keys() >= set(keys):
            return _wrong_format(name, wanted, _hint(becomes, wanted))
    if _ANSWER_KEYS & row.keys():
        method = _METHOD_OF[Format.PREFERENCE]
        hint = f"Set `method: {method}`, or make {wanted} rows of them with `ftops data convert`."
        return _wrong_format("a preference row", wanted, hint)
    return _explain_other_keys(row, wanted)


def _explain_other_keys(row: Mapping[str, object], wanted: Format) -> Finding | None:
    known = ROW_OF[wanted].__struct_fields__
    if not row or any(did_you_mean(key, known) for key in row):
        return None
    keys = [quote(key) for key in row]
    shown = ", ".join(keys[:MOST_KEYS]) + (", …" if keys[MOST_KEYS:] else "")
    trains = f"Method {_METHOD_OF[wanted]} trains on {wanted} rows"
    message = f"{trains}, and this row has other keys: {shown}."
    hint = f"Such a row is {_EXAMPLES[wanted]}."
    return find(Code.MISSING_KEY, message, path=known[0], hint=hint)


def _bare_prompt() -> Finding:
    message = "The messages of the prompt stand on the row itself."
    hint = 'Put them into "input": {"messages": […]}.'
    return find(Code.UNKNOWN_KEY, message, path="messages", hint=hint)


def _wrong_format(name: str, wanted: Format, hint: str) -> Finding:
    message = f"Method {_METHOD_OF[wanted]} trains on {wanted} rows, and this is {name}."
    return find(Code.WRONG_FORMAT, message, hint=hint)


def _hint(becomes: Format, wanted: Format) -> str:
    makes = f"`ftops data import` makes {becomes} rows of such a file"
    if becomes is wanted:
        return f"{makes}."
    if wanted is Format.REINFORCEMENT:
        return f"{makes}, and `ftops data convert` makes prompts for a grader of those."
    if becomes is Format.PREFERENCE:
        return f"{makes}; they are for `method: {_METHOD_OF[becomes]}`."
    return "Each prompt needs two answers, one to prefer and one to avoid."
