"""`ftops data`: verbs about datasets, in a project or out of it."""

import click

from ftops.cli.data_report import report


@click.group(short_help="Datasets: reports about them.")
def data() -> None:
    r"""Work on datasets, in a project or out of it.

    \b
    ftops data report train.jsonl      what is in it, and what is unwise about it
    """


data.add_command(report)
