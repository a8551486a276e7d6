"""Payment cards (Luhn) and IBANs (mod 97)."""

import re
from collections.abc import Iterator
from typing import Final

from stdnum import luhn

from ftops.core.privacy import Kind
from ftops.dataset.privacy.sighting import Sighting, context_words, digits_of, says

_TEST_CARDS: Final = (
    "4242424242424242 4000056655665556 4111111111111111 4012888888881881 5555555555554444 "
    "2223003122003222 5200828282828210 5105105105105100 6011111111111117 6011000990139424 "
    "3566002020360505 3530111333300000 378282246310005 371449635398431 3056930009020004 "
    "30569309025904 38520000023237 6200000000000005 4000000000000002 4222222222222"
)
TEST_CARDS: Final = tuple(_TEST_CARDS.split())
"""Numbers that payment providers publish for tests; they are nobody's."""

_CARD: Final = re.compile(
    r"(?<![\w.,+/-])(?<![0-9]{4} )(?:"
    r"[2-6][0-9]{3}(?P<a>[ \u00a0-]?)[0-9]{4}(?P=a)[0-9]{4}(?P=a)[0-9]{4}"
    r"|3[47][0-9]{2}(?P<b>[ \u00a0-]?)[0-9]{6}(?P=b)[0-9]{5}"
    r"|3[0689][0-9]{2}(?P<c>[ \u00a0-]?)[0-9]{6}(?P=c)[0-9]{4}"
    r"|[46][0-9]{12}(?:[0-9]{6})?"
    r")(?![\w-]|[.,]?[0-9]|[ ][0-9]{4}\b)"
)
_ISSUERS: Final = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})\Z"
    r"|5[1-5][0-9]{14}\Z|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)[0-9]*\Z"
    r"|3[47][0-9]{13}\Z|3(?:0[0-5]|[689])[0-9]*\Z|35(?:2[89]|[3-8])[0-9]*\Z"
    r"|6(?:011|5|4[4-9]|2)[0-9]{12,17}\Z"
)
_CARD_WORDS: Final = context_words(
    r"cards?|credit|debit|visa|mastercard|amex|pan|karten?|kreditkarten?(?:nummer)?|carte"
    r"|tarjeta|carta|cartão|(?:card|cc|credit_?card)_?(?:no|num|number)"
)
_USUAL_LENGTHS: Final = frozenset({14, 15, 16})

_IBAN_LENGTHS: Final = {
    country: int(length)
    for country, length in re.findall(
        r"([A-Z]{2})([0-9]{2})",
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18FO18"
        "FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21"
        "MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22SA24SC31SE24SI19SK24SM27ST25"
        "SV28TL23TN24TR26UA29VA22VG24XK20",
    )
}
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}(?:[ \u00a0-]?[A-Z0-9]){11,30}", re.IGNORECASE)
_ALNUM: Final = re.compile(r"[^\W_]")


def find_card(text: str, start: int, end: int) -> Iterator[Sighting]:
    """Yield the payment cards in one run of digits; published test numbers are left out."""
    for match in _CARD.finditer(text, start, end):
        number = digits_of(match[0])
        if number in TEST_CARDS or not _ISSUERS.match(number) or not luhn.is_valid(number):
            continue
        if len(number) in _USUAL_LENGTHS or says(text, match.start(), _CARD_WORDS):
            yield Sighting(kind=Kind.CARD, start=match.start(), end=match.end(), kept=1)


def find_iban(text: str, start: int) -> Iterator[Sighting]:
    """Yield the IBAN that begins at `start`, if one does."""
    length = _IBAN_LENGTHS.get(text[start : start + 2].upper())
    match = None if length is None else _IBAN.match(text, start)
    if match is None or length is None:
        return
    end = _end_of(match[0], length)
    if end is None or _ALNUM.match(text, start + end):
        return
    if passes_mod_97("".join(_ALNUM.findall(match[0][:end])).upper()):
        yield Sighting(kind=Kind.IBAN, start=start, end=start + end, kept=2)


def passes_mod_97(iban: str) -> bool:
    """Return whether the check digits of an IBAN without spaces are right."""
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1


def _end_of(written: str, length: int) -> int | None:
    """Return where the first `length` letters and digits end."""
    ends = [match.end() for match in _ALNUM.finditer(written)]
    return ends[length - 1] if len(ends) >= length else None
