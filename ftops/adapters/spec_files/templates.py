"""Templates in suffixes and metadata, rendered in another process, where they can be cut."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from ftops.adapters.spec_files.text import has_control, shown
from ftops.errors import FtopsError

MAX_TEMPLATE: Final = 4096
CHANGING_NAMES: Final = frozenset({"git", "now"})
"""What gives another text with another commit or another day."""

_MARKERS: Final = ("{{", "{%", "{#")
_WALL_SECONDS: Final = 30
_WIDEST_MESSAGE: Final = 200
_MOST_DEATHS: Final = 3
_START: Final = (
    "import json, runpy, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "runpy.run_path(sys.argv[2], run_name='__main__')"
)
_CHILD: Final = Path(__file__).with_name("template_child.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One template; without the plain data of its spec it is only looked through."""

    text: str
    spec: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What templates see beside the spec; `open_variables` may be set or not."""

    git: Mapping[str, str]
    env: Mapping[str, str]
    open_variables: Sequence[str]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A template's text; `changes_by_itself` if another commit or day would give another."""

    text: str
    changes_by_itself: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a template has no text; `line` counts within the template, from 1."""

    message: str
    line: int = 1
    hint: str | None = None


def is_template(text: str) -> bool:
    """Say whether there is anything to render."""
    return any(marker in text for marker in _MARKERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How templates are run: by which interpreter, and for how long all of them together."""

    python: str = sys.executable
    seconds: float = _WALL_SECONDS


def render(
    tasks: Sequence[Task], outside: Outside, bounds: Bounds | None = None
) -> tuple[Rendered | Fault, ...]:
    """Render all templates in one other process, one more for each that had to be killed."""
    done: list[Rendered | Fault] = []
    for _ in range(_MOST_DEATHS):
        if len(done) == len(tasks):
            break
        done.extend(_run(tasks[len(done) :], outside, bounds or Bounds()))
        if len(done) < len(tasks):
            done.append(Fault(message="takes too long or too much memory", hint="make it simpler"))
    not_tried = Fault(message="was not tried: others take too long", hint="mend those first")
    return (*done, *[not_tried] * (len(tasks) - len(done)))


def _run(tasks: Sequence[Task], outside: Outside, bounds: Bounds) -> list[Rendered | Fault]:
    request = {
        "now": outside.now.isoformat(),
        "git": dict(outside.git),
        "env": dict(outside.env),
        "open": list(outside.open_variables),
        "templates": [{"text": task.text, "spec": task.spec} for task in tasks],
    }
    search = [entry for entry in sys.path if Path(entry).is_absolute()]
    start = [
        bounds.python,
        "-I",
        "-S",
        "-X",
        "utf8",
        "-c",
        _START,
        json.dumps(search),
        str(_CHILD),
    ]
    try:
        # The child gets no environment: a template that broke out would find no key there.
        ended = subprocess.run(  # noqa: S603  (our own interpreter and our own code)
            start,
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=bounds.seconds,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired as late:
        return _outcomes(late.stdout or b"")
    except OSError as error:
        raise _cannot_render(str(error)) from error
    if ended.returncode > 0 and b"MemoryError" not in ended.stderr:
        raise _cannot_render(ended.stderr.decode(errors="replace").strip().rpartition("\n")[2])
    return _outcomes(ended.stdout)


def _cannot_render(why: str) -> FtopsError:
    hint = "is jinja2 installed beside ftops? Specs without templates need it not"
    return FtopsError(f"templates cannot be rendered: {shown(why, _WIDEST_MESSAGE)}", hint=hint)


def _outcomes(said: bytes) -> list[Rendered | Fault]:
    # The last line of a process that was killed may be torn.
    return [_outcome(line) for line in said.splitlines(keepends=True) if line.endswith(b"\n")]


def _outcome(line: bytes) -> Rendered | Fault:
    answer = json.loads(line)
    if "error" in answer:
        hint = answer.get("hint")
        return Fault(
            message=shown(answer["error"], _WIDEST_MESSAGE), line=answer.get("line") or 1, hint=hint
        )
    text = answer["text"] or ""
    if has_control(text):
        return Fault(message="makes characters that are no text", hint="remove the escape")
    return Rendered(text=text, changes_by_itself=not CHANGING_NAMES.isdisjoint(answer["names"]))
