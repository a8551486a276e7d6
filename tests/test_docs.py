"""What the pages say is there: links, commands, keys, routes, variables, examples that parse."""

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from pydantic import BaseModel

from ftops.adapters.lock_files.lock_shape import LockShape
from ftops.adapters.lock_files.lock_text import lock_from_text, lock_to_text
from ftops.adapters.spec_files.around import Around
from ftops.adapters.spec_files.source import SpecFiles, read_project
from ftops.adapters.spec_files.written.project import GitLease, Limits, Project, Target
from ftops.adapters.spec_files.written.selection import Filter, SampleRows, SampleShare
from ftops.adapters.spec_files.written.spec import (
    Dataset,
    FineTuneSpec,
    Hyperparameters,
    Split,
    Wandb,
)
from ftops.cli.main import cli
from ftops.trainer.api.operations import ENDPOINTS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
# `make docs` writes the one, and test_architecture demands it; the other is long with examples.
COMMANDS_PAGE, JSON_PAGE = DOCS / "reference/commands.md", DOCS / "reference/json.md"
PAGES = sorted({ROOT / "README.md", *DOCS.rglob("*.md")})
HAND_WRITTEN = [
    page for page in PAGES if page.is_relative_to(DOCS) and page not in {COMMANDS_PAGE, JSON_PAGE}
]
LONGEST_PAGE = 150

FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
INLINE = re.compile(r"`(?P<code>ftops [^`\n]+)`")
SHELLS = {"console", "sh", "bash"}
SETTING = re.compile(r"[A-Z_]+=\S*")

PROJECT = """
project: pages
targets:
  azure: {kind: azure, base_url: https://example.invalid/v1, api_key: "${KEY}"}
template_env: [RELEASE]
"""


def shown(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """Return the fragments GitHub would make of a page's headings, and those it names itself."""
    text = text_of(page)
    found = set(re.findall(r'<a id="([^"]+)">', text))
    for title in re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", title.lower())
        found.add(plain.strip().replace(" ", "-"))
    return found


def links() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for found in LINK.finditer(FENCE.sub("", text_of(page))):
            if not re.match(r"[a-z]+:", found["target"]):
                yield page, found["target"]


@pytest.mark.parametrize(
    ("page", "target"),
    [pytest.param(page, target, id=f"{shown(page)} to {target}") for page, target in links()],
)
def test_a_link_leads_somewhere(page: Path, target: str) -> None:
    path, _, fragment = target.partition("#")
    there = (page.parent / path).resolve() if path else page
    assert there.exists() or there == COMMANDS_PAGE
    assert not fragment or fragment in anchors(there)


@pytest.mark.parametrize("page", HAND_WRITTEN, ids=shown)
def test_a_page_stays_readable(page: Path) -> None:
    assert len(text_of(page).splitlines()) <= LONGEST_PAGE


@pytest.mark.parametrize("page", HAND_WRITTEN, ids=shown)
def test_a_page_can_be_found_from_the_readme(page: Path) -> None:
    reached: set[Path] = set()
    todo = [ROOT / "README.md"]
    while todo:
        here = todo.pop()
        if here.suffix == ".md" and here not in reached:
            reached.add(here)
            todo += [
                (here.parent / target.partition("#")[0]).resolve()
                for source, target in links()
                if source == here and not target.startswith("#")
            ]
    assert page in reached


def fenced_commands(page: Path) -> Iterator[str]:
    """Yield every `ftops …` of a page's shell blocks, one for each part of a pipe or a chain."""
    for block in FENCE.finditer(text_of(page)):
        if block["info"].partition(" ")[0] not in SHELLS:
            continue
        prompts = [line for line in block["body"].splitlines() if line.startswith("$ ")]
        for line in prompts or block["body"].splitlines():
            words = [re.sub(SETTING, "", part).strip() for part in re.split(r"&&|[|;>]", line)]
            yield from (
                part for each in words if (part := each.removeprefix("$ ")) and is_ours(part)
            )


def is_ours(line: str) -> bool:
    return line.startswith("ftops ")


def commands() -> Iterator[tuple[Path, str, bool]]:
    """Yield page, command, and whether it stands there whole and not as a mention in a sentence."""
    for page in PAGES:
        yield from ((page, line, True) for line in fenced_commands(page))
        for found in INLINE.finditer(FENCE.sub("", text_of(page))):
            yield page, found["code"], False


def check_command(command: click.Command, context: click.Context, words: list[str]) -> None:
    """Raise click's UsageError if the words are none of the command's options and arguments."""
    given, rest, _ = command.make_parser(context).parse_args(list(words))
    for parameter in command.params:
        value = given.get(parameter.name or "")
        if isinstance(parameter.type, click.Choice) and isinstance(value, str):
            parameter.type_cast_value(context, value)
    if not isinstance(command, click.Group):
        if rest:
            raise click.UsageError(f"left over: {rest}")
        check_complete(command, context, given)
        return
    if rest:
        name, below, remaining = command.resolve_command(context, rest)
        assert below is not None
        inner = click.Context(below, info_name=name, parent=context, obj=context.obj)
        check_command(below, inner, remaining)


def check_complete(
    command: click.Command, context: click.Context, given: dict[str, object]
) -> None:
    missing = [
        one.name
        for one in command.params
        if one.required
        and ((value := given.get(one.name or "")) is None or one.value_is_missing(value))
    ]
    if context.obj and missing:
        raise click.UsageError(f"missing: {missing}")


def check_line(line: str, *, whole: bool) -> None:
    check_command(cli, click.Context(cli, info_name="ftops", obj=whole), shlex.split(line)[1:])


@pytest.mark.parametrize(
    ("line", "whole"),
    [pytest.param(line, whole, id=f"{shown(page)}: {line}") for page, line, whole in commands()],
)
def test_a_command_exists_with_its_options(line: str, whole: bool) -> None:  # noqa: FBT001 - a table's column
    check_line(line, whole=whole)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("ftops deploy", id="no such command"),
        pytest.param("ftops plan --force", id="no such option"),
        pytest.param("ftops init a b", id="too many arguments"),
        pytest.param("ftops history", id="too few arguments"),
        pytest.param("ftops plan -o yaml", id="no such format"),
        pytest.param("ftops local restart", id="no such command below a group"),
    ],
)
def test_a_wrong_command_would_be_found(line: str) -> None:
    with pytest.raises(click.UsageError):
        check_line(line, whole=True)


