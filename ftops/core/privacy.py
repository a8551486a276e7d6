"""What privacy checks look for, and what each kind of finding does to a plan."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from ftops.core.misfit import Misfit


class Kind(StrEnum):
    """One kind of personal data or secret."""

    PRIVATE_KEY = "private-key"
    API_KEY = "api-key"
    JWT = "jwt"
    PASSWORD = "password"  # noqa: S105 - the word that people write in a spec
    CARD = "card"
    IBAN = "iban"
    US_SSN = "us-ssn"
    UK_NINO = "uk-nino"
    DE_IDNR = "de-idnr"
    FR_NIR = "fr-nir"
    ES_DNI = "es-dni"
    IT_CODICE_FISCALE = "it-codice-fiscale"
    NL_BSN = "nl-bsn"
    BR_CPF = "br-cpf"
    CA_SIN = "ca-sin"
    CH_AHV = "ch-ahv"
    BE_NN = "be-nn"
    PL_PESEL = "pl-pesel"
    SE_PERSONNUMMER = "se-personnummer"
    IN_AADHAAR = "in-aadhaar"
    EMAIL = "email"
    PHONE = "phone"
    IP_ADDRESS = "ip-address"
    BIRTH_DATE = "birth-date"
    PERSON_NAME = "person-name"
    LOCATION = "location"


class Group(StrEnum):
    """A word for several kinds."""

    SECRETS = "secrets"
    FINANCIAL = "financial"
    NATIONAL_IDS = "national-ids"
    CONTACT = "contact"
    PERSONAL = "personal"


class Response(StrEnum):
    """What a finding does: stop everything before the upload, be told, or nothing."""

    BLOCK = "block"
    WARN = "warn"
    IGNORE = "ignore"


_OTHERS: Final = {
    Kind.PRIVATE_KEY: Group.SECRETS,
    Kind.API_KEY: Group.SECRETS,
    Kind.JWT: Group.SECRETS,
    Kind.PASSWORD: Group.SECRETS,
    Kind.CARD: Group.FINANCIAL,
    Kind.IBAN: Group.FINANCIAL,
    Kind.EMAIL: Group.CONTACT,
    Kind.PHONE: Group.CONTACT,
    Kind.IP_ADDRESS: Group.PERSONAL,
    Kind.BIRTH_DATE: Group.PERSONAL,
    Kind.PERSON_NAME: Group.PERSONAL,
    Kind.LOCATION: Group.PERSONAL,
}

BY_MODEL: Final = frozenset({Kind.PERSON_NAME, Kind.LOCATION})
"""What only a language model finds, where a spec names one."""

GROUP_OF: Final[Mapping[Kind, Group]] = MappingProxyType(
    {kind: _OTHERS.get(kind, Group.NATIONAL_IDS) for kind in Kind}
)

_DEFAULTS: Final = {
    Group.SECRETS: Response.BLOCK,
    Group.FINANCIAL: Response.BLOCK,
    Group.NATIONAL_IDS: Response.BLOCK,
    Group.CONTACT: Response.WARN,
    Group.PERSONAL: Response.WARN,
}


def responses(written: Mapping[Response, Sequence[str]]) -> dict[Kind, Response]:
    """Return each kind's response: its own word goes before its group's, and that before ours."""
    said: dict[str, Response] = {
        word: response for response, words in written.items() for word in words
    }
    return {
        kind: said.get(kind) or said.get(group) or _DEFAULTS[group]
        for kind, group in GROUP_OF.items()
    }


def words_without_a_model(
    written: Mapping[Response, Sequence[Kind | Group]], *, has_model: bool
) -> list[Misfit]:
    """Find the kinds to be blocked or told that nothing would look for."""
    looked_for = (Response.BLOCK, Response.WARN)
    return [
        Misfit(path=(response,), message=f"names {word}, which needs `presidio: {{model: FOLDER}}`")
        for response in looked_for
        for word in written[response]
        if word in BY_MODEL and not has_model
    ]


def repeated_words(written: Mapping[Response, Sequence[Kind | Group]]) -> list[Misfit]:
    """Find the words that stand under two responses."""
    first: dict[Kind | Group, Response] = {}
    return [
        Misfit(path=(response,), message=f"names {word}, which stands under {first[word]} already")
        for response, words in written.items()
        for word in words
        if first.setdefault(word, response) is not response
    ]
