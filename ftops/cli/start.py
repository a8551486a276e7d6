"""`ftops init`, `ftops new` and `ftops completion`."""

import json
import os
import re
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import click

from ftops.cli.exits import Exit
from ftops.cli.session import Session, pass_session
from ftops.core.names import SPEC_NAME_PATTERN
from ftops.errors import FtopsError, SpecError
from ftops.render.spec_text import spec_text

SKELETON: Final = "skeleton"
PIPELINES: Final[Mapping[str, tuple[str, str]]] = {
    "github": ("github/ftops.yml", ".github/workflows/ftops.yml"),
    "gitlab": ("gitlab/.gitlab-ci.yml", ".gitlab-ci.yml"),
}
SCHEMA_FILE: Final = "ftops.schema.json"
SCHEMAS: Final = {SCHEMA_FILE: "spec", "ftops.project.schema.json": "project"}
FALLBACK_NAME: Final = "my-models"
_HINT_OF_DISK: Final = "free the disk or make the folder writable, then run the same command again"
SCHEMA_LINE: Final = f"# yaml-language-server: $schema=../{SCHEMA_FILE}"


@click.command(short_help="Make a new project that works at once.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option("--ci", type=click.Choice(sorted(PIPELINES)), help="Add a pipeline as well.")
@pass_session
def init(session: Session, folder: Path, ci: str | None) -> int:
    r"""Make a new project: ftops.yaml, one spec, a small dataset, .gitignore and editor schemas.

    Files that are there already are never touched.

    \b
    ftops init                       in this folder
    ftops init my-bot --ci github    in a new one, with a pipeline
    """
    if (folder / "ftops.yaml").exists():
        raise FtopsError(
            f"{folder / 'ftops.yaml'} is there already",
            hint="`ftops new NAME --model M --train F` adds a spec to a project",
        )
    written = _write_all(folder, _contents(folder, ci))
    for path in written:
        session.say(f"wrote {path}")
    step = "" if folder == Path() else f"cd {folder} && "
    session.say(f"\nnext: {step}ftops apply")
    return Exit.FINE


def _contents(folder: Path, ci: str | None) -> dict[str, str]:
    """Return what to write, by path below the folder."""
    from ftops.adapters.spec_files.schema import json_schema

    skeleton = files("ftops.cli") / SKELETON
    contents = {
        "ftops.yaml": _read(skeleton / "ftops.yaml").replace("@PROJECT@", _project_name(folder)),
        ".gitignore": _read(skeleton / "gitignore"),
    }
    for name in ("specs/support-bot.yaml", "datasets/support.train.jsonl"):
        contents[name] = _read(skeleton / name)
    contents["datasets/support.valid.jsonl"] = _read(skeleton / "datasets/support.valid.jsonl")
    for name, what in SCHEMAS.items():
        schema = json_schema("spec" if what == "spec" else "project")
        contents[name] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    if ci is not None:
        source, place = PIPELINES[ci]
        contents[place] = _read(skeleton / source)
    return contents


def _read(source: Traversable) -> str:
    return source.read_text(encoding="utf-8")


def _project_name(folder: Path) -> str:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", folder.resolve().name).strip("-._")
    return plain[:63] or FALLBACK_NAME


def _write_all(folder: Path, contents: Mapping[str, str]) -> list[Path]:
    """Write the files that are not there yet and return them; FtopsError if one cannot be."""
    from ftops.adapters.dataset_files.new_file import linked_when_whole, ordinary_permissions

    written, permissions = [], ordinary_permissions()
    for name, content in contents.items():
        path = folder / name
        if os.path.lexists(path):
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with linked_when_whole(path, permissions=permissions) as file:
                file.write(content.encode())
        except OSError as error:
            is_elsewhere = isinstance(error, NotADirectoryError)
            raise FtopsError(
                f"{path} cannot be written: {error.strerror}",
                hint="name another folder" if is_elsewhere else _HINT_OF_DISK,
            ) from error
        written.append(path)
    return written


@click.command(short_help="Write a new spec file.")
@click.argument("name")
@click.option("--model", required=True, help="The base model, or from:OTHER for another spec's.")
@click.option("--train", required=True, multiple=True, help="Training file or glob; repeatable.")
@click.option("--validation", multiple=True, help="Validation file or glob, or split:0.1.")
@click.option("--suffix", help="Part of the model's name.")
@click.option(
    "--method",
    type=click.Choice(["supervised", "dpo"]),
    default="supervised",
    show_default=True,
)
@click.option("--on", "target", metavar="TARGET", help="The target to declare in the spec.")
@pass_session
def new(session: Session, /, name: str, **options: Any) -> int:  # noqa: ANN401 - click's options
    r"""Write specs/NAME.yaml; a spec that would be wrong is not written.

    \b
    ftops new triage --model gpt-4.1-mini-2025-04-14 --train datasets/triage.jsonl
    ftops new tone --model from:triage --method dpo --train 'datasets/tone*.jsonl'
    """
    if not re.fullmatch(SPEC_NAME_PATTERN, name):
        raise click.UsageError(f"{name!r}: a name is 1 to 63 of a-z, 0-9 and -, not - first")
    from ftops.wiring.workplace import open_workplace

    workplace = session.workplace
    path = workplace.root / "specs" / f"{name}.yaml"
    if any(one.name == name for one in workplace.declared) or path.exists():
        raise FtopsError(f"a spec named {name} is there already", hint=f"edit {path}")
    path.parent.mkdir(exist_ok=True)
    text = spec_text({"name": name, **_fields(options)})
    if (workplace.root / SCHEMA_FILE).is_file():
        text = f"{SCHEMA_LINE}\n{text}"
    _write_all(workplace.root, {f"specs/{name}.yaml": text})
    try:
        _ = open_workplace(workplace.root, None).declared
    except SpecError:
        path.unlink()
        raise
    session.say(f"wrote specs/{name}.yaml; next: ftops validate {name}")
    return Exit.FINE


def _fields(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the spec's fields in the order they are written."""
    model = options["model"]
    upstream = model.removeprefix("from:") if model.startswith("from:") else None
    dataset: dict[str, Any] = {"train": _one_or_list(options["train"])}
    validation = options["validation"]
    if len(validation) == 1 and validation[0].startswith("split:"):
        dataset["validation"] = {"split": _share(validation[0].removeprefix("split:"))}
    elif validation:
        dataset["validation"] = _one_or_list(validation)
    fields = {
        "model": model if upstream is None else {"from": upstream},
        "suffix": options["suffix"],
        "target": options["target"],
        "method": options["method"],
        "dataset": dataset,
    }
    return {key: value for key, value in fields.items() if value is not None}


def _one_or_list(paths: tuple[str, ...]) -> str | list[str]:
    return paths[0] if len(paths) == 1 else list(paths)


def _share(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise click.UsageError(f"split:{text} is no share such as split:0.1") from error


@click.command(short_help="Print a shell's completion script.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> int:
    r"""Print the completion script of a shell; spec names are completed from disk.

    \b
    echo 'eval "$(ftops completion bash)"' >> ~/.bashrc
    """
    from click.shell_completion import BashComplete, FishComplete, ZshComplete

    shells = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}
    made = shells[shell](ctx.find_root().command, {}, "ftops", "_FTOPS_COMPLETE")
    click.echo(made.source())
    return Exit.FINE
