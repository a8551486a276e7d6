"""Reads a JSON request's body, up to a limit."""

from starlette.requests import Request

from ftops.trainer.api.problems import RefusalError

MAX_BODY_BYTES = 8 * 1024 * 1024


async def read_body(request: Request) -> bytes:
    """Return the whole body, or refuse one that no honest request has."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise RefusalError(413, f"The request body is longer than {MAX_BODY_BYTES} bytes.")
    return bytes(body)
