"""What a person wants to know about one outcome: its kind, its model or message, the next step."""

from ftops.core.lock import Lock
from ftops.core.names import JobId
from ftops.core.outcome import Failed, Outcome, Rival, Settled, Skipped, Started, Unconfirmed
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
    match outcome:
        case Unconfirmed(hint=hint) | Failed(hint=hint) | Skipped(hint=hint):
            return hint
        case Settled(rivals=rivals) | Started(rivals=rivals):
            told = [_about(one) for one in rivals]
            return "; ".join(told) if told else None


def made_job_of(outcome: Outcome) -> JobId | None:
    """Return the job that was made for the change, where there is no lock to name it."""
    return outcome.job if isinstance(outcome, Started | Failed) else None


def rivals_of(outcome: Outcome) -> tuple[Rival, ...]:
    """Return the duplicates that were seen of what the outcome is about."""
    return outcome.rivals if isinstance(outcome, Settled | Started) else ()


def _about(rival: Rival) -> str:
    if rival.cancelled:
        return f"job {rival.job} made the very same model once more: it was ended before it began"
    return (
        f"job {rival.job} ({rival.provider_status}) makes the very same model once more: "
        f"`ftops cancel {rival.job}` ends it"
    )


def message_of(outcome: Outcome) -> str | None:
    """Return why there is no model, where the outcome says so."""
    return outcome.message if isinstance(outcome, Unconfirmed | Failed | Skipped) else None


def settled_lock(outcome: Outcome) -> Lock | None:
    """Return the lock the spec has now, if the change is done and left one."""
    return outcome.lock if isinstance(outcome, Settled) else None
