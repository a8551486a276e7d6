"""`ftops serve`: status, logs and model tests over HTTP."""

import click

from ftops.cli.exits import Exit
from ftops.cli.session import Session, pass_session
from ftops.errors import FtopsError


@click.command(short_help="Status, model test and dashboard over HTTP.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=5000, show_default=True)
@pass_session
def serve(session: Session, host: str, port: int) -> int:
    r"""Serve what there is to see until Ctrl-C. It changes nothing: only `apply` trains.

    \b
    ftops serve                        on this machine only
    curl http://127.0.0.1:5000/api/specs
    """
    from ftops.serve.access.front_door import is_loopback
    from ftops.serve.app import create_app
    from ftops.serve.premises import Premises
    from ftops.serve.run import bound, server_for
    from ftops.serve.watch import Watch
    from ftops.wiring.lookout import Lookout

    if not is_loopback(host):
        raise FtopsError(
            f"{host} can be reached from other machines, and there is no token yet",
            hint="serve on 127.0.0.1",
        )
    lookout = Lookout(session.workplace)
    premises = Premises(watch=Watch(lookout))
    with bound(host, port) as listener:
        shown = f"[{host}]" if ":" in host else host
        session.say(f"serving on http://{shown}:{port} until Ctrl-C")
        try:
            server_for(create_app(premises), premises.bell).run(sockets=[listener])
        finally:
            lookout.clock.stop()
            lookout.close()
    return Exit.FINE
