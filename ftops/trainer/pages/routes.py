"""`/`: the page. It loads nothing, runs no script, and opens by the address with its token."""

import hmac
import secrets
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, Template
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from ftops.trainer.api.keys import bearer, is_opened
from ftops.trainer.api.premises import premises_of
from ftops.trainer.launch import Running
from ftops.trainer.pages import words
from ftops.trainer.pages.curves import GUTTER, HEIGHT, WIDTH, curves
from ftops.trainer.pages.overview import look

TOKEN_LENGTH: Final = 32
_LOCKED = "This page needs the address that `ftops local status` shows.\n"
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def page_token(key: str) -> str:
    """Return what opens the page and nothing else, so that the key itself need not be shown."""
    return hmac.new(key.encode(), b"page", "sha256").hexdigest()[:TOKEN_LENGTH]


def page_address(server: Running) -> str:
    """Return the address a person may open."""
    token = f"?token={page_token(server.api_key)}" if server.api_key else ""
    return f"{server.base_url.removesuffix('/v1')}/{token}"


def page(request: Request) -> Response:
    """Show queue, running jobs, models and disk."""
    premises = premises_of(request)
    tokens = [page_token(key) for key in premises.settings.api_keys]
    cookie = f"ftops-{premises.store.id[:8]}"
    given = request.query_params.get("token")
    if tokens and given is not None and is_opened(tokens, given):
        # Not left in the address bar, where a neighbour or a history would keep it.
        answer = RedirectResponse("/", status_code=303, headers=_HEADERS)
        answer.set_cookie(cookie, given, httponly=True, samesite="strict")
        return answer
    if tokens and not _may_look(request, tokens, cookie):
        return PlainTextResponse(_LOCKED, 401, headers=_HEADERS)
    store, nonce = premises.store, secrets.token_urlsafe(16)
    text = _template().render(
        look=look(store.jobs, store.models, store.root),
        nonce=nonce,
        curves=curves,
        width=WIDTH,
        gutter=GUTTER,
        height=HEIGHT,
    )
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    return HTMLResponse(text, headers={**_HEADERS, "Content-Security-Policy": policy})


def _may_look(request: Request, tokens: Sequence[str], cookie: str) -> bool:
    key = bearer(request.headers.get("authorization", ""))
    return is_opened(tokens, request.cookies.get(cookie, "")) or is_opened(
        premises_of(request).settings.api_keys, key
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(size=words.size, span=words.span, moment=words.moment)
    return environment.get_template("page.html.jinja")
