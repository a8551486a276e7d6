"""A line as plain JSON for the explaining path, with everything that is wrong below the format."""

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from typing import Final, NoReturn

import msgspec

from ftops.dataset.explaining.not_json import explain_syntax
from ftops.dataset.finding import Code, Finding, find
from ftops.dataset.legal.repeats import MAX_DEPTH, repeats_a_key
from ftops.dataset.rows import UNREADABLE

_SURROGATE = re.compile("[\ud800-\udfff]")
_is_plain = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*").fullmatch
_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

_STRANGE_NUMBER = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|(-?(?:NaN|Infinity|\d{4301,}))')
"""What Python reads as no number, outside of texts, which are passed over."""

_MARKS_OF_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class _Repeating(dict[str, object]):
    """An object that had keys twice; the last value of each counts, as in most readers."""

    repeated: tuple[str, ...] = ()


def parse(line: bytes) -> tuple[object, list[Finding]]:
    """Return the line's value and the findings about it; with no value, `None` and the reason."""
    if not line.strip():
        hint = "Delete the line."
        return None, [find(Code.BLANK_LINE, "The line is blank.", hint=hint)]
    try:
        # It reads no text that is none, and three times as fast.
        value = msgspec.json.decode(line)
        if not _may_be_deep(line) and not repeats_a_key(line, value):
            return value, []
    except (*UNREADABLE, OverflowError):
        return _parse_closely(line, odd=False)
    return _parse_closely(line, odd=True)


def _parse_closely(line: bytes, *, odd: bool) -> tuple[object, list[Finding]]:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"The line is not UTF-8: byte {error.start + 1} is 0x{line[error.start]:02x}."
        found = "It is UTF-16; save" if line.startswith(_MARKS_OF_UTF16) else "Save"
        finding = find(Code.NOT_UTF8, message, hint=f"{found} the file as UTF-8.")
        return None, [replace(finding, column=len(line[: error.start].decode("utf-8")) + 1)]
    try:
        if not odd:
            # Of a byte order mark within the file `loads` alone says what it is.
            value = json.loads(text) if text.startswith("\ufeff") else _decode(text)
            if not _is_odd(line, value):
                return value, []
        value = _decode_all(text)
    except json.JSONDecodeError as error:
        return None, [explain_syntax(text, error)]
    except RecursionError:
        return None, [_too_deep()]
    except ValueError as error:
        # NaN and its kin, or an integer of thousands of digits.
        return None, [_unreadable(text, error)]
    return value, list(_scan(value))


def _is_odd(line: bytes, value: object) -> bool:
    """Return whether there may be more to say of JSON that can be read: few rows are that odd."""
    if _ESCAPED_SURROGATE.search(line) or _may_be_deep(line):
        return True
    try:
        return repeats_a_key(line, value)
    except (OverflowError, UnicodeEncodeError, RecursionError):
        return True


def _may_be_deep(line: bytes) -> bool:
    return line.count(b"{") + line.count(b"[") >= MAX_DEPTH


def join(path: str, key: str | int) -> str:
    """Return the path of a member: `messages[1].content`, or `a["b c"]` for odd keys."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if not _is_plain(key):
        return f"{path}[{quote(key)}]"
    return f"{path}.{key}" if path else key


def quote(text: str, longest: int = 40) -> str:
    """Return the text as short, printable JSON."""
    return json.dumps(text if len(text) <= longest else text[: longest - 1] + "…")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    repeating = _Repeating(found)
    times = Counter(key for key, _ in pairs)
    repeating.repeated = tuple(key for key in found if times[key] > 1)
    return repeating


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


_decode = json.JSONDecoder(parse_constant=_refuse_constant).decode
_decode_all = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse_constant).decode


def _unreadable(text: str, error: ValueError) -> Finding:
    reason = str(error).split(";", maxsplit=1)[0].rstrip(".")
    message = f"The line has a number that cannot be read: {reason}."
    finding = find(Code.UNREADABLE, message, hint="Write the value as a text.")
    places = (found.start(1) + 1 for found in _STRANGE_NUMBER.finditer(text) if found[1])
    return replace(finding, column=next(places, None))


def _too_deep(path: str = "") -> Finding:
    message = f"The row is nested more than {MAX_DEPTH} levels deep."
    return find(Code.TOO_DEEP, message, path=path, hint="Flatten it, or keep it as a text.")


def _members(value: object) -> dict[str, object] | dict[int, object]:
    if isinstance(value, dict):
        return value
    return dict(enumerate(value)) if isinstance(value, list) else {}


def _scan(whole: object) -> Iterator[Finding]:
    """Yield repeated keys, lone surrogates and too deep places, in reading order."""
    stack: list[tuple[object, tuple[str | int, ...]]] = [(whole, ())]
    while stack:
        value, steps = stack.pop()
        if len(steps) >= MAX_DEPTH:
            yield _too_deep()
            return
        if isinstance(value, str):
            if _SURROGATE.search(value):
                yield _lone_surrogate(_path(steps))
            continue
        if isinstance(value, _Repeating):
            yield from (_duplicate(_path((*steps, key)), key) for key in value.repeated)
        members = _members(value)
        for key in members:
            if isinstance(key, str) and _SURROGATE.search(key):
                yield _lone_surrogate(_path((*steps, key)))
        stack += reversed([(deep, (*steps, key)) for key, deep in members.items()])


def _path(steps: tuple[str | int, ...]) -> str:
    return reduce(join, steps, "")


def _lone_surrogate(path: str) -> Finding:
    message = "The text has half of a surrogate pair, which is no character."
    hint = "It was probably cut inside an emoji; write the whole character or remove the half."
    return find(Code.LONE_SURROGATE, message, path=path, hint=hint)


def _duplicate(path: str, key: str) -> Finding:
    message = f"The key {quote(key)} stands here more than once."
    return find(Code.DUPLICATE_KEY, message, path=path, hint="Keep one of them.")
