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
    (re.compile(r"[^{\0].*\}\Z"), "It looks like the rest of the line before; write them as one."),
    (
        re.compile(r'(?!.*"\s*:)[^\[{}\0]+[,;\t][^\[{}\0]*\Z'),
        f"{ONE_PER_LINE[:-1]}; `ftops data import` makes rows of a table.",
    ),
)
_COMMA_BEFORE: Final = "Remove the comma before it, or write what is missing."
_ANYTHING: Final = ""
_HINTS_BY_PLACE: Final = tuple(
    (reason, re.compile(place), hint)
    for reason, place, hint in (
        (_ANYTHING, "\ufeff", "Remove the byte order mark; it may stand where files were joined."),
        (
            _ANYTHING,
            "[\u00a0\u200b-\u200f\u2028\u2029\u2060\u3000]",
            "It is a character that cannot be seen; delete it, or write a plain space.",
        ),
        (_ANYTHING, r"\0+\Z", "The rest is zero bytes, as a crash leaves them; delete them."),
        ("Invalid control", _ANYTHING, r"Write line breaks and tabs inside texts as \n and \t."),
        ("Invalid \\", _ANYTHING, r"Write a backslash inside a text as \\."),
        (
            "Unterminated",
            _ANYTHING,
            r"Close the text with a quote, and write line breaks inside texts as \n.",
        ),
        (_ANYTHING, r"//|/\*|#", "JSON has no comments; remove it."),
        ("Extra data", r"\{", "Another object begins here; write it on a line of its own."),
        ("Extra data", r"[}\]]", "It closes nothing; remove it."),
        ("Extra data", _ANYTHING, None),  # What is right before it says more.
        ("Expecting", "'", "JSON wants double quotes around keys and texts."),
        (
            "Expecting",
            "[“”„‘’‚«»]",  # noqa: RUF001 - meant
            "Typographic quotes are none in JSON; write plain double ones.",
        ),
        (
            "Expecting value",
            r"(?i:true|false|none|null|nil|undefined)\b",
            "JSON writes true, false and null.",
        ),
        (
            "Expecting value",
            r"<{7}|={7}|>{7}|\|{7}",
            "Git left this mark of a conflict; keep the rows that are right, and delete the marks.",
        ),
        ("Expecting value", "```", "It is a fence of Markdown; delete the line."),
        ("Expecting property", "[A-Za-z_$]", "Put keys between double quotes."),
        ("Expecting property", r'\\"', "Remove the backslashes before quotes that are no text's."),
        ("Expecting ','", r"[}\]]", "Another bracket has to be closed before it; or remove it."),
        (
            "Expecting ','",
            r'["{\[]',
            r"Write a comma before it, or quotes inside a text as \".",
        ),
        ("Expecting ','", "[^\\W\\d]", r"Write quotes inside texts as \"."),
        ("Expecting", r"[}\]]", _COMMA_BEFORE),
        ("Illegal trailing comma", _ANYTHING, _COMMA_BEFORE),
        ("Expecting", ",", "Remove the comma, or write what is missing before it."),
    )
)
_CUT_OFF: Final = "The line ends before the object does; write all of it on this line."


def explain_syntax(text: str, error: json.JSONDecodeError) -> Finding:
    """Return where and why reading stopped."""
    reason = error.msg[:1].lower() + error.msg[1:].removesuffix(" at").split(" (", maxsplit=1)[0]
    message = f"The line is not JSON: {reason} at column {error.colno}."
    hint = _hint_by_place(text, error) or _hint_by_line(text.strip())
    if hint is None:
        hint = ONE_PER_LINE if text[error.pos :].strip() else _CUT_OFF
    return replace(find(Code.NOT_JSON, message, hint=hint), column=error.colno)


def _hint_by_place(text: str, error: json.JSONDecodeError) -> str | None:
    hints = (
        hint
        for reason, place, hint in _HINTS_BY_PLACE
        if error.msg.startswith(reason) and place.match(text, error.pos)
    )
    return next(hints, None)


def _hint_by_line(line: str) -> str | None:
    return next((hint for pattern, hint in _HINTS if pattern.match(line)), None)
