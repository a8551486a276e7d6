"""Write what is made from the code: the commands' page, the JSON Schemas, the README's help."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click

from ftops.adapters.spec_files.schema import json_schema
from ftops.cli.main import cli
from ftops.dataset.finding import MEANINGS, PRIVACY, QUALITY, WARNINGS, Code

REFERENCE = Path(__file__).parent / "reference"
README = Path(__file__).parent.parent / "README.md"
HELP_BLOCK = re.compile(r"(?<=<!-- help -->\n```\n).*?(?=```\n<!-- /help -->)", re.DOTALL)
WIDTH = 88


def pages() -> dict[Path, str]:
    """Return every generated page's text by its path."""
    return {
        REFERENCE / "commands.md": commands_page(),
        REFERENCE / "findings.md": findings_page(),
        REFERENCE / "ftops.spec.schema.json": schema_page("spec"),
        REFERENCE / "ftops.project.schema.json": schema_page("project"),
        README: readme(),
    }


def readme() -> str:
    """Return the README with the help block as it is now."""
    help_text = cli.get_help(context(cli, "ftops", width=78))
    return HELP_BLOCK.sub(lambda _: help_text + "\n", README.read_text(encoding="utf-8"))


def schema_page(what: str) -> str:
    """Return a JSON Schema as it is committed."""
    schema = json_schema("spec" if what == "spec" else "project")
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


FINDINGS = """\
# Findings in datasets

Made from the program's own table by `make docs`. A code keeps its meaning for ever.

`ftops validate` shows the first three findings of a code in each file, with the line, the column,
a piece of the line and what to do; `--all` shows every one. `-o json` ([shape](json.md#problems)),
`-o sarif` (SARIF 2.1.0, for code scanning) and `-o github` (remarks beside the lines of a pull
request, ten at most) are for programs. Of each severity 10,000 findings of a dataset are kept, of
each kind of private value 5,000; how many more there are is told.

An error keeps a spec from training; a warning does not. `messages[1].content` is the content of the
second message.
"""


def findings_page() -> str:
    """Return every code of a finding with its severity and its meaning."""
    structure = [code for code in Code if code not in QUALITY | PRIVACY]
    quality, privacy = ([code for code in Code if code in group] for group in (QUALITY, PRIVACY))
    parts = [
        FINDINGS,
        codes("## Structure: what is legal", structure),
        codes("## Quality: what is legal but unwise", quality),
        codes("## Privacy: personal data and secrets", privacy),
        "A spec's `privacy` decides which of these block or warn; shown is the default.\n",
    ]
    return "\n".join(parts)


def codes(title: str, listed: list[Code]) -> str:
    """Return codes as a table under their title."""
    rows = [
        f"| {code} | {'warning' if code in WARNINGS else 'error'} | {MEANINGS[code]} |"
        for code in listed
    ]
    return "\n".join([f"{title}\n", "| code | severity | meaning |", "|---|---|---|", *rows, ""])


def commands_page() -> str:
    """Return the help of every command."""
    root = context(cli, "ftops")
    parts = [
        "# Commands\n",
        "Made from the commands' own help by `make docs`.\n",
        section("## ftops", cli.get_help(root)),
    ]
    for name in cli.list_commands(root):
        command = cli.get_command(root, name)
        if command is not None:
            parts += sections(command, name, root, "##")
    return "\n".join(parts)


def sections(command: click.Command, name: str, above: click.Context, mark: str) -> Iterator[str]:
    """Yield the sections of a command and of those below it."""
    here = context(command, name, above)
    yield section(f"{mark} {here.command_path}", command.get_help(here))
    if isinstance(command, click.Group):
        for below in command.list_commands(here):
            inner = command.get_command(here, below)
            if inner is not None:
                yield from sections(inner, below, here, mark + "#")


def context(
    command: click.Command, name: str, above: click.Context | None = None, *, width: int = WIDTH
) -> click.Context:
    """Return a command's context as a terminal of that width would make it."""
    settings = {**cli.context_settings, "terminal_width": width, "max_content_width": width}
    return click.Context(command, info_name=name, parent=above, **settings)


def section(title: str, text: str) -> str:
    """Return one command's help under its title."""
    return f"{title}\n\n```text\n{text}\n```\n"


if __name__ == "__main__":
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
