"""From answers that are no success to errors: refused, away or unreadable, and what to do."""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from ftops.adapters.openai_provider.answer import (
    REDIRECTS,
    Answer,
    ErrorBody,
    api_error,
    quote,
    shorten,
)
from ftops.adapters.openai_provider.connection import Connection
from ftops.core.lifecycle import OPENAI_LAST_DAY_FOR_JOBS, OPENAI_SHUTDOWNS
from ftops.errors import (
    ProviderError,
    ProviderRejected,
    ProviderSurprise,
    ProviderUnavailable,
    Refusal,
)

UNCLEAR: Final = frozenset({408, 409, 425})
"""Refusals that do not say that nothing happened."""

_CONCURRENT: Final = re.compile(
    r"(?i)concurren|(running|active|many) (fine-?tuning |training )*jobs"
)
_DAILY: Final = re.compile(r"(?i)per day|daily")
_NOT_READY: Final = re.compile(r"(?i)still being processed|not (yet )?(ready|processed)")
_QUOTA: Final = re.compile(r"(?i)quota|billing|insufficient (credit|fund|balance)")

_BAD_CERTIFICATE: Final = "CERTIFICATE_VERIFY_FAILED"
_WRONG_BASE: Final = "is base_url right? It usually ends in /v1"


def failure_of(answer: Answer, connection: Connection) -> ProviderError:
    """Return the error for an answer that is not a success.

    Only a 4xx with the API's own error body, and not one of `UNCLEAR`, says that nothing happened.
    """
    told = api_error(answer.body)
    if answer.status in UNCLEAR or answer.status not in range(300, 500):
        words = quote(answer) if told is None else _text(told, answer)
        return ProviderUnavailable(
            connection.redact(f"{answer.url} answered {answer.status}: {words}".rstrip(": ")),
            hint="the provider has a bad moment; look again in a while",
        )
    if told is None:
        return _unlike_the_api(answer, connection)
    refusal, message, hint = _explain(answer, told, connection)
    return ProviderRejected(
        connection.redact(message), hint=hint, refusal=refusal, retry_after=answer.retry_after
    )


def surprise_of(answer: Answer, connection: Connection) -> ProviderSurprise:
    """Return the error for a success that cannot be read."""
    if answer.is_web_page:
        return _web_page(answer)
    words = quote(answer) or "nothing"
    return ProviderSurprise(
        connection.redact(f"{answer.url} answered in a way that cannot be read: {words}"),
        hint=_WRONG_BASE,
    )


def silence_of(error: Exception, connection: Connection) -> ProviderUnavailable:
    """Return the error for a request that got no answer."""
    # httpx2's own is told by its name, for nothing here is worth the 0.2 s of loading it.
    names = {kind.__name__ for kind in type(error).__mro__}
    late = not names.isdisjoint({"TimeoutError", "TimeoutException"})
    happened = "did not answer in time" if late else "cannot be reached"
    reason = shorten(str(error))
    hint = "is base_url right, and the network up?"
    if _BAD_CERTIFICATE in reason:
        hint = (
            "if an authority of your own vouches for it, SSL_CERT_FILE=FILE names its certificate"
        )
    elif connection.kind == "local":
        hint = "start ftops' own training server: ftops local up"
    return ProviderUnavailable(
        connection.redact(f"{connection.base_url} {happened}: {reason}".rstrip(": ")), hint=hint
    )


def _web_page(answer: Answer) -> ProviderSurprise:
    if answer.is_success:
        return ProviderSurprise(f"{answer.url} answered with a web page", hint=_WRONG_BASE)
    too_large = answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return ProviderSurprise(
        f"{answer.url} answered {answer.status} with a web page",
        hint="what was sent is too large for a gateway on the way" if too_large else _WRONG_BASE,
    )


