"""E-mail addresses and telephone numbers."""

import re
import string
from collections.abc import Iterator
from typing import Final

from ftops.core.privacy import Kind
from ftops.dataset.privacy.sighting import SEPARATOR, Sighting, digits_of

_LOCAL: Final = string.ascii_letters + string.digits + "._%+'-"
_LONGEST_LOCAL: Final = 64
_DOMAIN: Final = re.compile(
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}(?P<top>[^\W\d_]{2,24})(?![\w-]|\.[^\W_])"
)
_RESERVED_DOMAIN: Final = re.compile(
    r"(?:.*\.)?(?:example\.(?:com|net|org|edu)|example|test|invalid|localhost|local)\Z",
    re.IGNORECASE,
)
_FILE_ENDINGS_WRITTEN: Final = (
    "css gif html jpeg jpg js json jsx md mp4 pdf png py svg ts tsx txt webp xml yaml yml zip"
)
_FILE_ENDINGS: Final = frozenset(_FILE_ENDINGS_WRITTEN.split())

_GAP: Final = r"[ .\u00a0\u202f\u2011\u2013/-]"
_NANP: Final = re.compile(
    rf"(?<![\w+.-])(?P<plus>\+?1{_GAP}?)?(?P<open>\()?(?P<area>[2-9][0-9]{{2}})\)?"
    rf"(?P<one>{_GAP}{{0,2}})(?P<office>[2-9][0-9]{{2}})(?P<two>{_GAP}?)(?P<line>[0-9]{{4}})"
    rf"(?![\w-]|[.,][0-9])"
)
_ABROAD: Final = re.compile(
    rf"(?<![\w+])(?:\+|(?<![0-9] )00(?=[2-9]))"
    rf"(?P<number>[2-9](?:{_GAP}?\(?[0-9]\)?){{7,13}})(?![0-9\w])"
)
_AT_HOME: Final = re.compile(rf"(?<![\w+.-])\(?[0-9](?:{_GAP}{{0,2}}\(?[0-9]\)?){{6,12}}(?![\w-])")
_CALLING: Final = re.compile(
    r"(?<![^\W_])(?:(?:tele)?phones?|tel|telefon(?:o|e|nummer)?|téléphone|teléfono|mobil[ey]?|móvil"
    r"|celular|cell(?:phone)?|handy(?:nummer)?|portable|fax|whatsapp|sms|call|ring|dial|rufnummer"
    r"|reach (?:me|her|him|them|us)|text me|numéro|contact[_ ]number)(?![^\W_])"
    rf"[^0-9{SEPARATOR}]{{0,24}}\Z",
    re.IGNORECASE,
)
_CALLING_WRITTEN: Final = (
    "phone|tel|mobil|móvil|celular|cell|handy|portable|fax|whatsapp|sms|call|ring|dial|rufnummer"
    "|reach|text me|numéro|contact"
)
_CALLING_GATES: Final = tuple(_CALLING_WRITTEN.split("|"))
_OTHER_NUMBER: Final = re.compile(
    r"order|invoice|ticket|\bref|\bcase|\bid\b|account|bestell|rechnung|kunden|serial|imei|sku|pedido"
    r"|commande|version",
    re.IGNORECASE,
)
_DATE: Final = re.compile(
    r"(?:19|20)[0-9]{2}[-./ ][0-9]{1,2}[-./ ][0-9]{1,2}"
    r"|[0-9]{1,2}[-./ ][0-9]{1,2}[-./ ](?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2} ?[-\u2013/] ?(?:19|20)[0-9]{2}"
)
_RESERVED_NUMBER: Final = re.compile(
    # Numbers kept free for films and books: North America, Britain, France, Australia.
    r"(?:1?[2-9][0-9]{2})?55501[0-9]{2}\Z"
    r"|(?:44|0)(?:7700900|2079460|1632960|1134960|1144960|1154960|1164960|1174960|1184960|1214960"
    r"|1314960|1414960|1514960|1614960|1914980|2890180|2920180|8081570|9098790|3069990)[0-9]{3}\Z"
    r"|(?:33|0)(?:19900|26191|35301|46571|53649|63998)[0-9]{4}\Z"
    r"|(?:61|0)(?:491570[0-9]{3}|[2378]5550[0-9]{4}|[2378]7010[0-9]{4})\Z"
)
_TOLL_FREE: Final = frozenset({"800", "833", "844", "855", "866", "877", "888"})
_NO_COUNTRY: Final = re.compile(
    r"210|21[4579]|259|28|29[2-6]|38[48]|42[2-9]|69[3-9]|80[1-79]|8[39]|85[14789]|87[1-79]|88[4579]"
    r"|97[8]|99[079]"
)
"""What no country's code begins with."""

