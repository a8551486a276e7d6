"""What a target needs to be talked to: where, with which key, and what goes with every job."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from ftops.core.project import TargetKind
from ftops.errors import TargetError

OPENAI_BASE_URL: Final = "https://api.openai.com/v1"

_KEY_LIKE: Final = re.compile(r"\b(sk|sess)-[A-Za-z0-9_*.-]{3,}")
_BEARER: Final = re.compile(r"(?i)\bbearer\s+[^\s\"',]+")
_MASK: Final = "[key]"
_SHORTEST_KEY_TO_HIDE: Final = 6

RESERVED: Final = frozenset({"metadata", "model", "training_file", "validation_file"})
"""What `extra_body` may not say: a job without its stamp would be paid for again."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Text that never shows itself; only `reveal` gives it away."""

    _text: str = field(repr=False)

    def reveal(self) -> str:
        """Return the text without blanks around it."""
        return self._text.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One endpoint; raises TargetError if it cannot be one.

    `key_name` is the environment variable that people must look at when the key is refused;
    `is_direct` says that no proxy lies on the way, and that the system's certificates do.
    """

    base_url: str = OPENAI_BASE_URL
    api_key: Secret | None = None
    key_name: str = "OPENAI_API_KEY"
    organization: str | None = None
    project: str | None = None
    extra_body: Mapping[str, Any] = field(default_factory=dict)
    kind: TargetKind = "openai"
    is_direct: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))
        _reject_address(self.base_url)
        if self.api_key is not None and not _fits_a_header(self.api_key.reveal()):
            raise TargetError(
                f"{self.key_name} holds characters that no key has",
                hint=f"set {self.key_name} again, from where the provider shows the key",
            )
        taken = sorted(RESERVED & self.extra_body.keys())
        if taken:
            raise TargetError(
                f"extra_body may not set {', '.join(taken)}",
                hint="the spec says these; remove them from the target in ftops.yaml",
            )

    @property
    def uses_tls(self) -> bool:
        """Say whether the address is https."""
        return self.base_url.startswith("https:")

    def headers(self) -> dict[str, str]:
        """Return who we are, as the endpoint's kind wants to be told."""
        told: dict[str, str] = {}
        if self.api_key is not None:
            key = self.api_key.reveal()
            told |= {"api-key": key} if self.kind == "azure" else {"Authorization": f"Bearer {key}"}
        if self.organization is not None:
            told["OpenAI-Organization"] = self.organization
        if self.project is not None:
            told["OpenAI-Project"] = self.project
        return told

    def redact(self, text: str) -> str:
        """Return the text without this connection's key or anything that looks like one."""
        if self.api_key is not None and len(self.api_key.reveal()) >= _SHORTEST_KEY_TO_HIDE:
            text = text.replace(self.api_key.reveal(), _MASK)
        return _BEARER.sub(_MASK, _KEY_LIKE.sub(_MASK, text))


def _reject_address(base_url: str) -> None:
    """Raise TargetError unless it is an address that can be asked and shown."""
    try:
        parts = urlsplit(base_url)
        is_one = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise _no_address(base_url) from None
    if not is_one:
        raise _no_address(base_url)
    if parts.username is not None:
        raise TargetError(
            "base_url holds a user name or a password, which would be shown and logged",
            hint="take it out; the key belongs into a variable, named by api_key",
        )


def _no_address(base_url: str) -> TargetError:
    return TargetError(
        f"base_url {base_url!r} is not an http(s) address", hint="it looks like https://host/v1"
    )


def _fits_a_header(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable()
