"""`ftops local`: the training server by itself."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ftops.cli.exits import Exit
from ftops.cli.session import Session, pass_session
from ftops.errors import FtopsError, TrainingServerError
from ftops.wiring.targets import (
    LOCAL_STORE,
    SERVER_CONFIGURATION,
    START_HINT,
    idle_seconds,
    server_configuration,
)

if TYPE_CHECKING:
    from ftops.trainer.configuration import Configuration

CONFIGURATION_HINT: Final = 'a table for each model: [models.NAME] and source = "FOLDER or hub id"'
SERVE_HINT: Final = "`ftops local down` ends a server that is up already"
STOP_HINT: Final = "look at its process, and run `ftops local down` again"


@click.group(short_help="The training server by itself.")
def local() -> None:
    r"""Ftops' own training server: OpenAI's fine-tuning API on this machine.

    It starts by itself when a spec trains on `local`, and ends when idle. Its files, jobs and
    models stay in .ftops/local.

    \b
    ftops local up        start it now
    ftops local status    is it up, what does it do
    ftops local serve     run it in this terminal, for other programs too
    ftops local down      end it
    """


@local.command(short_help="Start the server beside this terminal.")
@pass_session
def up(session: Session) -> int:
    r"""Start the server, or find the one that is up.

    \b
    ftops local up
    """
    from ftops.adapters.own_folder.folder import make_own_folder
    from ftops.trainer.launch import LaunchError, running

    workplace = session.workplace
    make_own_folder(workplace.root)
    store = _store(session)
    try:
        server = running(
            store,
            idle_seconds=idle_seconds(workplace.environment),
            configuration=server_configuration(workplace.root),
        )
    except LaunchError as error:
        raise TrainingServerError(str(error), hint=START_HINT) from error
    session.show(f"up: {server.base_url} (process {server.pid})")
    session.say(f"its key stands in {LOCAL_STORE}/server.json, which only you can read")
    return Exit.FINE


@local.command(short_help="End the server; running jobs go on.")
@pass_session
def down(session: Session) -> int:
    r"""End the server. Jobs at work go on by themselves, and the next server takes them over.

    \b
    ftops local down
    """
    from ftops.trainer.launch import LaunchError, stop

    try:
        was_up = stop(_store(session))
    except LaunchError as error:
        raise TrainingServerError(str(error), hint=STOP_HINT) from error
    session.show("down" if was_up else "it was not up")
    return Exit.FINE


@local.command(short_help="Is the server up, and what it does.")
@pass_session
def status(session: Session) -> int:
    r"""Tell whether the server is up, and show its queue, curves, models and disk use.

    The page it names shows the same in a browser. Its address opens that page and nothing else.

    \b
    ftops local status
    """
    from ftops.cli.local_glance import glance_lines
    from ftops.trainer.launch import find
    from ftops.trainer.pages.overview import reading
    from ftops.trainer.pages.routes import page_address

    server = find(_store(session))
    if server is None:
        session.show("down; it starts by itself when a spec trains on local")
    else:
        session.show(f"up: {server.base_url} (process {server.pid})")
        session.show(f"page: {page_address(server)}")
    with reading(_store(session)) as overview:
        if overview is not None:
            session.show("\n".join(glance_lines(overview)))
    return Exit.FINE


@local.command(short_help="Run the server in this terminal.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the keys that clients may send, one a line.",
)
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"How many jobs run at once and the open-weight models to train; {SERVER_CONFIGURATION} "
    "in the project if it is there.",
)
@pass_session
def serve(
    session: Session, host: str, port: int, key_file: Path | None, config: Path | None
) -> int:
    r"""Run the server in this terminal until Ctrl-C; other programs may use it too.

    On any address but loopback it wants a key: one of those in the key file, where empty lines
    and lines that begin with # do not count.

    \b
    ftops local serve --port 8000
    OPENAI_BASE_URL=http://127.0.0.1:8000/v1 OPENAI_API_KEY=any python my_program.py
    """
    from ftops.adapters.own_folder.folder import make_own_folder
    from ftops.trainer.serve import ServeError
    from ftops.trainer.serve import serve as serve_store
    from ftops.trainer.settings import Settings

    make_own_folder(session.workplace.root)
    configuration = _read_configuration(config or server_configuration(session.workplace.root))
    settings = Settings(
        store=_store(session),
        api_keys=_read_keys(key_file),
        bases=configuration.bases,
        max_running=configuration.jobs,
        cluster=configuration.cluster,
    )
    _tell_hand_overs(session, settings.bases)
    shown = f"[{host}]" if ":" in host else host
    session.say(f"serving on http://{shown}:{port}/v1 until Ctrl-C")
    try:
        serve_store(settings, host=host, port=port)
    except ServeError as error:
        told, _, hint = str(error).partition(" hint: ")
        raise TrainingServerError(told, hint=hint or SERVE_HINT) from error
    return Exit.FINE


def _store(session: Session) -> Path:
    return session.workplace.root / LOCAL_STORE


def _tell_hand_overs(session: Session, bases: Mapping[str, Mapping[str, Any]]) -> None:
    from ftops.trainer.recipes.open_weights.base import read_base, start_command

    for name, plain in bases.items():
        base = read_base(plain)
        if base.vllm is not None:
            session.say(f"{name} answers from {base.vllm}: {start_command(base)}")


def _read_configuration(path: Path | None) -> "Configuration":
    from ftops.trainer.configuration import (
        Configuration,
        ConfigurationError,
        read_configuration,
    )

    if path is None:
        return Configuration()
    try:
        return read_configuration(path)
    except ConfigurationError as error:
        raise FtopsError(str(error), hint=CONFIGURATION_HINT) from error


def _read_keys(path: Path | None) -> tuple[str, ...]:
    if path is None:
        return ()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        hint = "it must be a text with one key a line"
        raise FtopsError(f"{path} cannot be read as a key file", hint=hint) from error
    keys = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not keys:
        raise FtopsError(f"{path} holds no key", hint="put a key into it, one a line")
    for number, key in enumerate(keys, start=1):
        if not key.isascii() or " " in key:
            raise FtopsError(
                f"key {number} of {path} cannot be sent in a header",
                hint="use letters, digits and signs, no spaces",
            )
    return tuple(dict.fromkeys(keys))
