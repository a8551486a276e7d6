"""Why a JSON value is not of a struct's shape, told from the struct's own types.

The types of `formats` are the only source: what the fast path decodes and what is explained here
cannot drift apart. Each type is looked at once, and what becomes of it explains values: in a wrong
row there are many more of them that are right.
"""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import inspect as types

from ftops.dataset.explaining.difference import (
    did_you_mean,
    join_by_or,
    say_missing,
    say_not_among,
    say_null,
    say_unknown,
    say_wrong_type,
    say_wrong_weight,
    word_for,
    word_of,
)
from ftops.dataset.explaining.parse import join, quote
from ftops.dataset.finding import Code, Finding, find
from ftops.dataset.formats import OnlyTextPart, Tool, ToolCall

Explain = Callable[[object, str], Sequence[Finding]]
"""Returns every difference between the value at a path and its type."""

ExplainList = Callable[[list[object], str], Sequence[Finding]]

_NOT_AT_ONCE: Final = (KeyError, TypeError, msgspec.ValidationError, UnicodeEncodeError)
"""What a member raises that does not say which struct it is, or is none."""

_FLAT: Final[Mapping[type, str]] = {
    Tool: 'Write {"type": "function", "function": {"name": …, "parameters": {…}}}.',
    ToolCall: 'Write {"id": …, "type": "function", "function": {"name": …, "arguments": …}}.',
}
"""How to write what other interfaces have without the object within."""

_TAG: Final = {"role": Code.WRONG_ROLE, "type": Code.WRONG_PART}


def explain_by(kind: types.Type) -> Explain:
    """Return what explains values that are to be of the type."""
    match kind:
        case types.UnionType():
            return _explain_by_union(kind)
        case types.StructType():
            return _explain_by_struct(kind)
        case types.ListType():
            return _explain_by_list(kind)
        case types.StrType():
            return _explain_by_text(kind)
        case types.LiteralType():
            return _explain_by_literal(kind)
        case _:
            return _explain_by_word(word_for(kind))


def _explain_by_union(kind: types.UnionType) -> Explain:
    wanted = " or ".join(dict.fromkeys(map(word_for, kind.types)))
    by_word = {word_for(member): explain_by(member) for member in reversed(kind.types)}
    structs = _structs_of(kind)
    if structs:
        by_word["an object"] = _explain_by_tag(structs)

    def explain(value: object, path: str) -> Sequence[Finding]:
        explain_member = by_word.get(word_of(value))
        if explain_member is None:
            return [say_wrong_type(value, wanted, path)]
        return explain_member(value, path)

    return explain


def _explain_by_tag(structs: Sequence[types.StructType]) -> Explain:
    field = structs[0].tag_field or ""
    tags = tuple(str(struct.tag) for struct in structs)
    hint = f'Say which one it is: "{field}": {join_by_or(tags)}.'
    by_tag = dict(zip(tags, map(_explain_by_struct, structs), strict=True))

    def explain(value: object, path: str) -> Sequence[Finding]:
        if not isinstance(value, dict) or field not in value:
            return [
                say_missing(field, join(path, field), _hint_for_tag(value, field, tags) or hint)
            ]
        tag = value[field]
        meant = did_you_mean(tag, tags) if isinstance(tag, str) else None
        findings: list[Finding] = []
        if meant != tag or meant is None:
            findings.append(say_not_among(tag, tags, join(path, field), _TAG[field]))
        # The other keys of a wrong part are right for the part that it wants to be.
        if meant is not None and (meant == tag or field == "role"):
            findings += by_tag[meant](value, path)
        return findings

    return explain


def _explain_by_struct(kind: types.StructType) -> Explain:
    members = [
        (field.encode_name, _explain_by_field(field), field.required) for field in kind.fields
    ]
    known = _known_keys(kind)

    def explain(value: object, path: str) -> Sequence[Finding]:
        if not isinstance(value, dict):
            return [say_wrong_type(value, "an object", path)]
        findings: list[Finding] = []
        for name, explain_member, required in members:
            if name in value:
                findings += explain_member(value[name], f"{path}.{name}" if path else name)
            elif required:
                findings.append(say_missing(name, join(path, name)))
        if known is not None and not value.keys() <= known.keys():
            strange = [key for key in value if key not in known]
            findings += [say_unknown(key, known, join(path, key)) for key in strange]
        return findings

    if kind.cls is OnlyTextPart:
        return _explain_only_text(explain)
    hint = _FLAT.get(kind.cls)
    return explain if hint is None else _explain_unless_flat(explain, hint)


def _known_keys(kind: types.StructType) -> Mapping[str, None] | None:
    """Return all that may stand in the struct, in order, unless anything may."""
    if not kind.forbid_unknown_fields:
        return None
    tags = [kind.tag_field] if kind.tag_field else []
    return dict.fromkeys([*tags, *(field.encode_name for field in kind.fields)])


