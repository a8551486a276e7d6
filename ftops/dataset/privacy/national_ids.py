"""National ids of people: a table of how each is written, checked and announced."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from stdnum.be import nn as be_nn
from stdnum.br import cpf as br_cpf
from stdnum.ca import sin as ca_sin
from stdnum.ch import ssn as ch_ssn
from stdnum.de import idnr as de_idnr
from stdnum.es import dni as es_dni
from stdnum.es import nie as es_nie
from stdnum.fr import nir as fr_nir
from stdnum.in_ import aadhaar as in_aadhaar
from stdnum.it import codicefiscale
from stdnum.nl import bsn as nl_bsn
from stdnum.pl import pesel as pl_pesel
from stdnum.se import personnummer
from stdnum.us import ssn as us_ssn

from ftops.core.privacy import Kind
from ftops.dataset.privacy.sighting import Sighting, context_words, says

_EXAMPLES_WRITTEN: Final = (
    "123-45-6789|123456789|123 45 6789|12345678Z|12345678-Z|X1234567L|111.111.111-11|"
    "123.456.789-09|12345678909|111222333|046 454 286"
)
_EXAMPLES: Final = frozenset(_EXAMPLES_WRITTEN.split("|"))
"""Numbers that every manual prints; `12345678Z` even has the right check letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One kind of id; one written as `plainly` needs no word before it to be believed.

    One that always needs a word is not looked for in texts without any of the `gates`.
    """

    kind: Kind
    written: re.Pattern[str]
    plainly: re.Pattern[str] | None
    is_valid: Callable[[str], bool]
    words: re.Pattern[str]
    gates: tuple[str, ...]
    least: int


def _is_nino(number: str) -> bool:
    letters = number[:2].upper()
    barred = letters in {"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"}
    return not barred and not set(letters) & set("DFIQUV") and letters[1] != "O"


def _is_ssn(number: str) -> bool:
    return us_ssn.is_valid(number.replace(" ", "-"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """The words that announce an id, and parts that one of them always has, in small letters."""

    pattern: str
    gates: str = ""


def _identity(
    kind: Kind, written: str, plainly: str | None, is_valid: Callable[[str], bool], words: _Words
) -> Identity:
    return Identity(
        kind=kind,
        written=re.compile(rf"(?<![\w.+/-])(?:{written})(?![\w/-]|[.,][0-9])"),
        plainly=None if plainly is None else re.compile(plainly),
        is_valid=is_valid,
        words=context_words(words.pattern),
        gates=tuple(words.gates.split("|")),
        least=_LEAST_DIGITS.get(kind, 9),
    )


_LEAST_DIGITS: Final = {
    Kind.FR_NIR: 14,
    Kind.CH_AHV: 13,
    Kind.IN_AADHAAR: 12,
    Kind.BR_CPF: 11,
    Kind.BE_NN: 11,
    Kind.DE_IDNR: 11,
    Kind.PL_PESEL: 11,
    Kind.SE_PERSONNUMMER: 10,
    Kind.ES_DNI: 8,
}

IN_DIGITS: Final = (
    _identity(
        Kind.US_SSN,
        r"[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{3} [0-9]{2} [0-9]{4}|[0-9]{9}",
        r"[0-9]{3}-[0-9]{2}-[0-9]{4}",
        _is_ssn,
        _Words(pattern=(r"ssns?|social(?:[ _]security)?|social sec")),
    ),
    _identity(
        Kind.FR_NIR,
        r"[1-478] ?[0-9]{2} ?[0-9]{2} ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}",
        r".*",
        fr_nir.is_valid,
        _Words(pattern=(r"nir|insee|sécu(?:rité sociale)?|securite sociale")),
    ),
    _identity(
        Kind.CH_AHV,
        r"756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}|756[0-9]{10}",
        r"756\..*",
        ch_ssn.is_valid,
        _Words(pattern=(r"ahv(?:-?n(?:umme)?r)?|avs|sozialversicherungsnummer")),
    ),
    _identity(
        Kind.BR_CPF,
        r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}|[0-9]{11}",
        r"[0-9]{3}\..*",
        br_cpf.is_valid,
        _Words(pattern=(r"cpf")),
    ),
    _identity(
        Kind.BE_NN,
        r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}|[0-9]{11}",
        r"[0-9]{2}\..*",
        be_nn.is_valid,
        _Words(
            pattern=(
                r"rijksregister(?:nummer)?|registre national|insz|niss"
                r"|national (?:register )?number"
            )
        ),
    ),
    _identity(
        Kind.SE_PERSONNUMMER,
        r"(?:19|20)?[0-9]{6}[-+]?[0-9]{4}",
        r"(?:19|20)?[0-9]{6}[-+][0-9]{4}",
        personnummer.is_valid,
        _Words(pattern=(r"personnummer|personal identity number|pnr")),
    ),
    _identity(
        Kind.DE_IDNR,
        r"[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}",
        None,
        de_idnr.is_valid,
        _Words(
            pattern=(
                r"steuer-?id(?:entifikationsnummer|nr)?|steuerliche[a-z]* id[a-z-]*"
                r"|identifikationsnummer|id-?nr|idnr|tax ?id|tin"
            ),
            gates="steuer|id-nr|idnr|identifikation|tax|tin",
        ),
    ),
    _identity(
        Kind.PL_PESEL,
        r"[0-9]{11}",
        None,
        pl_pesel.is_valid,
        _Words(pattern=(r"pesel(?:u|em)?"), gates="pesel"),
    ),
    _identity(
        Kind.IN_AADHAAR,
        r"[2-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}",
        None,
        in_aadhaar.is_valid,
        _Words(
            pattern=(r"aadh?aar(?: (?:card|number|no))?|uid(?:ai)?"), gates="aadhar|aadhaar|uid"
        ),
    ),
    _identity(
        Kind.NL_BSN,
        r"[0-9]{9}|[0-9]{4}\.[0-9]{2}\.[0-9]{3}",
        None,
        nl_bsn.is_valid,
        _Words(
            pattern=(r"bsn(?:-?nummer)?|burgerservicenummer|sofi(?:-?nummer)?"),
            gates="bsn|burgerservice|sofi",
        ),
    ),
    _identity(
        Kind.CA_SIN,
        r"[1-9][0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{3}",
        None,
        ca_sin.is_valid,
        _Words(
            pattern=(r"sin|social insurance|assurance sociale|nas"),
            gates="sin|assurance sociale|nas|social insurance",
        ),
    ),
    _identity(
        Kind.ES_DNI,
        r"[0-9]{8}[ -]?[A-HJ-NP-TV-Z]",
        None,
        es_dni.is_valid,
        _Words(
            pattern=(
                r"d\.?n\.?i\.?|n\.?i\.?f\.?|documento(?: nacional)?(?: de identidad)?|identidad"
            ),
            gates="dni|d.n.i|nif|n.i.f|documento|identidad",
        ),
    ),
)
"""Ids that have at least eight digits in a row, gaps left out."""

IN_LETTERS: Final = (
    _identity(
        Kind.IT_CODICE_FISCALE,
        r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]",
        r".*",
        codicefiscale.is_valid,
        _Words(pattern=(r"codice fiscale")),
    ),
    _identity(
        Kind.UK_NINO,
        r"[A-Z]{2} [0-9]{2} [0-9]{2} [0-9]{2} [A-D]|[A-Z]{2} ?[0-9]{6} ?[A-D]",
        r".. .. .. .. .",
        _is_nino,
        _Words(pattern=(r"nino|national insurance|n\.?i\.?(?: (?:number|no))?|ni[_-]?number")),
    ),
    _identity(
        Kind.ES_DNI,
        r"[XYZ]-?[0-9]{7}-?[A-HJ-NP-TV-Z]",
        r".*",
        es_nie.is_valid,
        _Words(pattern=(r"nie")),
    ),
)
"""Ids that begin with letters."""


def likely_in(lowered: str) -> list[Identity]:
    """Return the ids of digits that can be in a text at all, given in small letters."""
    return [
        identity
        for identity in IN_DIGITS
        if identity.plainly is not None or any(gate in lowered for gate in identity.gates)
    ]


def find_in_digits(
    text: str, start: int, end: int, identities: Iterable[Identity]
) -> Iterator[Sighting]:
    """Yield the ids in one run of digits."""
    for identity in identities:
        for match in identity.written.finditer(text, start, end):
            yield from _judged(identity, text, match)


def find_in_letters(text: str, start: int) -> Iterator[Sighting]:
    """Yield the id that begins with the letters at `start`, if one does."""
    for identity in IN_LETTERS:
        match = identity.written.match(text, start)
        if match is not None:
            yield from _judged(identity, text, match)


def is_valid(kind: Kind, number: str) -> bool:
    """Return whether a number could be somebody's id of that kind."""
    return any(
        identity.is_valid(number)
        for identity in (*IN_DIGITS, *IN_LETTERS)
        if identity.kind is kind and identity.written.fullmatch(number)
    )


def _judged(identity: Identity, text: str, match: re.Match[str]) -> Iterator[Sighting]:
    number = match[0]
    if number in _EXAMPLES or not identity.is_valid(number):
        return
    is_plain = identity.plainly is not None and identity.plainly.fullmatch(number)
    if is_plain or says(text, match.start(), identity.words):
        yield Sighting(kind=identity.kind, start=match.start(), end=match.end())
