"""Values of the core as plain JSON data, spelled the same everywhere."""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

FORMAT_VERSION: Final = 1
"""Raised when a key changes its meaning or goes; new keys may come at any time."""


def document(content: Mapping[str, Any]) -> str:
    """Return a document of several lines; only ASCII, so that no terminal acts on its text."""
    return _dump(content, indent=2)


def json_line(content: Mapping[str, Any]) -> str:
    """Return a document on one line, for streams."""
    return _dump(content, indent=None)


def plain(value: Any) -> Any:  # noqa: ANN401 - any value the core holds
    """Return JSON data: times in UTC with a Z, and null for what is no finite number."""
    match value:
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        case date():
            return value.isoformat()
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {str(key): plain(one) for key, one in value.items()}
        case None | bool() | int() | str():
            return value
        case Sequence():
            return [plain(one) for one in value]
        case _:
            raise TypeError(f"{type(value).__name__} has no JSON form")


def _dump(content: Mapping[str, Any], *, indent: int | None) -> str:
    versioned = {"format_version": FORMAT_VERSION, **content}
    return json.dumps(plain(versioned), indent=indent, allow_nan=False)
