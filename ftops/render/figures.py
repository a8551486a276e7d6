"""Totals of a plan and of a run, as numbers and as one sentence."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ftops.core.cost import Estimate
from ftops.core.lock import Lock
from ftops.core.outcome import Outcome, Settled
from ftops.core.plan import Await, Confirm, Forget, Plan, Train, kind_of
from ftops.render.words import NO_PRICE, dollars, plural

CENTS_OF_CENTS: Final = 4
BY_TIME: Final = "billed by training time"

_PLANNED: Final[Mapping[str, str]] = {
    "train": "to train",
    "await": "to wait for",
    "confirm": "to look for",
    "record": "to record",
    "relabel": "to relabel",
    "forget": "to forget",
    "hold": "held",
    "keep": "unchanged",
}

_DONE: Final[Mapping[str, str]] = {
    "train": "trained",
    "record": "recorded",
    "relabel": "relabelled",
    "forget": "forgotten",
    "keep": "unchanged",
    "started": "still running",
    "unconfirmed": "unconfirmed",
    "failed": "failed",
    "skipped": "skipped",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Counts by word, and what is or was trained; `usd` leaves out `unpriced` trainings.

    Of those, `hourly` ones are billed by their time.
    """

    counts: Mapping[str, int]
    trained_tokens: int
    usd: float
    unpriced: int
    exact: bool
    hourly: int = 0

    @property
    def known_usd(self) -> float | None:
        """Return the cost of all trainings, or None if any of them has no price."""
        return None if self.unpriced else self.usd


def plan_totals(plan: Plan) -> Totals:
    """Count the changes by kind, and what their launches are expected to train and cost."""
    counts = Counter(map(kind_of, plan.changes))
    estimates = [change.desired.estimate for change in plan.trains]
    return replace(estimated_totals(estimates), counts={kind: counts[kind] for kind in _PLANNED})


def estimated_totals(estimates: Sequence[Estimate]) -> Totals:
    """Return what so many trainings are expected to train and cost together."""
    return Totals(
        counts={"train": len(estimates)},
        trained_tokens=sum(one.trained_tokens for one in estimates),
        usd=_total(one.usd for one in estimates),
        unpriced=sum(one.usd is None for one in estimates),
        hourly=sum(one.usd_per_hour is not None for one in estimates),
        exact=all(one.exact and not one.epochs_are_assumed for one in estimates),
    )


def outcome_totals(outcomes: Sequence[Outcome]) -> Totals:
    """Count the outcomes, and what this run's own trainings trained and cost."""
    locks = [lock for lock in map(trained_lock, outcomes) if lock is not None]
    counts = Counter(map(_done, outcomes))
    return Totals(
        counts={word: counts[word] for word in _DONE},
        trained_tokens=sum(lock.trained_tokens or 0 for lock in locks),
        usd=_total(lock.cost_usd for lock in locks),
        unpriced=sum(lock.cost_usd is None for lock in locks),
        hourly=sum(map(_is_billed_by_time, outcomes)),
        exact=True,
    )


def trained_lock(outcome: Outcome) -> Lock | None:
    """Return the lock of a training that this run saw to its end, else None."""
    if isinstance(outcome, Settled) and isinstance(outcome.change, Train | Await | Confirm):
        return outcome.lock
    return None


def _is_billed_by_time(outcome: Outcome) -> bool:
    lock = trained_lock(outcome)
    if lock is None or lock.cost_usd is not None or isinstance(outcome.change, Forget):
        return False
    return outcome.change.desired.estimate.usd_per_hour is not None


def plan_sentence(plan: Plan) -> str:
    """Return the plan in one line: counts, and the tokens and money that would be spent."""
    totals = plan_totals(plan)
    if plan.is_empty:
        return f"Nothing to do: {plural(len(plan.changes), 'spec')} in sync."
    costs = {"train": f" ({training_words(totals)})"}
    return f"Plan: {_listed(totals.counts, _PLANNED, costs)}."


def training_words(totals: Totals) -> str:
    """Return the trained tokens of several trainings and their money, an estimate as such."""
    about = "" if totals.exact else "~"
    return f"{about}{plural(totals.trained_tokens, 'trained token')}, {_cost(totals)}"


def outcomes_sentence(outcomes: Sequence[Outcome]) -> str:
    """Return what became of the plan in one line: counts, trained tokens and money."""
    totals = outcome_totals(outcomes)
    costs = {"train": f" ({plural(totals.trained_tokens, 'token')}, {_cost(totals)})"}
    return f"Done: {_listed(totals.counts, _DONE, costs) or 'nothing'}."


def _done(outcome: Outcome) -> str:
    if not isinstance(outcome, Settled):
        return type(outcome).__name__.lower()
    return "train" if trained_lock(outcome) is not None else kind_of(outcome.change)


def _listed(counts: Mapping[str, int], words: Mapping[str, str], extra: Mapping[str, str]) -> str:
    return ", ".join(
        f"{counts[key]} {word}{extra.get(key, '')}" for key, word in words.items() if counts[key]
    )


def _cost(totals: Totals) -> str:
    count, unknown = totals.counts["train"], totals.unpriced - totals.hourly
    if unknown == count:
        return NO_PRICE
    if totals.hourly == count:
        return BY_TIME
    told = (
        (totals.unpriced < count, dollars(totals.usd, about=not totals.exact)),
        (totals.hourly, f"{totals.hourly} {BY_TIME}"),
        (unknown, f"{unknown} without a price"),
    )
    return ", ".join(words for holds, words in told if holds)


def _total(costs: Iterable[float | None]) -> float:
    return round(sum(cost for cost in costs if cost is not None), CENTS_OF_CENTS)
