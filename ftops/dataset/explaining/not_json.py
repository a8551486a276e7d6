"""Why a line is not JSON, and what to do about it: told by the place, else by the whole line."""

import json
import re
from dataclasses import replace
from typing import Final

from ftops.dataset.finding import Code, Finding, find

ONE_PER_LINE: Final = "Write one complete JSON object per line."
HINT_FOR_ARRAYS: Final = (
    "Write one object per line, not an array or a pretty-printed file; `ftops data import` does it."
)
_HINTS: Final = (
    (re.compile(r"[^\0]?\0[^\0]\0"), "It looks like UTF-16; save the file as UTF-8."),
    (re.compile(r"\["), HINT_FOR_ARRAYS),
    (re.compile(r"\{\s*\Z"), "Write one object per line, not an array or a pretty-printed file."),
    (re.compile(r".*\},\s*\Z", re.DOTALL), "Remove the comma after the object."),
    (
        re.compile(r'(?!.*"\s*:)[^\[{}\0]+[,;\t][^\[{}\0]*\Z'),
        f"{ONE_PER_LINE[:-1]}; `ftops data import` makes rows of a table.",
    ),
)
_COMMENT: Final = (re.compile(r"//|/\*|#"), "JSON has no comments; remove it.")
_HINTS_WITHIN: Final = (
    (re.compile("'"), "JSON wants double quotes around keys and texts."),
    (re.compile("[“”„‘’‚«»]"), "Typographic quotes are none in JSON; write plain double ones."),  # noqa: RUF001 - meant
    (re.compile(r"(True|False|None)\b"), "JSON writes true, false and null."),
    _COMMENT,
    (re.compile(r"[}\]]"), "Remove the comma before it, or write what is missing."),
    (re.compile("\ufeff"), "Remove the byte order mark; it may stand where files were joined."),
)


def explain_syntax(text: str, error: json.JSONDecodeError) -> Finding:
    """Return where and why reading stopped."""
    reason = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
    message = f"The line is not JSON: {reason} at column {error.colno}."
    hint = _hint_by_place(text, error) or _hint_by_line(text.strip())
    return replace(find(Code.NOT_JSON, message, hint=hint), column=error.colno)


def _hint_by_place(text: str, error: json.JSONDecodeError) -> str | None:
    if error.msg.startswith("Invalid control character"):
        return r"Write line breaks and tabs inside texts as \n and \t."
    places = [_COMMENT] if error.msg.startswith("Extra data") else _HINTS_WITHIN
    hints = (hint for pattern, hint in places if pattern.match(text, error.pos))
    return next(hints, None)


def _hint_by_line(line: str) -> str:
    return next((hint for pattern, hint in _HINTS if pattern.match(line)), ONE_PER_LINE)
