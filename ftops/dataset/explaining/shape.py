"""Why a JSON value is not of a struct's shape, told from the struct's own types.

The types of `formats` are the only source: what the fast path decodes and what is explained here
cannot drift apart.
"""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

import msgspec
from msgspec import inspect as types

from ftops.dataset.explaining.parse import join, quote
from ftops.dataset.finding import Code, Finding, find
from ftops.dataset.formats import OnlyTextPart

_ALIASES: Final = {
    "ai": "assistant",
    "bot": "assistant",
    "gpt": "assistant",
    "model": "assistant",
    "human": "user",
    "chosen": "preferred_output",
    "rejected": "non_preferred_output",
    "preferred_completion": "preferred_output",
    "non_preferred_completion": "non_preferred_output",
    "conversation": "messages",
    "conversations": "messages",
    "from": "role",
    "value": "content",
}
"""What other formats and older documents call the same thing."""

_LONGEST_WORD: Final = 80
"""What is longer is like nothing that is allowed, and would only fill the memory."""

_STRUCTS: Final[dict[int, Mapping[object, type]]] = {}

_MISSING: Final = {"content": Code.NO_CONTENT}
_TAG: Final = {"role": Code.WRONG_ROLE, "type": Code.WRONG_PART}


def explain_shape(value: object, kind: types.Type, path: str = "") -> Iterator[Finding]:
    """Yield every difference between the value and its type."""
    match kind:
        case types.UnionType():
            yield from _explain_union(value, kind, path)
        case types.StructType() if isinstance(value, dict):
            yield from _explain_struct(value, kind, path)
        case types.ListType() if isinstance(value, list):
            yield from _explain_list(value, kind, path)
        case types.StrType() if isinstance(value, str):
            yield from _explain_text(value, kind, path)
        case types.LiteralType():
            yield from _explain_literal(value, kind, path)
        case _ if _word_of(value) != _word_for(kind):
            yield _wrong_type(value, [kind], path)


def did_you_mean(word: str, allowed: Iterable[str]) -> str | None:
    """Return the likeliest of the allowed words, if one is likely."""
    return _likeliest(word[:_LONGEST_WORD], tuple(allowed))


@lru_cache(1024)
def _likeliest(word: str, known: tuple[str, ...]) -> str | None:
    """Rows that are wrong are mostly wrong in the same way."""
    if word in known:
        return word
    if _ALIASES.get(word) in known:
        return _ALIASES[word]
    near = difflib.get_close_matches(word.lower(), known, n=1)
    return near[0] if near else None


def _explain_union(value: object, kind: types.UnionType, path: str) -> Iterator[Finding]:
    fitting = [member for member in kind.types if _word_for(member) == _word_of(value)]
    structs = [member for member in fitting if isinstance(member, types.StructType)]
    tagged = {str(struct.tag): struct for struct in structs if struct.tag_field}
    if isinstance(value, dict) and tagged:
        yield from _explain_tagged(value, tagged, path)
    elif fitting:
        yield from explain_shape(value, fitting[0], path)
    else:
        yield _wrong_type(value, kind.types, path)


def _explain_tagged(
    value: dict[str, object], tagged: Mapping[str, types.StructType], path: str
) -> Iterator[Finding]:
    field = next(iter(tagged.values())).tag_field or ""
    if field not in value:
        yield _missing(field, join(path, field), f'Say which one it is: "{field}": {_or(tagged)}.')
        return
    tag = value[field]
    meant = did_you_mean(tag, tagged) if isinstance(tag, str) else None
    if meant != tag or meant is None:
        yield _not_among(tag, tuple(tagged), join(path, field), _TAG[field])
    if meant is not None:
        yield from _explain_struct(value, tagged[meant], path)


def _explain_struct(
    value: dict[str, object], kind: types.StructType, path: str
) -> Iterator[Finding]:
    fields = {field.encode_name: field for field in kind.fields}
    if kind.cls is OnlyTextPart and value.get("type", "text") != "text":
        # Its other keys are right for the part that it wants to be.
        yield _not_among(value["type"], ("text",), join(path, "type"), Code.WRONG_PART)
        return
    for name, field in fields.items():
        if name in value:
            yield from _explain_member(value[name], field, join(path, name))
        elif field.required:
            yield _missing(name, join(path, name))
    if kind.forbid_unknown_fields:
        known = [kind.tag_field, *fields] if kind.tag_field else list(fields)
        yield from (_unknown(key, known, join(path, key)) for key in value if key not in known)


def _explain_member(value: object, field: types.Field, path: str) -> Iterator[Finding]:
    if field.encode_name == "content" and value is None and not _may_be_null(field.type):
        yield _missing("content", path)
        return
    if field.encode_name == "weight":
        yield from _explain_weight(value, path)
        return
    yield from explain_shape(value, field.type, path)


