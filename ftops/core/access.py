"""Who may see and ask what, over HTTP: roles, tokens by their hash, and what they used."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from ftops.core.names import Digest


class Role(StrEnum):
    """What a caller may do: look; also ask models; also see everybody's usage."""

    VIEWER = "viewer"
    TESTER = "tester"
    ADMIN = "admin"

    def may(self, needed: "Role") -> bool:
        """Say whether this role includes the needed one."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


TOKEN_FORM: Final = re.compile(
    r"ftops_(?P<role>[a-z]+)_(?P<id>[0-9a-f]{8,16})_(?P<secret>[A-Za-z0-9_-]{43})"
)
"""A whole token: its role and id are there for people and leak finders, only the hash decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token as it is kept: never itself, only the sha256 of it."""

    id: str
    name: str
    role: Role
    digest: Digest
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def opens_for(self, text: str, now: datetime) -> bool:
        """Say whether that text is this token, and it still counts."""
        same = hmac.compare_digest(self.digest, digest_of(text))
        return same and self.is_valid(now)

    def is_valid(self, now: datetime) -> bool:
        """Say whether it was neither revoked nor has expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def digest_of(text: str) -> Digest:
    """Return what is kept of a token: 256 random bits need no slow hash."""
    return Digest(hashlib.sha256(text.encode()).hexdigest())


def id_in(text: str) -> str | None:
    """Return the id that a token names, or None for what is no token."""
    found = TOKEN_FORM.fullmatch(text)
    return None if found is None else found["id"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Calls to models: their tokens, and US dollars where a price is known.

    `unpriced` counts the calls of models whose price nobody told us.
    """

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: float = 0.0
    unpriced: int = 0

    @property
    def tokens(self) -> int:
        """Return all tokens, asked and answered."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, more: "Used") -> "Used":
        return Used(
            calls=self.calls + more.calls,
            prompt_tokens=self.prompt_tokens + more.prompt_tokens,
            completion_tokens=self.completion_tokens + more.completion_tokens,
            usd=self.usd + more.usd,
            unpriced=self.unpriced + more.unpriced,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one caller used of one model in one month, such as `2026-11`."""

    month: str
    caller: str
    name: str
    model: str
    used: Used


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What all tests of one month may come to; None stands for no bound."""

    tokens: int | None = None
    usd: float | None = None

    def reason_to_refuse(self, used: Used, more: Used) -> str | None:
        """Return why so much more would be too much, or None."""
        if self.tokens is not None and used.tokens + more.tokens > self.tokens:
            return f"{used.tokens:,} of this month's {self.tokens:,} tokens are used"
        if self.usd is not None and more.unpriced:
            return "this model has no known price, and this month's budget is in US dollars"
        if self.usd is not None and used.usd + more.usd > self.usd:
            return f"${used.usd:.2f} of this month's ${self.usd:.2f} are used"
        return None


def month_of(moment: datetime) -> str:
    """Return the month a budget counts by, in UTC."""
    return f"{moment:%Y-%m}"
