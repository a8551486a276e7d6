"""Make a token, and read those whose hashes stand in the environment."""

import re
import secrets
from datetime import datetime
from typing import Final

from ftops.core.access import Role, Token, digest_of
from ftops.core.names import Digest
from ftops.errors import FtopsError

VARIABLE: Final = "FTOPS_SERVE_TOKENS"
NAME_FORM: Final = re.compile(r"[\w.@-]{1,64}", re.ASCII)
_GIVEN: Final = re.compile(r"(?P<name>[\w.@-]{1,64}):(?P<role>\w+):(?P<digest>[0-9a-fA-F]{64})")


def new_token(
    name: str, role: Role, now: datetime, expires_at: datetime | None
) -> tuple[Token, str]:
    """Return what is kept, and the token itself, which is shown once and kept nowhere."""
    identity = secrets.token_hex(5)
    text = f"ftops_{role}_{identity}_{secrets.token_urlsafe(32)}"
    kept = Token(
        id=identity,
        name=name,
        role=role,
        digest=digest_of(text),
        created_at=now,
        expires_at=expires_at,
    )
    return kept, text


def given_tokens(told: str | None, now: datetime) -> tuple[Token, ...]:
    """Return the tokens that `name:role:sha256` entries tell of, between commas or blanks."""
    found = []
    for entry in re.split(r"[\s,]+", (told or "").strip()):
        if not entry:
            continue
        parts = _GIVEN.fullmatch(entry)
        if parts is None or parts["role"] not in set(Role):
            # The entry may be the token itself, pasted by mistake: it is not shown.
            raise FtopsError(
                f"an entry of {VARIABLE} is no name:role:sha256",
                hint="`ftops token create --print-hash NAME` prints one",
            )
        digest = Digest(parts["digest"].lower())
        found.append(
            Token(
                id=digest[:8],
                name=parts["name"],
                role=Role(parts["role"]),
                digest=digest,
                created_at=now,
            )
        )
    return tuple(found)
