"""Private keys, JSON web tokens and the keys of well-known providers."""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ftops.core.privacy import Kind
from ftops.dataset.privacy.sighting import SEPARATOR, Sighting

_PROVIDERS: Final = (
    ("Anthropic", "sk-ant-", r"sk-ant-[a-z]+[0-9]{2}-[A-Za-z0-9_-]{20,200}"),
    ("OpenRouter", "sk-or-", r"sk-or-v1-[a-f0-9]{64}"),
    ("OpenAI", "sk-", r"sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,200}"),
    ("OpenAI", "sk-", r"sk-[A-Za-z0-9]{20,64}"),
    ("AWS", "AKIA", r"AKIA[A-Z2-7]{16}"),
    ("AWS", "ASIA", r"ASIA[A-Z2-7]{16}"),
    ("GitHub", "github_pat_", r"github_pat_[A-Za-z0-9_]{40,255}"),
    ("GitHub", "ghp_", r"ghp_[A-Za-z0-9]{36,255}"),
    ("GitHub", "gho_", r"gho_[A-Za-z0-9]{36,255}"),
    ("GitHub", "ghs_", r"ghs_[A-Za-z0-9]{36,255}"),
    ("GitLab", "glpat-", r"glpat-[A-Za-z0-9_.-]{20,64}"),
    ("Google", "AIza", r"AIza[A-Za-z0-9_-]{35}"),
    ("Google", "GOCSPX-", r"GOCSPX-[A-Za-z0-9_-]{28}"),
    ("Google", "ya29.", r"ya29\.[A-Za-z0-9_-]{20,300}"),
    ("Slack", "xox", r"xox[abeoprs]-[A-Za-z0-9-]{20,200}"),
    ("Slack", "hooks.slack.com/", r"hooks\.slack\.com/services/T\w{6,}/B\w{6,}/\w{20,}"),
    ("Stripe", "k_live_", r"[rs]k_live_[A-Za-z0-9]{16,200}"),
    ("Stripe", "whsec_", r"whsec_[A-Za-z0-9+/]{32,64}"),
    ("Hugging Face", "hf_", r"hf_[A-Za-z0-9]{34,40}"),
    ("npm", "npm_", r"npm_[A-Za-z0-9]{36}"),
    ("PyPI", "pypi-", r"pypi-AgE[A-Za-z0-9_-]{50,300}"),
    ("SendGrid", "SG.", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    ("Groq", "gsk_", r"gsk_[A-Za-z0-9]{40,64}"),
    ("Replicate", "r8_", r"r8_[A-Za-z0-9]{37,40}"),
    ("DigitalOcean", "dop_v1_", r"dop_v1_[a-f0-9]{64}"),
    ("Azure", "AccountKey=", r"AccountKey=[A-Za-z0-9+/]{86}=="),
)


class _Shape(NamedTuple):
    """What a provider's keys look like, and the part that all of them have."""

    provider: str
    literal: str
    pattern: re.Pattern[str]


_SHAPES: Final = tuple(_Shape(one[0], one[1], re.compile(one[2])) for one in _PROVIDERS)
_BY_MARK: Final = {
    "_": tuple(one for one in _SHAPES if "_" in one.literal),
    "-": tuple(one for one in _SHAPES if "-" in one.literal),
    "": tuple(one for one in _SHAPES if not set(one.literal) & set("_-")),
}
"""Most texts have no underscore, and so none of the keys that need one."""

_WORD: Final = re.compile(r"[A-Za-z0-9_]")
_PLACEHOLDER: Final = re.compile(
    r"EXAMPLE\Z|your|example|placeholder|redacted|dummy|xxxx|0000|1234567890|abcdefgh",
    re.IGNORECASE,
)
_FEWEST_LETTERS: Final = 9
"""A random key of twenty characters hardly ever has fewer different ones."""

_PEM: Final = re.compile(
    rf"-----BEGIN (?P<what>[A-Z0-9 ]{{0,30}})PRIVATE KEY(?: BLOCK)?-----"
    rf"(?P<body>[^{SEPARATOR}\"'`-]{{40,20000}})(?:-----END [A-Z0-9 ]{{0,40}}-----)?"
)
_BASE64: Final = re.compile(r"[A-Za-z0-9+/=]{30,}")

_JWT: Final = re.compile(r"eyJ[A-Za-z0-9_-]{8,2000}(?:\.[A-Za-z0-9_-]{8,20000}){1,4}")
_FEWEST_JWT_PARTS: Final = 2


def find_private_keys(text: str) -> Iterator[Sighting]:
    """Yield PEM blocks that have a body, whole or cut off."""
    if "-----BEGIN " not in text:
        return
    for match in _PEM.finditer(text):
        if _BASE64.search(match["body"]):
            yield Sighting(
                kind=Kind.PRIVATE_KEY, start=match.start(), end=match.end(), label=match["what"]
            )


def find_jwts(text: str) -> Iterator[Sighting]:
    """Yield JSON web tokens whose header can be read."""
    if "eyJ" not in text:
        return
    for match in _JWT.finditer(text):
        parts = match[0].split(".")
        if len(parts) > _FEWEST_JWT_PARTS and _is_header(parts[0]):
            yield Sighting(kind=Kind.JWT, start=match.start(), end=match.end(), kept=3)


def find_api_keys(text: str) -> Iterator[Sighting]:
    """Yield keys by the prefixes that providers give them, placeholders left out."""
    for mark, shapes in _BY_MARK.items():
        if mark in text:
            for one in shapes:
                if one.literal in text:
                    yield from _keys_of(text, one)


def _keys_of(text: str, one: _Shape) -> Iterator[Sighting]:
    for match in one.pattern.finditer(text):
        start, end = match.span()
        if not _is_placeholder(match[0], one.literal) and not _is_glued(text, start):
            kept = min(len(one.literal), len(match[0]) // 4)
            yield Sighting(kind=Kind.API_KEY, start=start, end=end, kept=kept, label=one.provider)


def is_dull(secret: str) -> bool:
    """Return whether so few different characters make no random secret."""
    return len(set(secret)) < _FEWEST_LETTERS


def _is_placeholder(key: str, literal: str) -> bool:
    secret = key[len(literal) :]
    return _PLACEHOLDER.search(secret) is not None or is_dull(secret)


def _is_glued(text: str, start: int) -> bool:
    return start > 0 and _WORD.match(text[start - 1]) is not None


def _is_header(part: str) -> bool:
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return False
    return isinstance(header, dict) and "alg" in header