def blocks(info: str) -> dict[str, str]:
    """Return the fenced blocks marked so, by where they stand."""
    return {
        f"{shown(page)}, block {number}": found["body"]
        for page in PAGES
        for number, found in enumerate(FENCE.finditer(text_of(page)), start=1)
        if found["info"] == info
    }


SPECS, PROJECTS, LOCKS = blocks("yaml spec"), blocks("yaml project"), blocks("yaml lock")


def test_there_are_examples() -> None:
    assert min(len(SPECS), len(PROJECTS), len(LOCKS)) >= 1


@pytest.mark.parametrize("body", SPECS.values(), ids=SPECS)
def test_an_example_of_a_spec_is_one(body: str, tmp_path: Path) -> None:
    (tmp_path / "ftops.yaml").write_text(PROJECT, encoding="utf-8")
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/example.yaml").write_text(body, encoding="utf-8")
    source = SpecFiles(
        tmp_path,
        read_project(tmp_path),
        Around(
            git=lambda: {"sha": "0" * 40, "short_sha": "0" * 7},
            environment={},
            now=lambda: datetime(2026, 11, 22, tzinfo=UTC),
        ),
    )
    assert len(source.specs()) == 1


@pytest.mark.parametrize("body", PROJECTS.values(), ids=PROJECTS)
def test_an_example_of_a_project_is_one(body: str, tmp_path: Path) -> None:
    (tmp_path / "ftops.yaml").write_text(body, encoding="utf-8")
    assert read_project(tmp_path).project


@pytest.mark.parametrize("body", LOCKS.values(), ids=LOCKS)
def test_an_example_of_a_lock_is_what_would_be_written(body: str) -> None:
    assert lock_to_text(lock_from_text(body, "example")) == body


@pytest.mark.parametrize(
    ("page", "model", "prefix"),
    [
        pytest.param("specs.md", Project, "", id="ftops.yaml"),
        pytest.param("specs.md", Limits, "limits.", id="limits"),
        pytest.param("specs.md", Target, "", id="targets"),
        pytest.param("../how-to/machines.md", GitLease, "lease.git.", id="the lease"),
        pytest.param("specs.md", FineTuneSpec, "", id="a spec"),
        pytest.param("specs.md", Hyperparameters, "", id="hyperparameters"),
        pytest.param("specs.md", Dataset, "dataset.", id="datasets"),
        pytest.param("locks.md", LockShape, "", id="locks"),
    ],
)
def test_the_reference_explains_every_key(page: str, model: type[BaseModel], prefix: str) -> None:
    explained = set(re.findall(r"`([\w.]+)`", first_columns(DOCS / "reference" / page)))
    keys = {f"{prefix}{field.alias or name}" for name, field in model.model_fields.items()}
    parts = {"targets", "limits", "prices", "dataset"}
    assert keys - explained <= parts
    assert all(any(one.startswith(f"{part}.") for one in explained) for part in keys & parts)


def first_columns(page: Path) -> str:
    """Return the first cell of every row of the page's tables."""
    rows = re.findall(r"^\|([^|]*)\|", FENCE.sub("", text_of(page)), re.MULTILINE)
    return "\n".join(rows)


@pytest.mark.parametrize("model", [Split, Wandb], ids=lambda model: model.__name__)
def test_the_reference_names_the_keys_inside(model: type[BaseModel]) -> None:
    text = text_of(DOCS / "reference/specs.md")
    assert all(re.search(rf"\b{name}\b", text) for name in model.model_fields)


@pytest.mark.parametrize(
    ("model", "prefix"),
    [
        pytest.param(Filter, "filter.", id="filter"),
        pytest.param(SampleRows, "sample.", id="sample by number"),
        pytest.param(SampleShare, "sample.", id="sample by share"),
    ],
)
def test_the_page_on_data_explains_how_rows_are_chosen(model: type[BaseModel], prefix: str) -> None:
    explained = set(re.findall(r"`([\w.]+)`", first_columns(DOCS / "how-to/data.md")))
    assert {f"{prefix}{name}" for name in model.model_fields} <= explained


def test_the_reference_lists_the_routes_there_are() -> None:
    page = text_of(DOCS / "reference/training-server.md")
    answered = {f"{endpoint.method} /v1{endpoint.path}" for endpoint in ENDPOINTS}
    assert set(re.findall(r"`([A-Z]+ /v1[^`]*)`", page)) == answered


def variables_read() -> set[str]:
    """Return the variables that the code asks its environment for."""
    asked = re.compile(
        r"""(?:environment\.(?:get|number)\(\s*|names = \(|KEY: Final = )"([A-Z_]+)\""""
    )
    code = "\n".join(text_of(path) for path in (ROOT / "ftops").rglob("*.py"))
    return set(asked.findall(code))


def test_the_reference_explains_every_variable() -> None:
    page = text_of(DOCS / "reference/environment.md")
    read = variables_read()
    assert {"FTOPS_TARGET", "FTOPS_SETTLE_SECONDS", "OPENAI_API_KEY", "NO_COLOR"} <= read
    assert {name for name in read if f"`{name}`" not in page} == set()
