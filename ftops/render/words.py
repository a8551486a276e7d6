"""What the core's values are called when people read them."""

import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from ftops.core.cost import PRICES_AS_OF, Estimate
from ftops.core.difference import Difference
from ftops.core.plan import Reason
from ftops.render.safe_text import shortened

REASONS: Final[Mapping[Reason, str]] = {
    Reason.IN_SYNC: "in sync",
    Reason.SPEC_ADDED: "new spec",
    Reason.INPUTS_CHANGED: "its inputs changed",
    Reason.METADATA_CHANGED: "only its metadata changed",
    Reason.MODEL_MISSING: "its model is gone from the provider",
    Reason.JOB_IN_FLIGHT: "its job is still running",
    Reason.JOB_FAILED: "its job failed or was cancelled",
    Reason.CREATION_UNCONFIRMED: "an earlier creation was never answered",
    Reason.MODEL_UNRECORDED: "its model exists, only the lock is missing",
    Reason.TARGET_CHANGED: "it was trained on another target",
    Reason.SPEC_REMOVED: "no spec declares it any more",
}

MARKS: Final[Mapping[str, str]] = {
    "keep": "=",
    "train": "+",
    "record": "~",
    "relabel": "~",
    "await": "…",
    "confirm": "?",
    "hold": "!",
    "forget": "-",
}
"""One mark per kind of change: `~` touches only the lock."""

OUTCOME_MARKS: Final[Mapping[str, str]] = {
    "settled": "✓",
    "started": "…",
    "unconfirmed": "?",
    "failed": "✗",
    "skipped": "!",
}

CENT: Final = 0.01
NO_PRICE: Final = "no price known"
LONGEST_VALUE: Final = 60
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_SHORTEST_DIGEST: Final = 4
_LONGEST_DIGEST: Final = 64


def plural(count: int, word: str) -> str:
    """Return a count with its word, the plural by an s."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def dollars(usd: float, *, about: bool = False) -> str:
    """Return US dollars; `about` marks an estimate, which nothing free needs."""
    if 0 < usd < CENT:
        return "<$0.01"
    return f"{'~' if about and usd else ''}${usd:,.2f}"


def estimate_words(estimate: Estimate) -> str:
    """Return tokens times epochs, the trained tokens and the money."""
    about = not estimate.exact or estimate.epochs_are_assumed
    epochs = plural(estimate.epochs, "epoch") + (" (auto)" if estimate.epochs_are_assumed else "")
    bound = bound_words(estimate.bound)
    tokens = f"{'' if estimate.exact else '~'}{estimate.tokens_per_epoch:,}{bound} tokens"
    trained = f"{'≈' if about else '='} {estimate.trained_tokens:,} trained tokens"
    price = _price_words(estimate, about=about)
    return f"{tokens} \N{MULTIPLICATION SIGN} {epochs} {trained}, {price}"


def _price_words(estimate: Estimate, *, about: bool) -> str:
    if estimate.usd is not None:
        return dollars(estimate.usd, about=about)
    if estimate.usd_per_hour is None:
        return NO_PRICE
    hour = dollars(estimate.usd_per_hour)
    return f"billed by training time at {hour} per hour, so not known before"


def assumption_words(estimates: Iterable[Estimate]) -> str:
    """Return what the estimates take for granted, in one line; nothing if they take nothing."""
    known = tuple(estimates)
    told = (
        (any(one.epochs_are_assumed for one in known), "auto epochs by OpenAI's cookbook"),
        (any(one.bound is not None for one in known), "± of a sample holds in 95 of 100 cases"),
        (
            any(not one.exact and one.bound is None for one in known),
            "~ where no rule of counting is published",
        ),
        (
            any(one.usd or one.usd_per_hour for one in known),
            f"prices of {PRICES_AS_OF} where ftops.yaml has none",
        ),
    )
    assumed = "; ".join(words for holds, words in told if holds)
    return f"Estimated: {assumed}." if assumed else ""


def bound_words(bound: float | None) -> str:
    """Return ` ±0.9%` after a figure from a sample, rounded up; nothing after a full count."""
    return "" if bound is None else f" ±{math.ceil(bound * 1000) / 10}%"


def difference_words(difference: Difference) -> str:
    """Return `n_epochs: 3 → 4`; digests are shortened as far as they stay different."""
    old, new = _value(difference.old), _value(difference.new)
    if _SHA256.fullmatch(old) or _SHA256.fullmatch(new):
        digits = _SHORTEST_DIGEST
        while digits < _LONGEST_DIGEST and old[:digits] == new[:digits]:
            digits += _SHORTEST_DIGEST
        old, new = _short_digest(old, digits), _short_digest(new, digits)
    field = difference.field.removeprefix("hyperparameters.")
    return f"{field}: {shortened(old, LONGEST_VALUE)} → {shortened(new, LONGEST_VALUE)}"


def _short_digest(value: str, digits: int) -> str:
    return f"{value[:digits]}…" if _SHA256.fullmatch(value) else value


def _value(value: Any) -> str:  # noqa: ANN401 - a field of a spec may hold anything
    if value is None:
        return "(none)"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def unchecked_words(unchecked: Iterable[str]) -> str:
    """Return the sentence about what nobody looked for."""
    return f"Not checked: {', '.join(unchecked)}."


def moment(at: datetime) -> str:
    """Return a time in UTC, to the second; views say once that it is UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def clock_time(at: datetime) -> str:
    """Return only the time of day."""
    return f"{at.astimezone(UTC):%H:%M} UTC"
