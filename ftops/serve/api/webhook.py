"""`POST /webhooks/openai`: a signed word that a job has ended makes the next look come sooner."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request, Response

from ftops.serve.access.gate import open_to_anybody
from ftops.serve.premises import Premises
from ftops.serve.problems import RefusedError, documented

PATH: Final = "/webhooks/openai"
TOLERANCE_SECONDS: Final = 300
LARGEST_BODY: Final = 64 * 1024
PREFIX: Final = "whsec_"
ABOUT_JOBS: Final = b"fine_tuning.job."
_VERSION: Final = "v1,"


def register(app: FastAPI, premises: Premises) -> None:
    """Add this route, if there is a secret to check by."""
    secret = premises.webhook_secret
    if secret is None:
        return

    @app.post(
        PATH,
        status_code=HTTPStatus.NO_CONTENT,
        openapi_extra=open_to_anybody(),
        tags=["state"],
        summary="The provider's webhook; only its signature opens it",
        max_body_size=LARGEST_BODY,
        responses=documented(400, 401, 413, 415),
    )
    async def heard(request: Request) -> Response:
        """Look sooner. What it says is never believed: the look shows what there is."""
        body = await request.body()
        now = premises.watch.lookout.clock.now().timestamp()
        if not is_signed(request.headers, body, secret, now):
            raise RefusedError(
                HTTPStatus.UNAUTHORIZED, "bad_signature", "the signature does not fit"
            )
        if ABOUT_JOBS in body:
            premises.watch.nudge()
        return Response(status_code=HTTPStatus.NO_CONTENT)


def is_signed(headers: Mapping[str, str], body: bytes, secret: bytes, now: float) -> bool:
    """Say whether one of the signatures is right and young (standardwebhooks.com)."""
    identity, told_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not identity or not told_at.isascii() or not told_at.isdigit():
        return False
    if abs(now - int(told_at[:12])) > TOLERANCE_SECONDS:
        return False
    signed = b".".join((identity.encode(), told_at.encode(), body))
    right = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(one.encode(), f"{_VERSION}{right}".encode()) for one in given)


def secret_of(text: str) -> bytes | None:
    """Return the key that a `whsec_…` secret stands for, or None if it is none."""
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        return None
    return key or None
