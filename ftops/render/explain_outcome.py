"""What a person wants to know about one outcome: its kind, its model or message, the next step."""

from ftops.core.lock import Lock
from ftops.core.outcome import Failed, Outcome, Settled, Skipped, Started, Unconfirmed
from ftops.render.explain import model_of


def outcome_kind(outcome: Outcome) -> str:
    """Return the outcome's kind as one lower-case word."""
    return type(outcome).__name__.lower()


def result_words(outcome: Outcome) -> str:
    """Return the id to call, or what there is instead; not yet made harmless."""
    match outcome:
        case Settled(lock=lock):
            gone = f"lock removed; the model {model_of(outcome.change)} stays"
            return gone if lock is None else lock.model
        case Started(job=job):
            return f"job {job} goes on at the provider"
        case Unconfirmed(message=message) | Failed(message=message) | Skipped(message=message):
            return message


def hint_of(outcome: Outcome) -> str | None:
    """Return the next step, where the outcome names one."""
    return outcome.hint if isinstance(outcome, Unconfirmed | Failed | Skipped) else None


def message_of(outcome: Outcome) -> str | None:
    """Return why there is no model, where the outcome says so."""
    return outcome.message if isinstance(outcome, Unconfirmed | Failed | Skipped) else None


def settled_lock(outcome: Outcome) -> Lock | None:
    """Return the lock the spec has now, if the change is done and left one."""
    return outcome.lock if isinstance(outcome, Settled) else None
