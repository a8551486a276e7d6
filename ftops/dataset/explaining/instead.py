"""What to write instead of a value that is of another type than the one that is wanted there."""

import re
from collections.abc import Callable
from typing import Final

_MESSAGE: Final = '{"role": …, "content": …}'

Fits = Callable[[object], bool]


def _is(*kinds: type) -> Fits:
    return lambda value: isinstance(value, kinds)


def _is_json(value: object) -> bool:
    return isinstance(value, str) and value.startswith(("[", "{"))


def _holds_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _has_no_role(value: object) -> bool:
    return isinstance(value, dict) and "role" not in value


_ANY: Final = _is(object)
_PLACES: Final = tuple(
    (re.compile(rf"(?:.*[.\]])?(?:{path})", re.DOTALL).fullmatch, fits, hint)
    for path, fits, hint in (
        ("arguments", _is(dict), "Write the object's JSON as one text, its quotes escaped."),
        (r"messages\[\d+\]", _holds_objects, "Remove the brackets around it."),
        (r"(?:messages|\w+_output)\[\d+\]", _ANY, f"Write {_MESSAGE}."),
        ("messages", _is(str), f"Write [{_MESSAGE}, …]."),
        ("messages", _has_no_role, f"Write [{_MESSAGE}, …]."),
        ("input", _is(str, list), f'Write {{"messages": [{_MESSAGE}]}}.'),
        (r"\w+_output", _is(str), 'Write [{"role": "assistant", "content": …}].'),
        (r"tools\[\d+\]", _is(str), 'Write {"type": "function", "function": {"name": …}}.'),
        ("function|function_call", _is(str), 'Write {"name": …, "arguments": …}.'),
        ("refusal", _is(bool), "Write what was said, or leave it out."),
        ("image_url", _is(str), 'Write {"url": …}.'),
        ("url", _ANY, "Use an http(s) URL, or a data URL with the picture as base64."),
        (r"content\[\d+\]", _is(str), 'Write {"type": "text", "text": …}.'),
        ("content", _is(dict), "Write a text, or a list of parts."),
    )
)


def what_instead(value: object, wanted: str, path: str) -> str | None:
    """Return the hint for a value at a path, if there is one."""
    if _is_json(value) and "a text" not in wanted:
        return "It is JSON in a text; write it without the quotes around it."
    hints = (hint for is_at, fits, hint in _PLACES if is_at(path) and fits(value))
    return next(hints, None) or _by_type(value, wanted)


def _by_type(value: object, wanted: str) -> str | None:
    match value:
        case None:
            return "Leave it out if there is none."
        case _ if wanted.startswith("true or false"):
            return "Write true or false, without quotes."
        case bool() | int() | float() if "a text" in wanted:
            return "Put it into double quotes."
        case dict() if wanted == "a list":
            return "Put it between square brackets."
        case _:
            return None
