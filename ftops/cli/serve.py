"""`ftops serve`: status, logs and model tests over HTTP."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ftops.cli.exits import Exit
from ftops.cli.session import Session, pass_session
from ftops.core.access import Budget

if TYPE_CHECKING:
    from ftops.cli.serve_premises import Wanted

OF_ALL: Final = 3
"""So many callers may ask as often as one may, before all together are slowed down."""
FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(short_help="Status, model test and dashboard over HTTP.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=5000, show_default=True)
@click.option("--tls-cert", type=FILE, help="Certificate to answer with, in PEM.")
@click.option("--tls-key", type=FILE, help="The certificate's key, in PEM.")
@click.option("--behind-proxy", is_flag=True, help="A proxy before this one speaks TLS.")
@click.option(
    "--allow-host",
    multiple=True,
    metavar="NAME",
    help="Answer to this name; to this machine's own it always does.",
)
@click.option("--tests-per-minute", type=click.IntRange(1), default=20, show_default=True)
@click.option("--tests-at-once", type=click.IntRange(1), default=4, show_default=True)
@click.option(
    "--month-tokens",
    type=click.IntRange(0),
    metavar="N",
    help="Tokens that all tests of a month may come to.",
)
@click.option(
    "--month-usd",
    type=click.FloatRange(0),
    metavar="USD",
    help="US dollars that all tests of a month may come to.",
)
@click.option("--log-prompts", is_flag=True, help="Write the text of tests into the audit log.")
@pass_session
def serve(session: Session, /, host: str, port: int, **options: Any) -> int:  # noqa: ANN401
    r"""Serve what there is to see until Ctrl-C. It changes nothing: only `apply` trains.

    On this machine no token is needed. Any other --host needs tokens, and TLS or a proxy that
    speaks it.

    \b
    ftops serve                        on this machine only
    curl http://127.0.0.1:5000/api/specs
    ftops token create ann --role tester
    ftops serve --host 0.0.0.0 --tls-cert cert.pem --tls-key key.pem
    """
    from ftops.cli.serve_premises import opened
    from ftops.serve.app import create_app
    from ftops.serve.run import bound, server_for
    from ftops.wiring.lookout import Lookout

    wanted = _wanted(host, options)
    workplace = session.workplace
    lookout = Lookout(workplace)
    try:
        with opened(workplace, lookout, wanted) as premises, bound(host, port) as listener:
            server = server_for(create_app(premises), premises.bell, wanted.tls)
            shown = f"[{host}]" if ":" in host else host
            scheme = "http" if wanted.tls is None else "https"
            session.say(f"serving on {scheme}://{shown}:{port} until Ctrl-C")
            server.run(sockets=[listener])
    finally:
        lookout.clock.stop()
        lookout.close()
    return Exit.FINE


def _wanted(host: str, options: Mapping[str, Any]) -> "Wanted":
    from ftops.cli.serve_premises import Wanted
    from ftops.serve.access.limits import Rates

    certificate, key = options["tls_cert"], options["tls_key"]
    if (certificate is None) != (key is None):
        raise click.UsageError("--tls-cert and --tls-key go together")
    per_minute = options["tests_per_minute"]
    return Wanted(
        host=host,
        rates=Rates(
            tests=per_minute,
            tests_of_all=OF_ALL * per_minute,
            at_once=options["tests_at_once"],
        ),
        budget=Budget(tokens=options["month_tokens"], usd=options["month_usd"]),
        tls=None if certificate is None else (str(certificate), str(key)),
        behind_proxy=options["behind_proxy"],
        allowed_hosts=options["allow_host"],
        tells_prompts=options["log_prompts"],
    )
