"""`ftops data import` and `convert`: rows from what people have."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftops.cli.data_files import new_path
from ftops.cli.exits import Exit
from ftops.cli.session import Session, pass_session
from ftops.errors import FtopsError

if TYPE_CHECKING:
    from ftops.dataset.importing.convert import Conversion
    from ftops.dataset.importing.methods import Wanted
    from ftops.dataset.importing.shapes import Shape

_KINDS = ("auto", "prompt-completion", "csv", "tsv", "sharegpt", "alpaca", "chat", "preference")
_TABLES = ("csv", "tsv", "auto")

out_option = click.option(
    "-o", "--out", required=True, type=new_path, metavar="OUT", help="The new dataset."
)
strict_option = click.option(
    "--strict", is_flag=True, help="Write nothing if any record has to be skipped."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Write the report as JSON.")


@click.command("import", short_help="Make rows of CSV, Parquet, ShareGPT and other files.")
@click.argument("source", metavar="SOURCE")
@out_option
@click.option(
    "--from",
    "kind",
    type=click.Choice(_KINDS),
    default="auto",
    show_default=True,
    help="What the records look like; auto asks each record's keys.",
)
@click.option("--prompt", metavar="KEY", help="The column or key that holds the prompt.")
@click.option("--completion", metavar="KEY", help="The column or key that holds its answer.")
@click.option("--split", metavar="NAME", help="The split of a folder that holds several.")
@click.option(
    "--encoding",
    metavar="NAME",
    help="What text is in, such as cp1252; else UTF-8, or UTF-16 with its mark.",
)
@click.option("--system", metavar="TEXT", help="A system prompt for rows that have none.")
@strict_option
@json_option
@pass_session
def import_(session: Session, /, source: str, out: Path, kind: str, **wishes: object) -> int:
    r"""Make a dataset out of a file of another shape, and report what was left out.

    JSON Lines, one JSON array or JSON objects in a row, CSV and TSV with a header are read, also
    packed with gzip or zstd; with the extra `ftops[hf]` Parquet and Arrow files, and folders of
    Hugging Face's `datasets`. Records may be prompt and completion (or question and answer, input
    and output, or what you name), ShareGPT conversations, Alpaca instructions, chats with keys of
    their own, or preferences (prompt, chosen, rejected). Keys that become no part of a row are
    told. SOURCE is never changed, OUT never replaced; every row is legal.

    \b
    ftops data import faq.csv -o datasets/faq.jsonl --system "You are Acme's support."
    ftops data import fragen.csv -o datasets/faq.jsonl --prompt Frage --completion Antwort
    ftops data import alt.csv -o datasets/faq.jsonl --encoding cp1252
    ftops data import sharegpt.json.gz -o datasets/chats.jsonl --from sharegpt
    ftops data import saved_dataset/ -o datasets/chats.jsonl --split train
    """
    from ftops.adapters.dataset_files.importing import Source, import_file
    from ftops.dataset.importing.convert import Conversion, to_rows
    from ftops.dataset.importing.shapes import Shape

    system = wishes["system"]
    if isinstance(system, str) and not system.strip():
        raise FtopsError("the system prompt is empty", hint="leave --system out, or say something")
    shape = None if kind in _TABLES else Shape(kind)
    prompt = None if system is None else str(system)
    pair = _pair(shape, wishes["prompt"], wishes["completion"])
    conversion = Conversion(to_rows(shape, prompt, pair), strict=bool(wishes["strict"]))
    split = wishes["split"]
    wanted = Source(
        path=source,
        kind=kind,
        split=None if split is None else str(split),
        encoding=_encoding(wishes["encoding"]),
    )
    with session.showing_reading():
        import_file(wanted, out, conversion, session.readers)
    _tell(session, conversion, out, as_json=bool(wishes["as_json"]))
    return Exit.FINE


def _encoding(name: object) -> str | None:
    from ftops.dataset.importing.recoding import is_text_encoding

    if name is None:
        return None
    if not is_text_encoding(str(name)):
        raise click.UsageError(f"{name} is no encoding of text that Python knows.")
    return str(name)


def _pair(shape: "Shape | None", prompt: object, completion: object) -> tuple[str, str] | None:
    if prompt is None and completion is None:
        return None
    if prompt is None or completion is None:
        raise click.UsageError("--prompt and --completion go together.")
    if shape not in {None, "prompt-completion"}:
        raise click.UsageError(f"--prompt and --completion name no keys of {shape} records.")
    return str(prompt), str(completion)


@click.command(short_help="Make rows for one training method of rows for another.")
@click.argument("source", metavar="SOURCE")
@out_option
@click.option(
    "--to",
    "wanted",
    type=click.Choice(["supervised", "reinforcement"]),
    required=True,
    help="The method to make rows for.",
)
@click.option(
    "--answer-key",
    default="reference_answer",
    show_default=True,
    metavar="KEY",
    help="Where a reinforcement row keeps what the grader compares with.",
)
@strict_option
@json_option
@pass_session
def convert(session: Session, /, source: str, out: Path, wanted: str, **wishes: object) -> int:
    r"""Make rows for one training method of rows for another, and report what was left out.

    Of a preference the preferred answer is taken, of a chat the last one. For supervised it ends
    the conversation, for reinforcement it goes under KEY, for a grader. Nothing is overwritten.

    \b
    ftops data convert tone.dpo.jsonl -o tone.jsonl --to supervised
    ftops data convert support.jsonl -o graded.jsonl --to reinforcement
    """
    from ftops.adapters.dataset_files.importing import Source, import_file
    from ftops.dataset.importing.convert import Conversion, to_method

    method: Wanted = "supervised" if wanted == "supervised" else "reinforcement"
    turning = to_method(method, str(wishes["answer_key"]))
    conversion = Conversion(turning, strict=bool(wishes["strict"]))
    with session.showing_reading():
        import_file(Source(path=source, kind="jsonl"), out, conversion, session.readers)
    _tell(session, conversion, out, as_json=bool(wishes["as_json"]))
    return Exit.FINE


def _tell(session: Session, done: "Conversion", out: Path, *, as_json: bool) -> None:
    from ftops.render.import_view import import_json, import_view

    session.show(import_json(done) if as_json else import_view(done))
    session.say(f"written: {out}")
