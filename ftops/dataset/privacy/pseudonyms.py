"""Stand-ins for values: always the same one for a value and a key, from ranges that are nobody's.

Where no range is reserved the stand-in has the value's shape and fails its own check digits.
"""

import hmac
import string
from collections.abc import Callable, Mapping
from typing import Final

from ftops.core.privacy import GROUP_OF, Group, Kind
from ftops.dataset.privacy.money import TEST_CARDS, passes_mod_97
from ftops.dataset.privacy.national_ids import is_valid
from ftops.dataset.privacy.values import normal_form

_LETTERS: Final = string.ascii_lowercase
_NETS: Final = ("192.0.2", "198.51.100", "203.0.113")
_AREAS: Final = 800
_IBAN_DIGITS: Final = 18


class Pseudonyms:
    """The stand-ins of one key; another key gives others, and without it none leads back."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def stand_in(self, kind: Kind, value: str, *, turn: int = 0) -> str:
        """Return what stands for the value; another turn gives another one."""
        told = f"{kind}\0{normal_form(kind, value)}\0{turn}"
        drawn = _Lot(hmac.digest(self._key, told.encode("utf-8", "replace"), "sha256"))
        if GROUP_OF[kind] is Group.NATIONAL_IDS:
            return _identity(kind, value, drawn)
        return _MAKERS.get(kind, _secret(kind))(value, drawn)


class _Lot:
    """Numbers drawn from one digest, one after the other."""

    def __init__(self, digest: bytes) -> None:
        self._left = int.from_bytes(digest, "big")

    def below(self, bound: int) -> int:
        self._left, drawn = divmod(self._left, bound)
        return drawn

    def letters(self, count: int) -> str:
        return "".join(_LETTERS[self.below(len(_LETTERS))] for _ in range(count))


_Make = Callable[[str, _Lot], str]


def _email(_value: str, lot: _Lot) -> str:
    return f"user-{lot.letters(8)}@example.com"


def _phone(_value: str, lot: _Lot) -> str:
    area = 200 + lot.below(_AREAS)
    return f"+1-{area}-555-01{lot.below(100):02d}"


def _ip_address(value: str, lot: _Lot) -> str:
    if ":" in value:
        return f"2001:db8::{lot.below(0xFFFF):x}:{lot.below(0xFFFF):x}"
    return f"{_NETS[lot.below(len(_NETS))]}.{1 + lot.below(254)}"


def _card(_value: str, lot: _Lot) -> str:
    return TEST_CARDS[lot.below(len(TEST_CARDS))]


def _iban(_value: str, lot: _Lot) -> str:
    # No country is XX, and none will be: ISO 3166 leaves it to users.
    account = "".join(str(lot.below(10)) for _ in range(_IBAN_DIGITS))
    tries = (f"XX{check:02d}{account}" for check in range(2, 99))
    return next(filter(passes_mod_97, tries))


def _birth_date(_value: str, lot: _Lot) -> str:
    return f"18{lot.below(90) + 10:02d}-{1 + lot.below(12):02d}-{1 + lot.below(28):02d}"


_MAKERS: Final[Mapping[Kind, _Make]] = {
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.IP_ADDRESS: _ip_address,
    Kind.CARD: _card,
    Kind.IBAN: _iban,
    Kind.BIRTH_DATE: _birth_date,
}


def _secret(kind: Kind) -> _Make:
    # Letters alone look random to nobody, so no scanner takes them for a secret again.
    return lambda _value, lot: f"redacted-{kind}-{lot.letters(8)}"


def _identity(kind: Kind, value: str, lot: _Lot) -> str:
    """Return an id of the same shape that nobody can have."""
    if kind is Kind.US_SSN:
        return f"000-{1 + lot.below(99):02d}-{1 + lot.below(9999):04d}"
    if kind is Kind.UK_NINO:
        return f"QQ {lot.below(100):02d} {lot.below(100):02d} {lot.below(100):02d} A"
    drawn = "".join(_alike(letter, lot) for letter in value)
    while is_valid(kind, drawn):
        drawn = "".join(_alike(letter, lot) for letter in value)
    return drawn


def _alike(letter: str, lot: _Lot) -> str:
    if letter.isdecimal():
        return str(lot.below(10))
    return lot.letters(1).upper() if letter.isalpha() else letter
