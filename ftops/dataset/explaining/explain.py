"""The slow path of a line: everything that is wrong with it, in words, with paths and hints."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from msgspec import inspect as types

from ftops.dataset.explaining.broken_rules import explain_rules
from ftops.dataset.explaining.parse import parse
from ftops.dataset.explaining.shape import Explain, explain_by
from ftops.dataset.finding import Code, Finding, find
from ftops.dataset.formats import FORMAT_OF, ROW_OF, Format

_METHOD_OF: Final = {row_format: method for method, row_format in FORMAT_OF.items()}
_PREFERENCE_KEYS: Final = frozenset({"input", "preferred_output", "non_preferred_output"})
_COMPLETION_KEYS: Final = frozenset({"prompt", "completion"})


def explain(line: bytes, row_format: Format) -> list[Finding]:
    """Return all findings of one line, warnings included; none for a row beyond reproach."""
    value, findings = parse(line)
    if findings and value is None:
        return findings
    if not isinstance(value, dict):
        message = "The line is JSON, but not an object."
        hint = "Write one complete JSON object per line."
        return [*findings, find(Code.NOT_AN_OBJECT, message, hint=hint)]
    stranger = _explain_stranger(value, row_format)
    if stranger is not None:
        return [*findings, stranger]
    return [
        *findings,
        *_shape_of(row_format)(value, ""),
        *explain_rules(value, row_format),
    ]


@cache
def _shape_of(row_format: Format) -> Explain:
    return explain_by(types.type_info(ROW_OF[row_format]))


def _explain_stranger(row: Mapping[str, object], wanted: Format) -> Finding | None:
    """Tell rows of another format apart from rows with mistakes, which deserve more words."""
    message = f"Method {_METHOD_OF[wanted]} trains on {wanted} rows, and this is"
    if "messages" in row:
        if wanted is not Format.PREFERENCE or _PREFERENCE_KEYS & row.keys():
            return None
        hint = f"Set `method: {_METHOD_OF[Format.CHAT]}`, or convert the rows."
        return find(Code.WRONG_FORMAT, f"{message} a chat row.", hint=hint)
    if _PREFERENCE_KEYS & row.keys() and wanted is not Format.PREFERENCE:
        hint = f"Set `method: {_METHOD_OF[Format.PREFERENCE]}`, or convert the rows."
        return find(Code.WRONG_FORMAT, f"{message} a preference row.", hint=hint)
    if row.keys() >= _COMPLETION_KEYS:
        hint = "Make the prompt a user message and the completion an assistant message."
        return find(Code.WRONG_FORMAT, f"{message} a prompt with its completion.", hint=hint)
    return None
