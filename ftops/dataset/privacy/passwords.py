"""Passwords and tokens where they are assigned, said, sent in a header or put into a URL."""

import re
from collections.abc import Iterator
from typing import Final

from ftops.core.privacy import Kind
from ftops.dataset.privacy.sighting import SEPARATOR, Sighting

_GATES_WRITTEN: Final = (
    "passw|pwd|passph|secret|token|passcode|kennwort|wachtwoord|api_key|api key|api-key|apikey"
    "|access_key|access-key|accesskey|contrase|mot de passe|senha"
)
_GATES: Final = tuple(_GATES_WRITTEN.split("|"))
_NAMES: Final = (
    r"pass(?:word|wd|phrase|code)|passwort|kennwort|wachtwoord|pwd|contraseña|mot de passe|senha"
    r"|secret(?:[_ -]?(?:access[_ -]?)?key)?|client[_-]?secret|api[_ -]?key|access[_-]?key"
    r"|(?:auth|access|refresh|bearer|api|bot|id)?[_ -]?token"
)
_ASSIGNED: Final = re.compile(
    rf"(?<![^\W_])(?:[A-Za-z0-9]{{1,30}}[_-]){{0,4}}(?:{_NAMES})(?:[_-][A-Za-z0-9]{{1,12}})?"
    r"[\"'`*]{0,3}"
    r"(?: {0,2}(?:=|:=|=>|:){1,2} {0,2}| (?P<said>is|ist|est|es|era|é|lautet) :? ?)"
    rf"[\"'`*]{{0,3}}(?P<value>[^\s\"'`{SEPARATOR}]{{6,200}})",
    re.IGNORECASE,
)
_BEARER: Final = re.compile(r"\b(?:Bearer|Basic) (?P<value>[A-Za-z0-9._~+/-]{20,2000}=*)")
_IN_URL: Final = re.compile(
    rf"://(?P<user>[^\s/:@\"'<{SEPARATOR}]{{0,100}}):"
    rf"(?P<value>[^\s/@\"'<{SEPARATOR}]{{3,200}})@[\w\[]"
)
_PLACEHOLDER: Final = re.compile(
    r"[<$%{\[(*•…]|\}|\.\.\.|\)|\w\(|your|example|placeholder|redacted|xxx|dummy|hidden"
    r"|\A(?:os|env|process|config|settings|self|this|request|secrets|vault|args|options)[.\[]"
    r"|\A[A-Za-z_]+(?:\.[A-Za-z_]+)+\Z|\Ahttps?:|\Asha256:|\A[~.]{0,2}/",
    re.IGNORECASE,
)
_DEFAULTS_WRITTEN: Final = (
    "admin changeme default guest hunter2 minio minioadmin mysql pass passwd password "
    "postgres pwd rabbit root s3cr3t secret test token user"
)
_DEFAULTS: Final = frozenset(_DEFAULTS_WRITTEN.split())
_ENDING: Final = ".,;:?)]}>\\*"
_LETTER: Final = re.compile(r"[^\W\d_]")
_DIGIT: Final = re.compile(r"[0-9]")
_SYMBOL: Final = re.compile(r"[!@#$%^&+?~=|]")
_FEWEST: Final = 6
_FEWEST_IN_TOKENS: Final = 3
"""So many digits or symbols has a random token of twenty characters at least."""


def find_passwords(text: str, lowered: str) -> Iterator[Sighting]:
    """Yield values that are given to a password, a secret or a token."""
    if any(gate in lowered for gate in _GATES):
        yield from _assigned(text)
    if "Bearer " in text or "Basic " in text:
        yield from (
            _sighting(match, match["value"])
            for match in _BEARER.finditer(text)
            if len(_DIGIT.findall(match["value"])) >= _FEWEST_IN_TOKENS
            and not _PLACEHOLDER.search(match["value"])
        )
    if "://" in text and "@" in text:
        for match in _IN_URL.finditer(text):
            value = match["value"]
            is_default = value.lower() in _DEFAULTS or value == match["user"]
            if not is_default and not _PLACEHOLDER.search(value):
                yield _sighting(match, value)


def _assigned(text: str) -> Iterator[Sighting]:
    for match in _ASSIGNED.finditer(text):
        value = match["value"].rstrip(_ENDING)
        if len(value) >= _FEWEST and _looks_random(value, is_said=match["said"] is not None):
            yield _sighting(match, value)


def _looks_random(value: str, *, is_said: bool) -> bool:
    """Tell a secret from a word, a type, a placeholder or an expression."""
    if value.lower() in _DEFAULTS or _PLACEHOLDER.search(value):
        return False
    has_letter, has_digit = bool(_LETTER.search(value)), bool(_DIGIT.search(value))
    if is_said:
        return has_letter and has_digit
    return has_letter and (has_digit or bool(_SYMBOL.search(value)))


def _sighting(match: re.Match[str], value: str) -> Sighting:
    start = match.start("value")
    return Sighting(kind=Kind.PASSWORD, start=start, end=start + len(value))
