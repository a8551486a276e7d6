"""What a training was billed beside its estimate, in words."""

from collections.abc import Callable
from typing import Final

from ftops.core.billing import Bill, Comparison
from ftops.render.words import dollars

UNKNOWN: Final = "unknown"


def bill_words(bill: Bill | None) -> str:
    """Return `tokens 15,150 (estimate 15,000, +1%), cost $0.08 (…)`; nothing if none is known."""
    if bill is None or (bill.tokens.billed is None and bill.usd.billed is None):
        return ""
    is_by_time = bill.usd_per_hour is not None and bill.usd.billed is None
    cost = f"by time at {dollars(bill.usd_per_hour or 0)} per hour" if is_by_time else None
    return f"tokens {_tokens(bill)}, cost {cost or _told(bill.usd, dollars)}"


def _tokens(bill: Bill) -> str:
    if bill.stand_in is None or bill.tokens.billed is None:
        return _told(bill.tokens, _count)
    return f"{_count(bill.tokens.billed)} (as {bill.stand_in} counts them)"


def _told(one: Comparison, words: Callable[[float], str]) -> str:
    billed = UNKNOWN if one.billed is None else words(one.billed)
    if one.percent == 0:
        return f"{billed} (as estimated)"
    estimated = UNKNOWN if one.estimated is None else words(one.estimated)
    off = "" if one.percent is None else f", {one.percent:+g}%"
    return f"{billed} (estimate {estimated}{off})"


def _count(tokens: float) -> str:
    return f"{int(tokens):,}"
