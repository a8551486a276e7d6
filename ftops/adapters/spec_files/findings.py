"""pydantic's errors brought back to what was written: paths of keys, one finding a value."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from ftops.adapters.spec_files.document import Path

NO_ALTERNATIVE: Final = "no_alternative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One error; `union` is the path of a value that could be one of several things."""

    kind: str
    path: Path
    union: Path | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def findings_of(error: ValidationError, written: object) -> Iterator[Finding]:
    """Yield the findings, those of one union's alternatives reduced to the ones that help."""
    found = [_finding(one, written) for one in error.errors(include_url=False)]
    seen: set[Path] = set()
    for one in found:
        if one.union is None:
            yield one
        elif one.union not in seen:
            seen.add(one.union)
            yield from _of_union([each for each in found if each.union == one.union], one.union)


def value_at(written: object, path: Path) -> object:
    """Return the value at a path, or None where there is none."""
    for step in path:
        if not _has(written, step):
            return None
        written = written[step]  # type: ignore[index]  # `_has` saw the step
    return written


def _of_union(alternatives: Sequence[Finding], union: Path) -> Iterator[Finding]:
    # An alternative that looked inside the value took it for its own; the others are noise.
    inside = [one for one in alternatives if len(one.path) > len(union)]
    if inside:
        yield from inside
    else:
        yield Finding(kind=NO_ALTERNATIVE, path=union)


def _finding(error: Mapping[str, Any], written: object) -> Finding:
    path, union = _path_of(error["loc"], written, error["type"])
    return Finding(kind=error["type"], path=path, union=union, details=error.get("ctx", {}))


def _path_of(loc: Sequence[str | int], written: object, kind: str) -> tuple[Path, Path | None]:
    """Take pydantic's names of union alternatives out of a location."""
    path: Path = ()
    union: Path | None = None
    for position, step in enumerate(loc):
        within = value_at(written, path)
        is_absent_key = kind == "missing" and position == len(loc) - 1
        if is_absent_key or _has(within, step):
            path = (*path, step)
        elif union is None:
            union = path
    return path, union


def _has(within: object, step: str | int) -> bool:
    if isinstance(within, dict):
        return step in within
    return isinstance(within, list) and isinstance(step, int) and step < len(within)
