"""`ftops data import`: rows from what people have."""

from pathlib import Path

import click

from ftops.cli.data_files import new_path
from ftops.cli.exits import Exit
from ftops.cli.session import Session, pass_session
from ftops.errors import FtopsError

_KINDS = ("auto", "prompt-completion", "csv", "tsv", "sharegpt", "alpaca", "chat")
_TABLES = ("csv", "tsv", "auto")


@click.command("import", short_help="Make chat rows of CSV, ShareGPT, Alpaca and other files.")
@click.argument("source", metavar="SOURCE")
@click.option("-o", "--out", required=True, type=new_path, metavar="OUT", help="The new dataset.")
@click.option(
    "--from",
    "kind",
    type=click.Choice(_KINDS),
    default="auto",
    show_default=True,
    help="What the records look like; auto asks each record's keys.",
)
@click.option("--system", metavar="TEXT", help="A system prompt for rows that have none.")
@click.option("--strict", is_flag=True, help="Write nothing if any record has to be skipped.")
@click.option("--json", "as_json", is_flag=True, help="Write the report as JSON.")
@pass_session
def import_(session: Session, /, source: str, out: Path, kind: str, **wishes: object) -> int:
    r"""Make a dataset of chat rows out of a file of another shape, and report what was left out.

    JSON Lines, one JSON array, CSV and TSV with a header are read, also compressed with gzip.
    Records may be prompt and completion (or question and answer, input and output), ShareGPT
    conversations, Alpaca instructions, or chats with keys of their own. SOURCE is never changed,
    OUT never replaced; every row in it is legal.

    \b
    ftops data import faq.csv -o datasets/faq.jsonl --system "You are Acme's support."
    ftops data import sharegpt.json.gz -o datasets/chats.jsonl --from sharegpt
    """
    from ftops.adapters.dataset_files.importing import import_file
    from ftops.dataset.importing.convert import Conversion
    from ftops.dataset.importing.shapes import Shape
    from ftops.render.import_view import import_json, import_view

    system = wishes["system"]
    if isinstance(system, str) and not system.strip():
        raise FtopsError("the system prompt is empty", hint="leave --system out, or say something")
    conversion = Conversion(
        None if kind in _TABLES else Shape(kind),
        None if system is None else str(system),
        strict=bool(wishes["strict"]),
    )
    import_file(source, out, kind, conversion)
    session.show(import_json(conversion) if wishes["as_json"] else import_view(conversion))
    session.say(f"written: {out}")
    return Exit.FINE