def _unlike_the_api(answer: Answer, connection: Connection) -> ProviderSurprise:
    if answer.status in REDIRECTS:
        place = answer.headers.get("location", "nowhere")
        return ProviderSurprise(
            connection.redact(f"{answer.url} sends us on to {shorten(place)}"),
            hint="put the final address into base_url: requests are never sent on",
        )
    if answer.is_web_page:
        return _web_page(answer)
    failed = "Authentication failed: " if answer.status == HTTPStatus.UNAUTHORIZED else ""
    hint = _key_hint(connection) if failed else _WRONG_BASE
    words = quote(answer)
    message = f"{failed}{answer.url} answered {answer.status} without an API error: {words}"
    return ProviderSurprise(connection.redact(message.rstrip(": ")), hint=hint)


Explanation = tuple[Refusal, str, str | None]


def _explain(answer: Answer, told: ErrorBody, connection: Connection) -> Explanation:
    explain = _BY_STATUS.get(answer.status, _explain_other)
    return explain(answer, told, connection)


def _explain_key(answer: Answer, told: ErrorBody, connection: Connection) -> Explanation:
    return Refusal.KEY, f"Authentication failed: {_text(told, answer)}", _key_hint(connection)


def _explain_credit(answer: Answer, told: ErrorBody, connection: Connection) -> Explanation:
    place = "at the provider"
    if "api.openai.com" in connection.base_url:
        place = "at https://platform.openai.com/settings/organization/billing"
    return (
        Refusal.QUOTA,
        f"Insufficient credits: {_text(told, answer)}",
        f"add credits or raise the monthly limit {place}, then run the same command again",
    )


def _explain_forbidden(answer: Answer, told: ErrorBody, _connection: Connection) -> Explanation:
    if told.is_about("training_not_available"):
        last_shutdown = max(OPENAI_SHUTDOWNS.values())
        return (
            Refusal.CLOSED,
            "OpenAI takes no new fine-tuning jobs from this organisation: it is winding "
            f"self-serve fine-tuning down, for everybody after {OPENAI_LAST_DAY_FOR_JOBS}, and "
            f"the last tuned models stop answering on {last_shutdown} ({_text(told, answer)})",
            "the same spec trains on another target: --target local, or one of kind azure in "
            "ftops.yaml",
        )
    if told.is_about("unsupported_country"):
        return Refusal.FORBIDDEN, _text(told, answer), "the provider does not serve this place"
    return (
        Refusal.FORBIDDEN,
        f"Permission denied: {_text(told, answer)}",
        "the key needs write access to Fine-tuning and Files and read access to Models; a changed "
        "role takes up to 30 minutes",
    )


def _explain_missing(answer: Answer, told: ErrorBody, _connection: Connection) -> Explanation:
    is_listing = answer.url.endswith(("/fine_tuning/jobs", "/files", "/models"))
    return Refusal.NOT_FOUND, _text(told, answer), _WRONG_BASE if is_listing else None


def _explain_too_many(answer: Answer, told: ErrorBody, connection: Connection) -> Explanation:
    text = _text(told, answer)
    if told.is_about("quota") or _QUOTA.search(text):
        return _explain_credit(answer, told, connection)
    if told.is_about("daily") or _DAILY.search(text):
        return Refusal.DAILY_LIMIT, text, "run the same command again tomorrow"
    if _CONCURRENT.search(text):
        return Refusal.CONCURRENCY, text, "a job may start as soon as another one ends"
    return Refusal.RATE, text, "run the same command again in a minute"


def _explain_other(answer: Answer, told: ErrorBody, connection: Connection) -> Explanation:
    text = _text(told, answer)
    if told.is_about("quota") or told.is_about("billing"):
        return _explain_credit(answer, told, connection)
    if _NOT_READY.search(text):
        return Refusal.FILE_NOT_READY, text, "the file is usable in a minute"
    return Refusal.OTHER, text, None


_BY_STATUS: Final[dict[int, Callable[[Answer, ErrorBody, Connection], Explanation]]] = {
    401: _explain_key,
    402: _explain_credit,
    403: _explain_forbidden,
    404: _explain_missing,
    429: _explain_too_many,
}


def _key_hint(connection: Connection) -> str:
    if connection.api_key is None:
        return f"set {connection.key_name}, in the environment or in .env"
    return f"check {connection.key_name}: is it a live key of this organisation and project?"


def _text(told: ErrorBody, answer: Answer) -> str:
    return shorten(told.message or str(told.code)) or f"{answer.url} answered {answer.status}"
