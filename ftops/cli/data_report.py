"""`ftops data report`: figures, charts and findings of a dataset that need not belong to a spec."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

import click

from ftops.cli.exits import Exit
from ftops.cli.session import Session, pass_session
from ftops.errors import FtopsError
from ftops.version import __version__

if TYPE_CHECKING:
    from ftops.dataset.report import DataReport
    from ftops.ports import Readers

_WIDTH: Final = 100
_METHODS: Final = ("supervised", "dpo", "reinforcement")


@click.command(short_help="Figures, charts and findings of a dataset, also as a web page.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--validation", "-v", multiple=True, metavar="FILE", help="Rows held out; finds leaks."
)
@click.option("--method", type=click.Choice(_METHODS), help="Default: as the first row looks.")
@click.option("--model", help="Count tokens with this base model's vocabulary.")
@click.option(
    "-o",
    "--output",
    type=click.Choice(["text", "html", "json"]),
    default="text",
    show_default=True,
    help="How to write the report.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it there.")
@pass_session
def report(session: Session, /, files: Sequence[str], out: Path | None, **wishes: object) -> int:
    r"""Report on a dataset: figures, charts and findings. No project is needed, nor the network.

    It tells what a provider would refuse, what is unwise, and what is personal or secret.
    The page is one file that loads nothing and runs no script. It shows system prompts, labels and
    boilerplate, but no other text of the rows; private values are masked.

    \b
    ftops data report datasets/support.train.jsonl
    ftops data report train.jsonl --validation valid.jsonl -o html --out report.html
    """
    held_out, output = wishes["validation"], str(wishes["output"])
    validation = tuple(str(one) for one in held_out) if isinstance(held_out, tuple) else ()
    asked = {key: wishes[key] for key in ("method", "model")}
    with session.showing_reading():
        found = _make(tuple(files), validation, asked, session.readers)
    _write(session, found, output, out)
    return Exit.FINE


def _make(
    files: tuple[str, ...],
    validation: tuple[str, ...],
    asked: Mapping[str, object],
    readers: "Readers",
) -> "DataReport":
    from ftops.adapters.dataset_files.paths import PathRefusedError
    from ftops.adapters.dataset_files.report import Asked, read_report

    wishes = {key: str(value) for key, value in asked.items() if value is not None}
    try:
        return read_report(Path.cwd(), files, validation, Asked(**wishes), readers)
    except PathRefusedError as error:
        raise FtopsError(error.message, hint=error.hint) from error
    except OSError as error:
        raise FtopsError(f"the data cannot be read: {error.strerror}") from error


def _write(session: Session, found: "DataReport", output: str, out: Path | None) -> None:
    if out is None:
        session.show(_shown(found, output))
        return
    text = io.StringIO()
    _print_into(text, _shown(found, output))
    try:
        _put(out, text.getvalue().encode())
    except OSError as error:
        raise FtopsError(
            f"{out} cannot be written: {error.strerror}",
            hint="free the disk, or name a file elsewhere; what was there is as it was",
        ) from error
    session.say(f"written: {out}")


def _put(out: Path, content: bytes) -> None:
    """Write the file whole; what is none, such as /dev/stdout, is written to as it is."""
    if out.exists() and not out.is_file():
        out.write_bytes(content)
        return
    from ftops.adapters.lock_files.whole_write import write_whole

    write_whole(out.resolve(), content)


def _shown(found: "DataReport", output: str) -> Any:  # noqa: ANN401 - text or any rich renderable
    if output == "html":
        from ftops.render.report_page import report_page

        return report_page(found, __version__).rstrip()
    if output == "json":
        from ftops.render.as_json import report_json

        return report_json(found)
    from ftops.render.terminal import report_view

    return report_view(found)


def _print_into(file: TextIO, shown: Any) -> None:  # noqa: ANN401 - text or any rich renderable
    if isinstance(shown, str):
        file.write(f"{shown}\n")
        return
    from rich.console import Console

    Console(file=file, width=_WIDTH, no_color=True, highlight=False).print(shown)
