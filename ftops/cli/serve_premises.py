"""Put together what `ftops serve` needs: who may come in, what it may cost, where it is noted."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ftops.core.access import Budget, Token
from ftops.errors import FtopsError

if TYPE_CHECKING:
    from ftops.serve.access.limits import Rates
    from ftops.serve.ports import Gate, Lookout
    from ftops.serve.premises import Premises
    from ftops.serve.watch import Pace
    from ftops.wiring.workplace import Workplace

BUSY_VARIABLE: Final = "FTOPS_SERVE_BUSY_SECONDS"
IDLE_VARIABLE: Final = "FTOPS_SERVE_IDLE_SECONDS"
WEBHOOK_VARIABLE: Final = "FTOPS_WEBHOOK_SECRET"
MAKE_ONE_HINT: Final = "`ftops token create NAME --role viewer` makes one, or serve on 127.0.0.1"
NO_TLS_HINT: Final = (
    "give --tls-cert and --tls-key, or --behind-proxy if a proxy before it speaks TLS"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person asked of the server."""

    host: str
    rates: "Rates"
    budget: Budget
    tls: tuple[str, str] | None = None
    behind_proxy: bool = False
    allowed_hosts: tuple[str, ...] = ()
    tells_prompts: bool = False

    @property
    def is_public(self) -> bool:
        """Say whether others than this machine may reach it."""
        from ftops.serve.access.front_door import is_loopback

        return self.behind_proxy or not is_loopback(self.host)

    @property
    def hosts(self) -> tuple[str, ...] | None:
        """Return the names to answer to; a token is asked for anyway where none were given."""
        return self.allowed_hosts or (None if self.is_public else ())


@contextmanager
def opened(workplace: "Workplace", lookout: "Lookout", wanted: Wanted) -> "Iterator[Premises]":
    """Yield all of it; FtopsError if this would open the project to strangers."""
    from ftops.adapters.own_folder.folder import make_own_folder
    from ftops.adapters.serve_store.audit_file import AuditFile
    from ftops.adapters.serve_store.database import ServeDatabase
    from ftops.serve.access.limits import Limits
    from ftops.serve.access.meter import Meter
    from ftops.serve.access.open_gate import OpenGate
    from ftops.serve.access.tokens import TokenGate
    from ftops.serve.asking import Asking
    from ftops.serve.premises import Premises
    from ftops.serve.watch import Watch

    given = _given_tokens(workplace)
    if wanted.is_public and wanted.tls is None and not wanted.behind_proxy:
        raise FtopsError(
            f"{wanted.host} can be reached from other machines, and nothing would be encrypted",
            hint=NO_TLS_HINT,
        )
    folder = make_own_folder(workplace.root)
    store, audit = ServeDatabase(folder), AuditFile(folder)
    try:
        limits = Limits(wanted.rates)
        gate: Gate = OpenGate()
        if wanted.is_public:
            _refuse_without_tokens(wanted, (*given, *store.tokens()), lookout)
            gate = TokenGate(store, given, limits, audit, lookout.clock)
        watch = Watch(lookout, _pace(workplace))
        meter = Meter(store, limits, wanted.budget, lookout.clock)
        yield Premises(
            watch=watch,
            asking=Asking(watch, meter, audit, tells_prompts=wanted.tells_prompts),
            gate=gate,
            hosts=wanted.hosts,
            is_behind_tls=wanted.tls is not None or wanted.behind_proxy,
            webhook_secret=_webhook_secret(workplace),
        )
    finally:
        store.close()
        audit.close()


def _refuse_without_tokens(wanted: Wanted, tokens: Sequence[Token], lookout: "Lookout") -> None:
    now = lookout.clock.now()
    if not any(one.is_valid(now) for one in tokens):
        raise FtopsError(
            f"{wanted.host} would answer others than this machine, and there is no token",
            hint=MAKE_ONE_HINT,
        )


def _pace(workplace: "Workplace") -> "Pace":
    from ftops.serve.watch import Pace

    usual, number = Pace(), workplace.environment.number
    return Pace(
        busy=number(BUSY_VARIABLE, usual.busy),
        idle=number(IDLE_VARIABLE, usual.idle),
    )


def _given_tokens(workplace: "Workplace") -> tuple[Token, ...]:
    from ftops.serve.access.new_token import VARIABLE, given_tokens

    return given_tokens(workplace.environment.get(VARIABLE), workplace.clock.now())


def _webhook_secret(workplace: "Workplace") -> bytes | None:
    from ftops.serve.api.webhook import secret_of

    told = workplace.environment.get(WEBHOOK_VARIABLE)
    if told is None:
        return None
    secret = secret_of(told)
    if secret is None:
        raise FtopsError(
            f"{WEBHOOK_VARIABLE} is no secret of a webhook",
            hint="it looks like whsec_… and is shown once, where the webhook is set up",
        )
    return secret
