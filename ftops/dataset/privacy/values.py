"""A found value in words: its name, what of it may be shown, and the form that is compared."""

import hashlib
from typing import Final

from ftops.core.privacy import GROUP_OF, Group, Kind
from ftops.dataset.privacy.sighting import Sighting

_NAMES: Final = {
    Kind.PRIVATE_KEY: ("a private key", "private keys"),
    Kind.API_KEY: ("an API key", "API keys"),
    Kind.JWT: ("a JSON web token", "JSON web tokens"),
    Kind.PASSWORD: ("a password or token", "passwords and tokens"),
    Kind.CARD: ("a payment card number", "payment card numbers"),
    Kind.IBAN: ("an IBAN", "IBANs"),
    Kind.US_SSN: ("a US social security number", "US social security numbers"),
    Kind.UK_NINO: ("a UK national insurance number", "UK national insurance numbers"),
    Kind.DE_IDNR: ("a German tax id", "German tax ids"),
    Kind.FR_NIR: ("a French social security number", "French social security numbers"),
    Kind.ES_DNI: ("a Spanish DNI or NIE", "Spanish DNIs and NIEs"),
    Kind.IT_CODICE_FISCALE: ("an Italian codice fiscale", "Italian codici fiscali"),
    Kind.NL_BSN: ("a Dutch BSN", "Dutch BSNs"),
    Kind.BR_CPF: ("a Brazilian CPF", "Brazilian CPFs"),
    Kind.CA_SIN: ("a Canadian SIN", "Canadian SINs"),
    Kind.CH_AHV: ("a Swiss AHV number", "Swiss AHV numbers"),
    Kind.BE_NN: ("a Belgian national number", "Belgian national numbers"),
    Kind.PL_PESEL: ("a Polish PESEL", "Polish PESELs"),
    Kind.SE_PERSONNUMMER: ("a Swedish personnummer", "Swedish personnummer"),
    Kind.IN_AADHAAR: ("an Indian Aadhaar number", "Indian Aadhaar numbers"),
    Kind.EMAIL: ("an e-mail address", "e-mail addresses"),
    Kind.PHONE: ("a telephone number", "telephone numbers"),
    Kind.IP_ADDRESS: ("a public IP address", "public IP addresses"),
    Kind.BIRTH_DATE: ("a date of birth", "dates of birth"),
    Kind.PERSON_NAME: ("a person's name", "names of people"),
    Kind.LOCATION: ("a place or an address", "places and addresses"),
}
_STARS: Final = "***"


def singular(kind: Kind) -> str:
    """Return the kind as people say it, with its article."""
    return _NAMES[kind][0]


def more_of(count: int, kind: Kind) -> str:
    """Return how many more of a kind there are, as people say it."""
    article_and_one, many = _NAMES[kind]
    one = article_and_one.split(maxsplit=1)[1]
    return f"{count:,} more {one if count == 1 else many}"


def masked(value: str, sighting: Sighting) -> str:
    """Return as much of the value as helps to find it and tells nothing."""
    if sighting.kind is Kind.EMAIL:
        local, _, domain = value.partition("@")
        return f"{local[:1]}{_STARS}@{domain[:1]}{_STARS}.{domain.rpartition('.')[2]}"
    return value[: sighting.kept] + _STARS


def normal_form(kind: Kind, value: str) -> str:
    """Return what all ways to write the value have in common."""
    if kind is Kind.EMAIL:
        return value.lower()
    if kind in {Kind.PHONE, Kind.CARD, Kind.IBAN} or GROUP_OF[kind] is Group.NATIONAL_IDS:
        return "".join(letter for letter in value if letter.isalnum() or letter == "+").upper()
    return value


def sha256(text: str) -> str:
    """Return the digest that stands for a value where the value itself must not stand."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