def _explain_only_text(explain_part: Explain) -> Explain:
    def explain(value: object, path: str) -> Sequence[Finding]:
        if isinstance(value, dict) and value.get("type", "text") != "text":
            # Its other keys are right for the part that it wants to be.
            return [say_not_among(value["type"], ("text",), join(path, "type"), Code.WRONG_PART)]
        return explain_part(value, path)

    return explain


def _explain_unless_flat(explain_whole: Explain, hint: str) -> Explain:
    def explain(value: object, path: str) -> Sequence[Finding]:
        if not isinstance(value, dict) or "function" in value:
            return explain_whole(value, path)
        kind = value.get("type", "function")
        if kind != "function":
            return [say_not_among(kind, ("function",), join(path, "type"), Code.WRONG_VALUE)]
        # Its other keys are mostly right, one level deeper.
        return [say_missing("function", join(path, "function"), hint)]

    return explain


def _hint_for_tag(value: object, field: str, tags: tuple[str, ...]) -> str | None:
    """Return what to write if the only key is what the tag should say."""
    tag = next(iter(value)) if isinstance(value, dict) and len(value) == 1 else None
    if tag not in tags:
        return None
    return (
        f'Write {{"role": "{tag}", "content": …}}.' if field == "role" else f'Add "type": "{tag}".'
    )


def _explain_by_field(field: types.Field) -> Explain:
    if field.encode_name == "weight":
        return _explain_weight
    explain_value, name = explain_by(field.type), field.encode_name
    if not field.required or _may_be_null(field.type):
        return explain_value

    def explain(value: object, path: str) -> Sequence[Finding]:
        return [say_null(name, path)] if value is None else explain_value(value, path)

    return explain


def _explain_weight(value: object, path: str) -> Sequence[Finding]:
    # `True` and `1.0` equal 1 in Python, but are no such number in JSON.
    right = type(value) is int and value in {0, 1}
    return () if right else [say_wrong_weight(value, path)]


def _explain_by_list(kind: types.ListType) -> Explain:
    explain_length = _explain_by_length(kind.min_length or 0, kind.max_length or sys.maxsize)
    explain_members = _explain_by_members(kind.item_type)

    def explain(value: object, path: str) -> Sequence[Finding]:
        if not isinstance(value, list):
            return [say_wrong_type(value, "a list", path)]
        return [*explain_length(value, path), *explain_members(value, path)]

    return explain


def _explain_by_length(shortest: int, longest: int) -> ExplainList:
    def explain(value: list[object], path: str) -> Sequence[Finding]:
        if shortest <= len(value) <= longest:
            return ()
        if len(value) > longest:
            message = f"The list has {len(value)} elements, and at most {longest} are allowed."
            return [find(Code.WRONG_VALUE, message, path=path)]
        code = Code.NO_MESSAGES if path.endswith("messages") else Code.WRONG_VALUE
        hint = "Put at least one element into it."
        return [find(code, "The list is empty.", path=path, hint=hint)]

    return explain


def _explain_by_members(kind: types.Type) -> ExplainList:
    structs = _structs_of(kind)
    field = next((struct.tag_field or "" for struct in structs), "")
    by_tag: Mapping[object, type] = {struct.tag: struct.cls for struct in structs}
    explain_member = explain_by(kind)

    def explain(value: list[object], path: str) -> Sequence[Finding]:
        findings: list[Finding] = []
        for index, member in enumerate(value):
            try:
                # Of a wrong row nearly all messages are right, and the decoder is quick to say so.
                msgspec.convert(member, by_tag[member[field]])  # type: ignore[index]  # caught
            except _NOT_AT_ONCE:
                findings += explain_member(member, f"{path}[{index}]")
        return findings

    return explain


def _structs_of(kind: types.Type) -> Sequence[types.StructType]:
    """Return the structs of a union that are told apart by their tags."""
    members = kind.types if isinstance(kind, types.UnionType) else ()
    structs = [member for member in members if isinstance(member, types.StructType)]
    return [struct for struct in structs if struct.tag_field]


def _explain_by_text(kind: types.StrType) -> Explain:
    matches = None if kind.pattern is None else re.compile(kind.pattern).search

    def explain(value: object, path: str) -> Sequence[Finding]:
        if not isinstance(value, str):
            return [say_wrong_type(value, "a text", path)]
        if matches is None or matches(value):
            return ()
        message = f"{quote(value)} is no function name."
        hint = "Use 1 to 64 letters (a-z, A-Z), digits, underscores and dashes."
        return [find(Code.WRONG_VALUE, message, path=path, hint=hint)]

    return explain


def _explain_by_literal(kind: types.LiteralType) -> Explain:
    allowed = tuple(str(word) for word in kind.values)

    def explain(value: object, path: str) -> Sequence[Finding]:
        right = value in allowed
        return () if right else [say_not_among(value, allowed, path, Code.WRONG_VALUE)]

    return explain


def _explain_by_word(wanted: str) -> Explain:
    def explain(value: object, path: str) -> Sequence[Finding]:
        return () if word_of(value) == wanted else [say_wrong_type(value, wanted, path)]

    return explain


def _may_be_null(kind: types.Type) -> bool:
    return isinstance(kind, types.UnionType) and kind.includes_none
