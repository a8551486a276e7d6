"""`ftops data anonymise` and `ftops data allow`."""

import sys
from pathlib import Path

import click

from ftops.cli.exits import Exit
from ftops.cli.options import Format, format_option
from ftops.cli.session import Session, pass_session
from ftops.errors import FtopsError

_FEWEST_KEY_BYTES = 16


@click.command(short_help="Write a dataset without personal data and secrets.")
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("target", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "--key-env",
    metavar="NAME",
    help="The environment variable that holds the key (default: one of the project's own).",
)
@format_option(Format.JSON)
@pass_session
def anonymise(
    session: Session, source: Path, target: Path, key_env: str | None, output: Format
) -> int:
    r"""Write IN anew as OUT, with a stand-in for everything that `validate --only privacy` finds.

    A value always gets the same stand-in, from ranges that are nobody's: example.com, 555-01xx,
    192.0.2.0/24, test cards, ids with wrong check digits. The key stays in .ftops/privacy.key; with
    another key the stand-ins are others. OUT must not be there yet, and IN is never changed.

    \b
    ftops data anonymise datasets/raw.jsonl datasets/support.train.jsonl
    ftops data anonymise raw.jsonl clean.jsonl --key-env PRIVACY_KEY
    """
    from ftops.adapters.dataset_files.rewriting import anonymise_file
    from ftops.render.privacy_view import anonymised_json, anonymised_view

    key = _key(session, key_env)
    with session.showing_reading():
        done = anonymise_file(source, target, key, session.readers)
    if output is Format.JSON:
        session.show(anonymised_json(done.counts, done.rewritten, done.rows))
    else:
        session.show(anonymised_view(done.counts, done.rewritten, done.rows))
    session.say(f"written: {target}")
    return Exit.FINE


@click.command(short_help="Print the lines that allow values.")
def allow() -> int:
    r"""Read values from standard input, one a line, and print the lines that allow them.

    Add the lines to the file that a spec names as privacy: {allow: FILE}. They hold sha256 digests,
    never the values. A short number can be guessed from its digest: allow what is public anyway.

    \b
    ftops data allow < public_values.txt >> privacy.allow
    """
    from ftops.dataset.privacy.allow import line_for

    for line in sys.stdin:
        if line.strip():
            click.echo(line_for(line.strip()))
    return Exit.FINE


def _key(session: Session, key_env: str | None) -> bytes:
    if key_env is None:
        from ftops.adapters.own_folder.privacy_key import privacy_key

        return privacy_key(_project(session))
    key = (session.environment.get(key_env) or "").encode()
    if len(key) < _FEWEST_KEY_BYTES:
        raise FtopsError(
            f"{key_env} holds no key of {_FEWEST_KEY_BYTES} bytes or more",
            hint=f"export {key_env}=$(openssl rand -hex 32), and keep it",
        )
    return key


def _project(session: Session) -> Path:
    """Return the project's folder, where its key is; FtopsError that names the other way."""
    from ftops.adapters.spec_files.source import find_root

    if session.root is None and find_root(Path.cwd()) is None:
        raise FtopsError(
            f"there is no ftops.yaml in {Path.cwd()} or above it, and so no key",
            hint="`--key-env NAME` takes a key from the environment, without a project",
        )
    return session.workplace.root
