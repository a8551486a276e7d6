"""Keys that are written a little wrong, read as the ones that were meant and are not there.

That such a key is unknown says it all: that the right one is missing would be the same fault again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec
from msgspec import inspect as types

from ftops.dataset.explaining.difference import did_you_mean, meant_by, say_unknown
from ftops.dataset.explaining.parse import join
from ftops.dataset.finding import Code, Finding

SIGNS: Final = frozenset({Code.UNKNOWN_KEY, Code.MISSING_KEY})
"""What is said of the shape of a row that may have such a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misspelt:
    """A key: where the one that was meant would be, and where it is with the name as written."""

    path: str
    written: str
    required: bool
    finding: Finding


def read_as_meant(
    row: dict[str, object], kind: types.StructType
) -> tuple[dict[str, object], list[Misspelt]]:
    """Return a row of that type with the keys that were meant, and those that were misspelt."""
    found: list[Misspelt] = []
    return _read_object(row, [kind], "", found), found


def place_as_written(findings: Iterable[Finding], misspelt: Sequence[Misspelt]) -> list[Finding]:
    """Return what is to be told of a row as it was meant, at the places where it is written."""
    guessed = {one.path for one in misspelt if not one.required}
    return [
        replace(finding, path=_as_written(finding.path, misspelt))
        for finding in findings
        # A key that nothing needs may have been meant to be another one.
        if finding.code is not Code.WRONG_TYPE or finding.path not in guessed
    ]


def _as_written(path: str, misspelt: Sequence[Misspelt]) -> str:
    for one in reversed(misspelt):
        rest = path.removeprefix(one.path)
        if rest != path and rest[:1] in {"", ".", "["}:
            path = one.written + rest
    return path


def _read(value: object, kind: types.Type, path: str, found: list[Misspelt]) -> object:
    kinds = kind.types if isinstance(kind, types.UnionType) else (kind,)
    match value:
        case list():
            members = [one.item_type for one in kinds if isinstance(one, types.ListType)]
            return _read_list(value, members[0], path, found) if members else value
        case dict():
            structs = [one for one in kinds if isinstance(one, types.StructType)]
            return _read_object(value, structs, path, found) if structs else value
        case _:
            return value


def _read_list(
    value: list[object], kind: types.Type, path: str, found: list[Misspelt]
) -> list[object]:
    structs = [one for one in getattr(kind, "types", ()) if isinstance(one, types.StructType)]
    field = next((struct.tag_field or "" for struct in structs), "")
    by_tag: Mapping[object, type] = {struct.tag: struct.cls for struct in structs}
    read: list[object] = []
    for index, member in enumerate(value):
        try:
            # Most messages are right, and the decoder is quick to say so.
            msgspec.convert(member, by_tag[member[field]])  # type: ignore[index]  # caught
        except (KeyError, TypeError, msgspec.ValidationError, UnicodeEncodeError):
            read.append(_read(member, kind, join(path, index), found))
        else:
            read.append(member)
    return read


def _read_object(
    value: dict[str, object],
    structs: Sequence[types.StructType],
    path: str,
    found: list[Misspelt],
) -> dict[str, object]:
    field = structs[0].tag_field
    if field is not None and field not in value:
        known = {key: key == field for struct in structs for key in (field, *_fields_of(struct))}
        value = _rename(value, known, {field}, path, found)
    struct = _chosen(value, structs)
    if struct is None:
        return value
    fields = _fields_of(struct)
    known = {name: field.required for name, field in fields.items()}
    tag = {} if struct.tag_field is None else {struct.tag_field: True}
    # Anything may stand beside the keys of a row for graders.
    wanted = {name for name in known if struct.forbid_unknown_fields or known[name]}
    value = _rename(value, tag | known, wanted, path, found)
    return {
        name: _read(member, fields[name].type, join(path, name), found)
        if name in fields
        else member
        for name, member in value.items()
    }


def _chosen(
    value: Mapping[str, object], structs: Sequence[types.StructType]
) -> types.StructType | None:
    field = structs[0].tag_field
    if field is None:
        return structs[0]
    tag = value.get(field)
    by_tag = {str(struct.tag): struct for struct in structs}
    if not isinstance(tag, str):
        return None
    # The keys of a part of another type are those of another part.
    meant = did_you_mean(tag, by_tag) if field == "role" else tag
    return None if meant is None else by_tag.get(meant)


def _fields_of(struct: types.StructType) -> Mapping[str, types.Field]:
    return {field.encode_name: field for field in struct.fields}


def _rename(
    value: dict[str, object],
    known: Mapping[str, bool],
    wanted: set[str],
    path: str,
    found: list[Misspelt],
) -> dict[str, object]:
    """Return the object with the keys that were meant; `known` says which ones are required."""
    names: dict[str, str] = {}
    for key in value:
        meant = None if key in known else meant_by(key, known)
        if meant is not None and meant in wanted.difference(value, names.values()):
            names[key] = meant
    for key, meant in names.items():
        found.append(
            Misspelt(
                path=join(path, meant),
                written=join(path, key),
                required=known[meant],
                finding=say_unknown(key, known, join(path, meant)),
            )
        )
    return {names.get(key, key): member for key, member in value.items()}
