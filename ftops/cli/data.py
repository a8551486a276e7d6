"""`ftops data`: verbs about datasets, in a project or out of it."""

import click

from ftops.cli.data_files import cat, split, stats
from ftops.cli.data_import import convert, import_
from ftops.cli.data_privacy import allow, anonymise
from ftops.cli.data_report import report


@click.group(short_help="Datasets: import, figures, splits, copies without personal data.")
def data() -> None:
    r"""Work on datasets, in a project or out of it.

    \b
    ftops data import faq.csv -o train.jsonl       rows out of files of other shapes
    ftops data stats train.jsonl                   rows, roles, turns, tokens, the longest row
    ftops data report train.jsonl                  what is in it, and what is unwise about it
    ftops data split all.jsonl --train train.jsonl --validation valid.jsonl
    ftops data anonymise raw.jsonl clean.jsonl     a copy without personal data and secrets
    """


data.add_command(import_)
data.add_command(convert)
data.add_command(stats)
data.add_command(report)
data.add_command(cat)
data.add_command(split)
data.add_command(anonymise)
data.add_command(allow)
