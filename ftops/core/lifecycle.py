"""When bases stop taking jobs and when models stop answering: dates in, findings out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from ftops.core.cost import base_of
from ftops.core.names import ModelId
from ftops.core.observed import Observed

TABLE_AS_OF: Final = date(2026, 11, 22)
OPENAI_LAST_DAY_FOR_JOBS: Final = date(2027, 1, 6)
"""OpenAI's self-serve fine-tuning takes no new jobs after this day
(https://developers.openai.com/api/docs/deprecations)."""

OPENAI_SHUTDOWNS: Final[Mapping[str, date]] = {
    "gpt-4o-2024-08-06": date(2027, 1, 14),
    "gpt-4o-2024-11-20": date(2027, 1, 14),
    "gpt-4o-mini-2024-07-18": date(2027, 1, 14),
    "gpt-4.1-2025-04-14": date(2027, 1, 14),
    "gpt-4.1-mini-2025-04-14": date(2027, 1, 14),
    "gpt-4.1-nano-2025-04-14": date(2026, 10, 23),
    "o4-mini-2025-04-16": date(2026, 10, 23),
    "gpt-3.5-turbo": date(2026, 10, 23),
    "gpt-3.5-turbo-0125": date(2026, 10, 23),
    "gpt-3.5-turbo-1106": date(2026, 9, 28),
    "gpt-4-0613": date(2026, 10, 23),
    "babbage-002": date(2026, 9, 28),
    "davinci-002": date(2026, 9, 28),
}
"""Day on which a base and every tune of it stop answering (same page, as of `TABLE_AS_OF`)."""

SOON: Final = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Shutdown:
    """The day a model stops answering, and whether the provider itself said so."""

    model: str
    day: date
    told_by_provider: bool

    def days_left(self, today: date) -> int:
        """Return the days from today; negative once it has passed."""
        return (self.day - today).days


def shutdown_of(model: str, observed: Observed, *, use_table: bool) -> Shutdown | None:
    """Return when a model, or the base it rests on, stops answering.

    The provider's own `shutdown_date` wins, for the model first, then for its base; the built-in
    table speaks only for OpenAI itself.
    """
    base = base_of(model)
    for name in (model, base):
        seen = observed.models.get(ModelId(name))
        if seen is not None and seen.shutdown_date is not None:
            return Shutdown(model=name, day=seen.shutdown_date, told_by_provider=True)
    if use_table and base in OPENAI_SHUTDOWNS:
        return Shutdown(model=base, day=OPENAI_SHUTDOWNS[base], told_by_provider=False)
    return None


def describe(shutdown: Shutdown, today: date) -> str:
    """Return one sentence about a shutdown."""
    left = shutdown.days_left(today)
    source = "" if shutdown.told_by_provider else f" (built-in table of {TABLE_AS_OF})"
    if left < 0:
        return f"{shutdown.model} was shut down on {shutdown.day}{source}"
    return (
        f"{shutdown.model} and its tunes stop answering on {shutdown.day}, in {left} days{source}"
    )


def closing_note(today: date) -> str:
    """Return one sentence about OpenAI's own last day for new jobs."""
    day = OPENAI_LAST_DAY_FOR_JOBS
    left = (day - today).days
    if left < 0:
        return f"OpenAI takes no new self-serve fine-tuning jobs since {day}"
    return f"OpenAI takes no new self-serve fine-tuning jobs after {day}, in {left} days"
