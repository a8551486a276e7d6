"""What changed between a lock's inputs and the declared ones, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_AUTO_WHEN_ABSENT: Final = "hyperparameters."


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field that differs; `None` means absent."""

    field: str
    old: Any
    new: Any


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return the fields that differ, by dotted name; an absent hyperparameter is `auto`."""
    before, after = _flat(old), _flat(new)
    found = []
    for name in sorted(before.keys() | after.keys()):
        absent = "auto" if name.startswith(_AUTO_WHEN_ABSENT) else None
        was, now = before.get(name, absent), after.get(name, absent)
        if was != now:
            found.append(Difference(field=name, old=was, new=now))
    return tuple(found)


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat
