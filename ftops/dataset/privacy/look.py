"""Every detector over one text, each value claimed by the most certain of them."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ftops.dataset.privacy.api_keys import find_api_keys, find_jwts, find_private_keys
from ftops.dataset.privacy.contact import find_emails, find_phones
from ftops.dataset.privacy.money import find_card, find_iban
from ftops.dataset.privacy.national_ids import find_in_digits, find_in_letters
from ftops.dataset.privacy.passwords import find_passwords
from ftops.dataset.privacy.personal import (
    find_birth_dates,
    find_ipv4,
    find_ipv6,
    find_spoken_birth_dates,
)
from ftops.dataset.privacy.sighting import NUMBER_GAPS, Sighting

# They begin with a set of characters and nothing else, which the matcher looks for fastest.
_DIGITS: Final = re.compile(rf"[0-9][0-9{NUMBER_GAPS}().+/-]{{4,}}[0-9]")
_CODES: Final = re.compile(r"[A-Z]{1,6}[ -]?[0-9]{2}")
_LOWER_IBAN: Final = re.compile(r"(?<![^\W_])[a-z]{2}[0-9]{2}(?=[ -]?[a-z0-9]{4})")

_FEWEST_DIGITS: Final = 8
_MARGIN: Final = 4


def look(text: str) -> list[Sighting]:
    """Return what was found, by place; no two overlap."""
    found: list[Sighting] = []
    for sighting in _claims(text):
        if all(sighting.end <= one.start or one.end <= sighting.start for one in found):
            found.append(sighting)
    return sorted(found, key=lambda one: one.start)


def _claims(text: str) -> Iterator[Sighting]:
    """Yield all that detectors claim, the surer ones first."""
    yield from find_private_keys(text)
    yield from find_jwts(text)
    yield from find_api_keys(text)
    yield from find_passwords(text)
    yield from _in_codes(text)
    runs = [(match.start(), match.end()) for match in _DIGITS.finditer(text)]
    yield from _in_long_runs(text, runs)
    if "@" in text:
        yield from find_emails(text)
    yield from _in_runs(text, runs)
    yield from find_spoken_birth_dates(text)
    if ":" in text:
        yield from find_ipv6(text)


def _in_codes(text: str) -> Iterator[Sighting]:
    starts = [match.start() for match in _CODES.finditer(text)]
    for start in starts:
        if start == 0 or not text[start - 1].isalnum():
            iban = find_iban(text, start)
            if iban is not None:
                yield iban
            yield from find_in_letters(text, start)
    if "iban" in text or "IBAN" in text:
        for match in _LOWER_IBAN.finditer(text):
            iban = find_iban(text, match.start())
            if iban is not None:
                yield iban


def _in_long_runs(text: str, runs: Iterable[tuple[int, int]]) -> Iterator[Sighting]:
    for start, end in runs:
        if end - start >= _FEWEST_DIGITS:
            yield from find_card(text, start, end + _MARGIN + 1)
            yield from find_in_digits(text, start, end + _MARGIN)


def _in_runs(text: str, runs: Iterable[tuple[int, int]]) -> Iterator[Sighting]:
    for start, end in runs:
        yield from find_ipv4(text, start, end + _MARGIN)
        yield from find_birth_dates(text, start, end + _MARGIN)
        yield from find_phones(text, start, end + _MARGIN)
