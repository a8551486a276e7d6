"""A lock as text, and back: damage is told with its line and never guessed away."""

import re
from typing import Final

from pydantic import ValidationError

from ftops.adapters.lock_files.damage import unreadable
from ftops.adapters.lock_files.lock_shape import lock_from_plain
from ftops.adapters.lock_files.yaml_text import YamlError, read_mapping, write_mapping
from ftops.core.lock import LOCK_SCHEMA, Lock
from ftops.errors import LockTooNew

HEADER: Final = "# Written by ftops. Commit it; do not edit it.\n"

_BYTE_ORDER_MARK: Final = "\ufeff"
_CONFLICT: Final = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?: |$)", re.MULTILINE)
_MOMENTS: Final = frozenset({"created_at", "finished_at"})


def lock_to_text(lock: Lock) -> str:
    """Return the file's content: the same lock gives the same bytes."""
    return HEADER + write_mapping(lock.to_plain(), _MOMENTS)


def lock_from_text(text: str, where: str) -> Lock:
    """Return the lock that the text is; LockUnreadable or LockTooNew, naming `where`."""
    found = _damage(text)
    if found is not None:
        raise unreadable(where, *found)
    try:
        read = read_mapping(text)
    except YamlError as error:
        raise unreadable(where, error.message, error.line) from error
    schema = read.content.get("schema")
    # True equals 1 for Python, and so does 1.0.
    if type(schema) is not int:
        raise unreadable(where, "schema: it is no whole number", read.lines.get("schema"))
    if schema > LOCK_SCHEMA:
        raise LockTooNew(
            f"{where}: a newer ftops wrote it (schema {schema}; this one reads {LOCK_SCHEMA})",
            hint="upgrade ftops to the version your team uses",
        )
    try:
        return lock_from_plain(read.content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        message = f"{key}: {first['msg'][:1].lower()}{first['msg'][1:]}"
        raise unreadable(where, message, read.lines.get(key)) from error


def _damage(text: str) -> tuple[str, int] | None:
    """Return what no YAML parser tells plainly, if it is there."""
    if not text:
        return "it is empty", 1
    if "\0" in text:
        return "it has NUL bytes", _line_of(text, text.index("\0"))
    if text.startswith(_BYTE_ORDER_MARK):
        return "it starts with a byte order mark", 1
    if "\r" in text:
        return "its lines end in CR LF (does git convert them?)", _line_of(text, text.index("\r"))
    conflict = _CONFLICT.search(text)
    if conflict is not None:
        return "it has the marks of a merge conflict", _line_of(text, conflict.start())
    if not text.endswith("\n"):
        return "its last line is cut off", _line_of(text, len(text))
    return None


def _line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
