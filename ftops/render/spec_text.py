"""The YAML of a new spec."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def spec_text(fields: Mapping[str, Any]) -> str:
    """Return a spec: block style for its mappings, JSON for everything inside."""
    lines = []
    for key, value in fields.items():
        if isinstance(value, Mapping):
            lines.append(f"{key}:")
            lines += [f"  {_scalar(inner)}: {_scalar(below)}" for inner, below in value.items()]
        else:
            lines.append(f"{key}: {_scalar(value)}")
    return "\n".join(lines) + "\n"


def _scalar(value: object) -> str:
    """Return the value as YAML: plain where that cannot be misread, else JSON, which is YAML."""
    if isinstance(value, str) and PLAIN.fullmatch(value) and value.lower() not in WORDS:
        return value
    return json.dumps(value, ensure_ascii=True)