def _explain_weight(value: object, path: str) -> Iterator[Finding]:
    # `True` and `1.0` equal 1 in Python, but are no such number in JSON.
    if type(value) is not int or value not in {0, 1}:
        message = f"The weight is {_show(value)}, and must be the number 0 or 1."
        hint = "0 keeps the message as context only; 1, or no weight, learns it."
        yield find(Code.WRONG_WEIGHT, message, path=path, hint=hint)


def _explain_list(value: list[object], kind: types.ListType, path: str) -> Iterator[Finding]:
    shortest, longest = kind.min_length or 0, kind.max_length
    if len(value) < shortest:
        code = Code.NO_MESSAGES if path.endswith("messages") else Code.WRONG_VALUE
        yield find(code, "The list is empty.", path=path, hint="Put at least one element into it.")
    if longest is not None and len(value) > longest:
        message = f"The list has {len(value)} elements, and at most {longest} are allowed."
        yield find(Code.WRONG_VALUE, message, path=path)
    structs = _structs_of(kind.item_type)
    for index, member in enumerate(value):
        # Of a wrong row nearly all messages are right, and passed over at a tenth of the price.
        if not _fits(member, structs):
            yield from explain_shape(member, kind.item_type, join(path, index))


def _fits(value: object, structs: Mapping[object, type]) -> bool:
    """Return whether the decoder has nothing against an object that says which struct it is."""
    if not isinstance(value, dict) or not structs:
        return False
    tag = value.get("role", value.get("type"))
    kind = structs.get(tag) if isinstance(tag, str) else None
    try:
        return kind is not None and msgspec.convert(value, kind) is not None
    except (msgspec.ValidationError, UnicodeEncodeError):
        return False


def _structs_of(kind: types.Type) -> Mapping[object, type]:
    """Return the structs of a union by their tags; a type lives as long as this program."""
    if id(kind) not in _STRUCTS:
        members = kind.types if isinstance(kind, types.UnionType) else ()
        structs = [member for member in members if isinstance(member, types.StructType)]
        _STRUCTS[id(kind)] = {struct.tag: struct.cls for struct in structs}
    return _STRUCTS[id(kind)]


def _explain_text(value: str, kind: types.StrType, path: str) -> Iterator[Finding]:
    if kind.pattern is not None and not re.search(kind.pattern, value):
        message = f"{quote(value)} is no function name."
        hint = "Use 1 to 64 letters (a-z, A-Z), digits, underscores and dashes."
        yield find(Code.WRONG_VALUE, message, path=path, hint=hint)


def _explain_literal(value: object, kind: types.LiteralType, path: str) -> Iterator[Finding]:
    allowed = tuple(str(word) for word in kind.values)
    if value not in allowed:
        yield _not_among(value, allowed, path, Code.WRONG_VALUE)


def _not_among(value: object, allowed: tuple[str, ...], path: str, code: Code) -> Finding:
    meant = did_you_mean(value, allowed) if isinstance(value, str) else None
    hint = f'Did you mean "{meant}"?' if meant else f"Write {_or(allowed)}."
    return find(
        code, f"The value is {_show(value)}, which is not allowed here.", path=path, hint=hint
    )


def _missing(name: str, path: str, hint: str | None = None) -> Finding:
    message = f"The key {quote(name)} is missing or null."
    code = _MISSING.get(name, Code.MISSING_KEY)
    return find(code, message, path=path, hint=hint or f"Add {quote(name)}.")


def _unknown(key: str, allowed: list[str], path: str) -> Finding:
    message = f"The key {quote(key)} is not known here."
    meant = did_you_mean(key, allowed)
    if meant:
        hint = f'Did you mean "{meant}"?'
    elif key == "weight":
        hint = "A weight belongs to an assistant message, and to nothing else."
    else:
        hint = f"Remove it. Known here: {', '.join(allowed)}."
    return find(Code.UNKNOWN_KEY, message, path=path, hint=hint)


def _wrong_type(value: object, kinds: Iterable[types.Type], path: str) -> Finding:
    wanted = " or ".join(dict.fromkeys(_word_for(kind) for kind in kinds))
    message = f"This is {_word_of(value)}, and must be {wanted}."
    quotable = "a text" in wanted and isinstance(value, bool | int | float)
    hint = "Put it into double quotes." if quotable else None
    return find(Code.WRONG_TYPE, message, path=path, hint=hint)


def _or(words: Iterable[str]) -> str:
    return " or ".join(quote(word) for word in words)


def _show(value: object) -> str:
    match value:
        case str():
            return quote(value)
        case None | bool() | int() | float():
            return json.dumps(value)[:40]
        case _:
            return _word_of(value)


def _word_of(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"


def _word_for(kind: types.Type) -> str:
    match kind:
        case types.NoneType():
            return "null"
        case types.BoolType():
            return "true or false"
        case types.StrType() | types.LiteralType():
            return "a text"
        case types.ListType():
            return "a list"
        case _:
            return "an object"


def _may_be_null(kind: types.Type) -> bool:
    return isinstance(kind, types.UnionType) and kind.includes_none