_SAME: Final = re.compile(r"(.)\1*\Z")


def find_emails(text: str) -> Iterator[Sighting]:
    """Yield e-mail addresses outside the domains reserved for examples."""
    at = text.find("@")
    while at >= 0:
        before = text[max(0, at - _LONGEST_LOCAL) : at]
        local = before[len(before.rstrip(_LOCAL)) :].lstrip(".%+'-")
        domain = _DOMAIN.match(text, at + 1) if local else None
        if domain is not None and not _is_no_address(local, domain, text):
            yield Sighting(kind=Kind.EMAIL, start=at - len(local), end=domain.end(), kept=1)
        at = text.find("@", at + 1)


def find_american_phones(text: str, start: int, end: int) -> Iterator[Sighting]:
    """Yield numbers that are written as in North America."""
    for match in _NANP.finditer(text, start, end):
        if _is_nanp(match):
            yield from _unless_reserved(match, kept=3 if match["plus"] else 1)


def find_foreign_phones(text: str, start: int, end: int) -> Iterator[Sighting]:
    """Yield numbers that begin with the code of a country."""
    for match in _ABROAD.finditer(text, start, end):
        if not _NO_COUNTRY.match(digits_of(match["number"])):
            yield from _unless_reserved(match, kept=3)


def find_announced_phones(text: str, start: int, end: int) -> Iterator[Sighting]:
    """Yield numbers that a word before them calls a telephone number."""
    for match in _AT_HOME.finditer(text, start, end):
        if not _DATE.match(match[0]) and _is_announced(text, match):
            yield from _unless_reserved(match, kept=1)


def mentions_calling(lowered: str) -> bool:
    """Return whether any word of telephoning is there at all."""
    return any(gate in lowered for gate in _CALLING_GATES)


def _is_no_address(local: str, domain: re.Match[str], text: str) -> bool:
    is_remote = local == "git" and text[domain.end() : domain.end() + 1] in {":", "/"}
    is_file = domain["top"].lower() in _FILE_ENDINGS
    return is_remote or is_file or _RESERVED_DOMAIN.match(domain[0]) is not None


def _is_nanp(match: re.Match[str]) -> bool:
    """Return whether it is written as North Americans do, with a person's area code."""
    codes = (match["area"], match["office"])
    if match["area"] in _TOLL_FREE or any(code.endswith("11") for code in codes):
        return False
    if match["plus"] and match["plus"].startswith("+"):
        return True
    is_parted = match["one"] in {"-", ".", "\u2011"} and match["two"] == match["one"]
    return is_parted or bool(match["open"] and match["two"])


def _is_announced(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 40) : match.start()].rpartition(SEPARATOR)[2]
    calling = _CALLING.search(before)
    return calling is not None and not _OTHER_NUMBER.search(before, calling.start())


def _unless_reserved(match: re.Match[str], kept: int) -> Iterator[Sighting]:
    number = digits_of(match[0]).removeprefix("00")
    if not _RESERVED_NUMBER.match(number) and not _SAME.match(number):
        yield Sighting(kind=Kind.PHONE, start=match.start(), end=match.end(), kept=kept)
