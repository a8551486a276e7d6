"""What a plain YAML scalar means by the core schema of YAML 1.2, whatever PyYAML would say."""

import math
import re
from typing import Final

Scalar = str | int | float | bool | None

_CONSTANTS: Final[dict[str, bool | None]] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_INTEGERS: Final = (
    (re.compile(r"[-+]?[0-9]+"), 10, 0),
    (re.compile(r"0o[0-7]+"), 8, 2),
    (re.compile(r"0x[0-9a-fA-F]+"), 16, 2),
)
_REAL: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_MOST_DIGITS: Final = 64
_INTEGER_BITS: Final = 63


class NotJsonError(ValueError):
    """A number that plain data cannot hold."""


def scalar(text: str) -> Scalar:
    """Return the value of a plain scalar; raise NotJsonError for NaN, infinity and giants."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _NOT_FINITE.fullmatch(text):
        raise NotJsonError(f"{text} is no number that can be trained with")
    integer = _integer(text)
    if integer is not None:
        return integer
    if _REAL.fullmatch(text):
        real = float(text)
        if not math.isfinite(real):
            raise NotJsonError("a number too large to hold")
        return real
    return text


def is_text(text: str) -> bool:
    """Say whether a plain scalar is a string."""
    try:
        return isinstance(scalar(text), str)
    except NotJsonError:
        return False


def _integer(text: str) -> int | None:
    for pattern, base, prefix in _INTEGERS:
        if pattern.fullmatch(text):
            # Python itself raises on thousands of digits; the bound makes them a finding.
            value = int(text[prefix:], base) if len(text) <= _MOST_DIGITS else None
            if value is None or value.bit_length() > _INTEGER_BITS:
                raise NotJsonError("a whole number of more than 64 bits")
            return value
    return None
