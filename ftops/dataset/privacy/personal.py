"""Public IP addresses and dates of birth."""

import re
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from ftops.core.privacy import Kind
from ftops.dataset.privacy.sighting import SEPARATOR, Sighting, context_words, says

_V4: Final = re.compile(
    r"(?<![\w.-])(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}"
    r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?![\w-]|\.[0-9])"
)
_V6: Final = re.compile(r"[23][0-9a-fA-F]{3}:(?:[0-9a-fA-F]{0,4}:){1,6}[0-9a-fA-F]{0,4}")
_GLUE: Final = re.compile(r"[\w:.]")
_KNOWN: Final = frozenset(
    {"1.1.1.1", "1.0.0.1", "8.8.8.8", "8.8.4.4", "9.9.9.9", "149.112.112.112", "208.67.222.222"}
    | {"208.67.220.220", "2606:4700:4700::1111", "2606:4700:4700::1001", "2001:4860:4860::8888"}
    | {"2001:4860:4860::8844", "2620:fe::fe"}
)
"""Public resolvers, which half of all manuals name."""

_VERSIONED: Final = re.compile(
    r"(?:version|release|build|section|chapter|firmware|driver|oid|clause|[vr§])[ .:=]{0,2}\Z",
    re.IGNORECASE,
)
_ADDRESS_WORDS: Final = context_words(
    r"ip(?:v4)?(?:[ _-]?addr(?:ess|esse)?)?|hosts?|servers?|ping|ssh|from|client|remote|peer"
    r"|dns|login"
)
_LIKELY_OCTET: Final = 30
"""Versions seldom reach it in any place; of random addresses nearly all do."""

_BORN: Final = re.compile(
    r"(?<![^\W_])(?:born(?: on)?|birth[ _-]?da(?:te|y)|date[ _]of[ _]birth|d\.?o\.?b\.?"
    r"|geb(?:oren|\.)?(?: am)?|geburts(?:datum|tag)|née?(?: le)?|date de naissance"
    r"|nacid[oa](?: el)?"
    r"|fecha de nacimiento|nat[oa](?: il)?|data di nascita|data de nascimento|geboortedatum"
    rf"|geboren op|född)(?![^\W_])[^0-9{SEPARATOR}.!?]{{0,24}}\.?[ :(\"]*\Z",
    re.IGNORECASE,
)
_BORN_WRITTEN: Final = "born|birth|d.o.b|dob|geb|né|naissance|nacid|nacimiento|nat|nasci|född"
_BORN_GATES: Final = tuple(_BORN_WRITTEN.split("|"))
_IN_DIGITS: Final = re.compile(
    r"(?<![\w.-])(?:(?:19|20)[0-9]{2}([-./])[0-9]{1,2}\1[0-9]{1,2}"
    r"|[0-9]{1,2}([-./])\s?[0-9]{1,2}\2\s?(?:(?:19|20)[0-9]{2}|[0-9]{2}))(?![\w-]|\.[0-9])"
)
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_IN_WORDS: Final = re.compile(
    r"(?:(?<![\w.])[0-9]{1,2}(?:st|nd|rd|th|\.|er|º)?(?: of| de)? [^\W\d_]{3,10}\.?,?(?: de)? "
    r"|(?<!\w)[^\W\d_]{3,9}\.? [0-9]{1,2}(?:st|nd|rd|th)?,? )\Z"
)
_LONGEST_DAY: Final = 28


def find_ipv4(text: str, start: int, end: int) -> Iterator[Sighting]:
    """Yield the public addresses in one run of digits; versions with four parts are left out."""
    for match in _V4.finditer(text, start, end):
        if match[0] in _KNOWN or not _is_public(match[0]) or _is_version(text, match):
            continue
        yield Sighting(
            kind=Kind.IP_ADDRESS,
            start=match.start(),
            end=match.end(),
            kept=match[0].index("."),
        )


def find_ipv6(text: str) -> Iterator[Sighting]:
    """Yield the public addresses of the newer kind."""
    for match in _V6.finditer(text):
        start, end = match.span()
        written = match[0]
        if written.endswith(":") and not written.endswith("::"):
            written, end = written[:-1], end - 1
        is_glued = (
            bool(_GLUE.match(text[max(0, start - 1) : start])) or text[end : end + 1].isalnum()
        )
        if not is_glued and written not in _KNOWN and _is_public(written):
            yield Sighting(kind=Kind.IP_ADDRESS, start=start, end=end, kept=4)


def mentions_birth(lowered: str) -> bool:
    """Return whether any word of births is there at all."""
    return any(gate in lowered for gate in _BORN_GATES)


def find_birth_dates(text: str, start: int, end: int) -> Iterator[Sighting]:
    """Yield the dates in one run of digits that a word before them calls a birth."""
    for match in _IN_DIGITS.finditer(text, start, end):
        if _is_born(text, match.start()):
            yield Sighting(kind=Kind.BIRTH_DATE, start=match.start(), end=match.end())


def find_spoken_birth_dates(text: str) -> Iterator[Sighting]:
    """Yield dates of birth that name the month: `12 March 1985`, `March 12, 1985`."""
    for year in _YEAR.finditer(text):
        begin = max(0, year.start() - _LONGEST_DAY)
        day = _IN_WORDS.search(text[begin : year.start()])
        if day is not None and _is_born(text, begin + day.start()):
            yield Sighting(kind=Kind.BIRTH_DATE, start=begin + day.start(), end=year.end())


def _is_born(text: str, start: int) -> bool:
    before = text[max(0, start - 56) : start].rpartition(SEPARATOR)[2]
    return _BORN.search(before) is not None


def _is_public(written: str) -> bool:
    with suppress(ValueError):
        return _is_global(ip_address(written))
    return False


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not address.is_multicast


def _is_version(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 12) : match.start()].rpartition(SEPARATOR)[2]
    if _VERSIONED.search(before):
        return True
    is_small = all(int(part) < _LIKELY_OCTET for part in match[0].split("."))
    return is_small and not says(text, match.start(), _ADDRESS_WORDS)
