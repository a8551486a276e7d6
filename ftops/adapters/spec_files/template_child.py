"""Looks through and renders templates in a process of its own, which may be killed."""

import json
import resource
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from time import process_time
from types import TracebackType
from typing import IO, Any, Final

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

MAX_RANGE: Final = 1000
MAX_OUTPUT: Final = 4096
CPU_SECONDS: Final = 2
MEMORY_BYTES: Final = 512 * 1024 * 1024

NAMES: Final = ("spec", "git", "env", "now")

Answer = dict[str, Any]
Limit = Callable[[int, int], None]


class _FaultError(Exception):
    """A template that is wrong before it runs."""

    def __init__(self, message: str, line: int, hint: str) -> None:
        super().__init__(message)
        self.answer = {"error": message, "line": line, "hint": hint}


def answers(request: Mapping[str, Any], limit: Limit) -> Iterator[Answer]:
    """Yield for each template the names it uses and its text, or what is wrong with it.

    A template whose spec is null is only looked through.
    """
    sandbox = _sandbox()
    outside = {
        "git": request["git"],
        "env": request["env"],
        "now": datetime.fromisoformat(request["now"]),
    }
    for one in request["templates"]:
        limit(resource.RLIMIT_CPU, int(process_time()) + CPU_SECONDS)
        variables = None if one["spec"] is None else {"spec": one["spec"], **outside}
        yield _answer(sandbox, one["text"], variables, request["open"])


def main(requests: IO[str], replies: IO[str], limit: Limit) -> None:
    """Answer one request, one line a template."""
    request = json.load(requests)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_AS, MEMORY_BYTES)
    for answer in answers(request, limit):
        # Should the next template be the end of this process, this one has been told of.
        replies.write(json.dumps(answer) + "\n")
        replies.flush()


def _sandbox() -> ImmutableSandboxedEnvironment:
    # No loader, nothing random; constants are not folded, since that would run while compiling.
    sandbox = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, keep_trailing_newline=True, optimized=False, autoescape=False
    )
    sandbox.globals.clear()
    sandbox.globals["range"] = _short_range
    del sandbox.filters["random"]
    return sandbox


def _answer(
    sandbox: ImmutableSandboxedEnvironment,
    text: str,
    variables: Mapping[str, Any] | None,
    open_variables: Collection[str],
) -> Answer:
    try:
        tree = sandbox.parse(text)
        names = _names(tree, open_variables)
        rendered = None if variables is None else _rendered(sandbox, tree, variables)
    except _FaultError as fault:
        return fault.answer
    except MemoryError:
        return {"error": "needs too much memory", "hint": "make it simpler"}
    except RecursionError:
        return {"error": "is nested too deeply", "hint": "make it simpler"}
    except TemplateSyntaxError as error:
        hint = "text that is no template is written between {% raw %} and {% endraw %}"
        return {"error": str(error.message), "line": error.lineno, "hint": hint}
    except UndefinedError as error:
        return _undefined(error, has_commit=bool(variables and variables["git"]))
    except TemplateError as error:
        return {"error": str(error.message), "line": _line(error.__traceback__)}
    except Exception as error:  # noqa: BLE001  (a template may call what raises anything)
        return {"error": str(error), "line": _line(error.__traceback__)}
    return {"names": sorted(names), "text": rendered}


def _names(tree: nodes.Template, open_variables: Collection[str]) -> set[str]:
    names = find_undeclared_variables(tree) - {"range"}
    for node in tree.find_all(nodes.Name):
        if node.name in names.difference(NAMES):
            hint = f"templates know {', '.join(NAMES)}"
            raise _FaultError(f"{node.name} is not defined", node.lineno, hint)
    for name, line in _environment_variables(tree):
        if name not in open_variables:
            hint = f"list {name} under template_env in ftops.yaml"
            raise _FaultError(f"the environment variable {name} is not open to it", line, hint)
    return names


def _environment_variables(tree: nodes.Template) -> Iterator[tuple[str, int]]:
    for attribute in tree.find_all(nodes.Getattr):
        if isinstance(attribute.node, nodes.Name) and attribute.node.name == "env":
            yield attribute.attr, attribute.lineno
    for entry in tree.find_all(nodes.Getitem):
        is_env = isinstance(entry.node, nodes.Name) and entry.node.name == "env"
        if is_env and isinstance(entry.arg, nodes.Const):
            yield str(entry.arg.value), entry.lineno


def _rendered(
    sandbox: ImmutableSandboxedEnvironment, tree: nodes.Template, variables: Mapping[str, Any]
) -> str:
    rendered = ""
    for piece in sandbox.from_string(tree).generate(variables):
        if len(rendered) + len(piece) > MAX_OUTPUT:
            raise ValueError(f"makes more than {MAX_OUTPUT} characters")
        rendered += piece
    return rendered


def _undefined(error: UndefinedError, *, has_commit: bool) -> Answer:
    missing = str(error.message).rpartition(" ")[2]
    hint = "write what to use instead: {{ … | default('none') }}"
    if not has_commit:
        hint = "outside a git repository with a commit there is no git.sha; " + hint
    message = f"there is no {missing} here"
    return {"error": message, "line": _line(error.__traceback__), "hint": hint}


def _line(traceback: TracebackType | None) -> int | None:
    line = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == "<template>":
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


def _short_range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > MAX_RANGE:
        raise ValueError(f"a range of {len(numbers)} numbers, where {MAX_RANGE} are allowed")
    return numbers


def limit_this_process(what: int, soft: int) -> None:
    """Lower one of the system's limits, where it has it; else the parent's clock remains."""
    with suppress(ValueError, OSError):
        resource.setrlimit(what, (soft, resource.getrlimit(what)[1]))


if __name__ == "__main__":
    main(sys.stdin, sys.stdout, limit_this_process)
