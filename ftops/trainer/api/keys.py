"""Which keys open the server, compared so that the time it takes tells nothing."""

import hmac
from collections.abc import Sequence

_SCHEME = "bearer "


def is_opened(keys: Sequence[str], given: str) -> bool:
    """Say whether one of the keys was given; all are compared, whichever it is."""
    found = [hmac.compare_digest(given.encode(), key.encode()) for key in keys]
    return any(found)


def bearer(header: str) -> str:
    """Return the key of an Authorization header, empty if there is none."""
    is_ours = header[: len(_SCHEME)].lower() == _SCHEME
    return header[len(_SCHEME) :].strip() if is_ours else ""
