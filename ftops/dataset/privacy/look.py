"""Every detector over one text, each value claimed by the most certain of them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ftops.dataset.privacy.api_keys import find_api_keys, find_jwts, find_private_keys
from ftops.dataset.privacy.contact import (
    find_american_phones,
    find_announced_phones,
    find_emails,
    find_foreign_phones,
    mentions_calling,
)
from ftops.dataset.privacy.money import find_card, find_iban
from ftops.dataset.privacy.national_ids import find_in_digits, find_in_letters, likely_in
from ftops.dataset.privacy.passwords import find_passwords
from ftops.dataset.privacy.personal import (
    find_birth_dates,
    find_ipv4,
    find_ipv6,
    find_spoken_birth_dates,
    mentions_birth,
)
from ftops.dataset.privacy.sighting import NUMBER_GAPS, Sighting

# They begin with a set of characters and nothing else, which the matcher looks for fastest.
_DIGITS: Final = re.compile(rf"[0-9][0-9{NUMBER_GAPS}().+/-]{{4,}}[0-9]")
_CODES: Final = re.compile(r"[A-Z]{1,6}[ -]?[0-9]{2}")
_LOWER_IBAN: Final = re.compile(r"(?<![^\W_])[a-z]{2}[0-9]{2}(?=[ -]?[a-z0-9]{4})")

_GAPS: Final = str.maketrans("", "", " ().+/-\u00a0\u202f\u2011\u2013")
_FEWEST_IN_IDS: Final = 8
_FEWEST_IN_CARDS: Final = 13
_FEWEST_IN_AMERICA: Final = 10
_DOTS_IN_ADDRESS: Final = 3
_MARGIN: Final = 5


@dataclass(frozen=True, slots=True)
class _Run:
    """Digits with gaps, which may be one number or several."""

    start: int
    end: int
    written: str
    digits: int


def look(text: str) -> list[Sighting]:
    """Return what was found, by place; no two overlap."""
    found: list[Sighting] = []
    for sighting in _claims(text):
        if all(sighting.end <= one.start or one.end <= sighting.start for one in found):
            found.append(sighting)
    return sorted(found, key=lambda one: one.start)


def _claims(text: str) -> Iterator[Sighting]:
    """Yield all that detectors claim, the surer ones first."""
    lowered = text.lower()
    yield from find_private_keys(text)
    yield from find_jwts(text)
    yield from find_api_keys(text)
    yield from find_passwords(text, lowered)
    yield from _in_codes(text, lowered)
    runs = list(_runs(text))
    yield from _ids(text, lowered, runs)
    if "@" in text:
        yield from find_emails(text)
    yield from _addresses(text, runs)
    if mentions_birth(lowered):
        for run in runs:
            yield from find_birth_dates(text, run.start, run.end + _MARGIN)
        yield from find_spoken_birth_dates(text)
    yield from _phones(text, runs, is_calling=mentions_calling(lowered))


def _runs(text: str) -> Iterator[_Run]:
    for match in _DIGITS.finditer(text):
        written = match[0]
        yield _Run(match.start(), match.end(), written, len(written.translate(_GAPS)))


def _in_codes(text: str, lowered: str) -> Iterator[Sighting]:
    for match in _CODES.finditer(text):
        start = match.start()
        if start and text[start - 1].isalnum():
            continue
        if text[start + 1].isalpha():
            yield from find_iban(text, start)
        if text[start + 1].isalpha() or text[start] in "XYZ":
            yield from find_in_letters(text, start)
    if "iban" in lowered:
        for match in _LOWER_IBAN.finditer(text):
            yield from find_iban(text, match.start())


def _ids(text: str, lowered: str, runs: Iterable[_Run]) -> Iterator[Sighting]:
    long = [run for run in runs if run.digits >= _FEWEST_IN_IDS]
    identities = likely_in(lowered) if long else []
    for run in long:
        if run.digits >= _FEWEST_IN_CARDS:
            yield from find_card(text, run.start, run.end + _MARGIN)
        fitting = [one for one in identities if one.least <= run.digits]
        yield from find_in_digits(text, run.start, run.end + _MARGIN, fitting)


def _addresses(text: str, runs: Iterable[_Run]) -> Iterator[Sighting]:
    for run in runs:
        if run.written.count(".") >= _DOTS_IN_ADDRESS:
            yield from find_ipv4(text, run.start, run.end + _MARGIN)
    if ":" in text:
        yield from find_ipv6(text)


def _phones(text: str, runs: Iterable[_Run], *, is_calling: bool) -> Iterator[Sighting]:
    for run in runs:
        start, end = max(0, run.start - 2), run.end + _MARGIN
        if run.digits >= _FEWEST_IN_AMERICA:
            yield from find_american_phones(text, start, end)
        if "00" in run.written or "+" in text[start : run.end]:
            yield from find_foreign_phones(text, start, end)
        if is_calling:
            yield from find_announced_phones(text, start, end)
