"""The gate with tokens: nobody comes in without one, and each opens only what its role may."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from ftops.core.access import Role, Token, digest_of, id_in
from ftops.ports import Clock
from ftops.serve.access.limits import Limits
from ftops.serve.access.sessions import COOKIE, Sessions
from ftops.serve.caller import Caller
from ftops.serve.ports import AuditLog, TokenStore
from ftops.serve.problems import RefusedError

FRESH_FOR: Final = timedelta(seconds=2)
"""So long a revoked token may still open: the store is read once for all requests of that time."""
TOUCH_EVERY: Final = timedelta(minutes=1)
_BEARER: Final = "bearer "


class TokenGate:
    """The port Gate; `given` are tokens whose hashes came from the environment."""

    def __init__(
        self,
        store: TokenStore,
        given: Sequence[Token],
        limits: Limits,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        self.sessions = Sessions(clock)
        self._store = store
        self._given = {one.digest: one for one in given}
        self._limits = limits
        self._audit = audit
        self._clock = clock
        self._read_at: datetime | None = None
        self._kept: Mapping[str, Token] = {}
        self._touched: dict[str, datetime] = {}

    def let_in(self, scope: Scope, needed: Role) -> Caller:
        """Return who asks; RefusedError without a token that counts and whose role may."""
        token = self._token(Headers(scope=scope))
        if token is None:
            self._tell(scope, HTTPStatus.UNAUTHORIZED, None)
            raise RefusedError(
                HTTPStatus.UNAUTHORIZED,
                "no_token",
                "this server wants a token, and this is none that counts",
                hint="send `Authorization: Bearer TOKEN`; `ftops token create` makes one",
                headers={"WWW-Authenticate": "Bearer"},
            )
        caller = Caller(id=token.id, name=token.name, role=token.role)
        if not token.role.may(needed):
            self._tell(scope, HTTPStatus.FORBIDDEN, caller)
            raise RefusedError(
                HTTPStatus.FORBIDDEN,
                "role_too_small",
                f"this wants the role {needed}, and the token has {token.role}",
                hint=f"`ftops token create --role {needed}` makes one that may",
            )
        self._limits.count_read(caller)
        self._touch(token)
        return caller

    def recognise(self, text: str) -> Token | None:
        """Return the token that this text is, if it counts now."""
        now = self._clock.now()
        given = self._given.get(digest_of(text))
        if given is not None:
            return given if given.is_valid(now) else None
        identity = id_in(text)
        known = None if identity is None else self._tokens(now).get(identity)
        return known if known is not None and known.opens_for(text, now) else None

    def _token(self, headers: Headers) -> Token | None:
        told = headers.get("authorization", "")
        if told[: len(_BEARER)].lower() == _BEARER:
            return self.recognise(told[len(_BEARER) :].strip())
        session = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        identity = None if session is None else self.sessions.token_of(session)
        if identity is None:
            return None
        now = self._clock.now()
        known = self._tokens(now).get(identity) or next(
            (one for one in self._given.values() if one.id == identity), None
        )
        return known if known is not None and known.is_valid(now) else None

    def _tokens(self, now: datetime) -> Mapping[str, Token]:
        if self._read_at is None or now - self._read_at > FRESH_FOR:
            self._kept = {one.id: one for one in self._store.tokens()}
            self._read_at = now
        return self._kept

    def _touch(self, token: Token) -> None:
        now = self._clock.now()
        last = self._touched.get(token.id)
        if token.digest not in self._given and (last is None or now - last > TOUCH_EVERY):
            self._touched[token.id] = now
            self._store.touch(token.id, now)

    def _tell(self, scope: Scope, status: HTTPStatus, caller: Caller | None) -> None:
        """Write a refusal down, but not more of one client than anybody would read."""
        client = str((scope.get("client") or ("",))[0])
        if self._limits.may_tell(client):
            self._audit.write(
                {
                    "at": self._clock.now(),
                    "action": "refused",
                    "status": int(status),
                    "caller": None if caller is None else caller.id,
                    "client": client,
                    "method": scope["method"],
                    "route": getattr(scope.get("route"), "path", None),
                }
            )
