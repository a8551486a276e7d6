"""`ftops data stats`, `cat` and `split`: look at files, join them, part them."""

import sys
from contextlib import ExitStack, nullcontext
from itertools import islice
from pathlib import Path

import click

from ftops.cli.exits import Exit
from ftops.cli.options import Format, format_option
from ftops.cli.session import Session, pass_session
from ftops.errors import FtopsError

files_argument = click.argument("files", nargs=-1, required=True, metavar="FILE...")
new_path = click.Path(dir_okay=False, path_type=Path)


@click.command(short_help="Rows, roles, turns, tokens and the longest row.")
@files_argument
@click.option("--model", help="Count tokens with this base model's vocabulary.")
@format_option(Format.JSON)
@pass_session
def stats(session: Session, files: tuple[str, ...], model: str | None, output: Format) -> int:
    r"""Count what is in a dataset: rows, messages by role, turns, tokens, and the longest row.

    Several files count as one dataset, in this order. Illegal rows are only counted: `ftops data
    report` says what is wrong with them.

    \b
    ftops data stats datasets/support.train.jsonl
    ftops data stats datasets/*.jsonl --model gpt-4.1-mini-2025-04-14 -o json
    """
    from ftops.adapters.dataset_files.given import given_files
    from ftops.dataset.counting.tally import counting_for
    from ftops.dataset.explaining.guess import READ_TO_GUESS, guess_method
    from ftops.dataset.stats import count_stats
    from ftops.render.stats_view import stats_json, stats_view

    with session.showing_reading(), given_files(Path.cwd(), files, session.readers) as opened:
        method = guess_method(islice(opened.lines(), READ_TO_GUESS))
        found = count_stats(opened.named(), method=method, counting=counting_for(model))
        shown = opened.shown
    if output is Format.JSON:
        session.show(stats_json(shown, found))
    else:
        more = f" and {len(shown) - 1} more" if len(shown) > 1 else ""
        session.show(stats_view(f"{shown[0]}{more}", found))
    return Exit.FINE


@click.command(short_help="Join files as they would be uploaded.")
@files_argument
@click.option("-o", "--out", type=new_path, help="Write a new file instead of standard output.")
@pass_session
def cat(session: Session, files: tuple[str, ...], out: Path | None) -> int:
    r"""Join files into the bytes that a spec naming them would upload.

    A lone file comes as it is. Of several, each loses its byte order mark and gains the newline
    that its last line may lack; compressed files come unpacked.

    \b
    ftops data cat datasets/a.jsonl datasets/b.jsonl -o datasets/all.jsonl
    ftops data cat 'datasets/*.jsonl' | sha256sum
    """
    from ftops.adapters.dataset_files.given import given_files
    from ftops.adapters.dataset_files.new_file import new_file

    if out is None:
        # A bar between rows on the same screen would only be in the way.
        showing = nullcontext() if session.out.is_terminal else session.showing_reading()
        with showing, given_files(Path.cwd(), files, session.readers) as opened:
            written = sys.stdout.buffer
            for line in opened.lines():
                written.write(line)
            written.flush()
        return Exit.FINE
    with (
        session.showing_reading(),
        new_file(out) as copy,
        given_files(Path.cwd(), files, session.readers) as opened,
    ):
        copy.writelines(opened.lines())
    session.say(f"written: {out}")
    return Exit.FINE


@click.command(short_help="Part rows into training and validation.")
@files_argument
@click.option(
    "--share",
    type=click.FloatRange(0, 0.5, min_open=True),
    default=0.1,
    show_default=True,
    help="About this share of the rows is held out.",
)
@click.option("--seed", type=click.IntRange(0), default=0, help="Another seed, another split.")
@click.option("--train", required=True, type=new_path, metavar="OUT", help="Rows to train on.")
@click.option("--validation", required=True, type=new_path, metavar="OUT", help="Rows held out.")
@pass_session
def split(session: Session, /, files: tuple[str, ...], **wishes: object) -> int:
    r"""Part rows into two new files, exactly as `validation: {split: SHARE}` in a spec would.

    A hash of the row and the seed decides: a row stays on its side when others are added, and equal
    rows stay together. Nothing is overwritten.

    \b
    ftops data split all.jsonl --share 0.1 --seed 42 --train train.jsonl --validation valid.jsonl
    """
    from ftops.adapters.dataset_files.given import given_files
    from ftops.adapters.dataset_files.new_file import new_file, refuse_existing
    from ftops.adapters.dataset_files.reading import TRAIN, VALIDATION
    from ftops.core.desired import DataSource
    from ftops.render.words import plural

    targets = {side: Path(str(wishes[side])) for side in (TRAIN, VALIDATION)}
    refuse_existing(*targets.values())
    share, seed = float(str(wishes["share"])), int(str(wishes["seed"]))
    counts = {TRAIN: 0, VALIDATION: 0}
    with (
        session.showing_reading(),
        ExitStack() as writing,
        given_files(Path.cwd(), files, session.readers) as opened,
    ):
        for side, target in targets.items():
            copy = writing.enter_context(new_file(target))
            source = DataSource(paths=opened.shown, side=side, fraction=share, seed=seed)
            for row in opened.rows(source):
                copy.write(row)
                counts[side] += 1
        empty = [side for side, count in counts.items() if not count]
        if empty:
            message = f"of {plural(sum(counts.values()), 'row')} none would be for {empty[0]}"
            raise FtopsError(message, hint="nothing was written; name another --share or --seed")
    written = (f"{target} ({plural(counts[side], 'row')})" for side, target in targets.items())
    session.say(f"written: {', '.join(written)}")
    return Exit.FINE
