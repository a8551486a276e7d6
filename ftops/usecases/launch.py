"""Launch one job: the intent first, the one request, then look; the only code that spends money."""

from dataclasses import dataclass
from datetime import UTC, datetime

from ftops.core.desired import Desired
from ftops.core.evidence import Ordered
from ftops.core.names import ModelId, SpecName
from ftops.core.observed import (
    STAMP_COMMIT,
    STAMP_FINGERPRINT,
    STAMP_PROJECT,
    STAMP_SPEC,
    OpenIntent,
)
from ftops.core.orders import JobOrder
from ftops.core.outcome import Outcome, Skipped, Unconfirmed
from ftops.core.plan import Confirm, Train
from ftops.core.progress import Creating, Waiting
from ftops.errors import ProviderError, ProviderRejected, Refusal
from ftops.ports import Hands
from ftops.usecases.depot import Depot, Uploads
from ftops.usecases.follow import Wishes, follow
from ftops.usecases.look import sight_jobs
from ftops.usecases.remember import remember
from ftops.usecases.search import InDoubtError, find_unstamped, is_over, jobs_of, look_for, window

TRIES_AT_A_PASSING_REFUSAL = 8
SHORTEST_WAIT = 2.0
LONGEST_WAIT = 60.0
LATEST_BEGINNING = datetime(9000, 1, 1, tzinfo=UTC)

LOST = "whether a job was created is not known, and this provider keeps no stamp to find it by"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One creation with all it needs."""

    change: Train | Confirm
    model: ModelId
    uploads: Uploads
    hands: Hands
    wishes: Wishes

    @property
    def desired(self) -> Desired:
        """Return what the creation is for."""
        return self.change.desired

    @property
    def seen(self) -> int:
        """Return how many jobs of the fingerprint the plan knew."""
        return self.change.seen if isinstance(self.change, Train) else self.change.intent.seen

    @property
    def is_insisted(self) -> bool:
        """Say whether a person wants it although it may have been made."""
        return isinstance(self.change, Train) and self.change.insisted

    def ordered(self, intent: OpenIntent) -> Ordered:
        """Return what is looked for if no answer names the job."""
        return Ordered(desired=self.desired, model=self.model, intent=intent)


def launch(
    change: Train | Confirm, model: ModelId, hands: Hands, wishes: Wishes, depot: Depot
) -> Outcome:
    """Upload what is missing, create the job exactly once, and follow it."""
    uploads = depot.bring(change.desired)
    attempt = Attempt(change=change, model=model, uploads=uploads, hands=hands, wishes=wishes)
    refusals = 0
    while True:
        try:
            with hands.turns.turn(change.desired.name):
                return _look_and_create(attempt)
        except ProviderRejected as refused:
            refusals += 1
            if not wishes.wait or not _may_pass(refused.refusal, refusals):
                raise _with_leftovers(refused, uploads) from refused
            _wait(change.desired, refused, refusals, hands)


def confirm(change: Confirm, model: ModelId, hands: Hands, wishes: Wishes, depot: Depot) -> Outcome:
    """Look for a creation that was never answered; train only once nothing can turn up any more."""
    intent = change.intent
    job = look_for(Ordered(desired=change.desired, model=model, intent=intent), hands, wishes)
    if job is not None:
        return follow(change, job, hands, wishes)
    if hands.clock.stopped or not is_over(intent, hands, wishes):
        return _unconfirmed(change, intent, "an earlier creation was never answered", wishes)
    if sight_jobs(hands.provider, hands.journal).keeps_stamps is False:
        hint = hint_where_lost(change.desired.name)
        return Skipped(change=change, message=f"held: {LOST}", hint=hint)
    return launch(change, model, hands, wishes, depot)


def hint_where_lost(name: SpecName) -> str:
    """Return what a person can do who sees more than ftops does."""
    return (
        f"look into the provider's own list: a job that is there is taken in by `ftops adopt "
        f"{name} JOB` once it has succeeded; if there is none, `ftops apply --retry {name}`"
    )


def _look_and_create(attempt: Attempt) -> Outcome:
    """Look once more, then create.

    The look comes right before the request: while a person read the plan, another machine may have
    launched the very same training.
    """
    change, hands, wishes = attempt.change, attempt.hands, attempt.wishes
    sighting = sight_jobs(hands.provider, hands.journal)
    known = jobs_of(attempt.desired, sighting)
    fresh = known[attempt.seen :]
    earlier = _begun_before(attempt.desired, hands)
    alive = [job for job in fresh if not job.status.is_dead]
    if not fresh and earlier is not None and len(known) <= earlier.seen:
        try:
            found = find_unstamped(attempt.ordered(earlier), sighting, hands)
        except InDoubtError as doubt:
            if not attempt.is_insisted:
                return _held_in_doubt(attempt, doubt)
            found = None
        alive = [] if found is None else [found]
    if alive:
        return follow(change, alive[0], hands, wishes)
    if fresh:
        return Skipped(change=change, message=f"held: job {fresh[-1].id} has failed meanwhile")
    if earlier is not None and _may_turn_up(attempt, earlier, len(known)):
        return _unconfirmed(change, earlier, "another machine has begun it meanwhile", wishes)
    if hands.clock.stopped:
        return Skipped(change=change, message="interrupted before anything was launched")
    return _create(attempt, earlier, len(known))


def _may_turn_up(attempt: Attempt, earlier: OpenIntent, known: int) -> bool:
    """Say whether an intent that began after the plan was made may still become a job."""
    return known <= earlier.seen and not is_over(earlier, attempt.hands, attempt.wishes)


def _held_in_doubt(attempt: Attempt, doubt: InDoubtError) -> Skipped:
    jobs = ", ".join(doubt.jobs)
    return Skipped(
        change=attempt.change,
        message=f"held: {LOST}; it may be {jobs}",
        hint=hint_where_lost(attempt.desired.name),
    )


def _create(attempt: Attempt, earlier: OpenIntent | None, seen: int) -> Outcome:
    """Create; a refusal closes the intent, an unclear answer leaves it open."""
    desired, hands = attempt.desired, attempt.hands
    hands.reporter.tell(Creating(spec=desired.name))
    intent = OpenIntent(
        fingerprint=desired.fingerprint,
        spec=desired.name,
        begun_at=hands.clock.now(),
        seen=seen,
        jobs=() if earlier is None else earlier.jobs,
        training_file=attempt.uploads.training,
        told_at=hands.provider.told_at(),
    )
    hands.journal.begin(intent)
    try:
        job = hands.provider.create_job(_order(attempt, seen))
    except ProviderRejected as refused:
        hands.journal.close(desired.fingerprint, f"refused: {refused.refusal}")
        if earlier is not None and earlier.jobs:
            hands.journal.begin(earlier)
        raise
    except ProviderError as unclear:
        return _settle(attempt, intent, unclear)
    remember(intent, job.id, hands)
    return follow(attempt.change, job, hands, attempt.wishes)


def _begun_before(desired: Desired, hands: Hands) -> OpenIntent | None:
    """Return the open intent of this fingerprint: some jobs only its answers have named."""
    intents = hands.journal.open_intents()
    return next((one for one in intents if one.fingerprint == desired.fingerprint), None)


def _settle(attempt: Attempt, intent: OpenIntent, unclear: ProviderError) -> Outcome:
    """Look for the job that an unclear answer may have made, for the settle time."""
    change, hands, wishes = attempt.change, attempt.hands, attempt.wishes
    hands.turns.leave(attempt.desired.name)
    job = look_for(attempt.ordered(intent), hands, wishes)
    if job is not None:
        return follow(change, job, hands, wishes)
    return _unconfirmed(change, intent, unclear.message, wishes)


def _unconfirmed(
    change: Train | Confirm, intent: OpenIntent, why: str, wishes: Wishes
) -> Unconfirmed:
    # A journal edited by hand may name the last year there is; no sum reaches beyond it.
    free_at = min(intent.begun_at, LATEST_BEGINNING) + window(wishes)
    return Unconfirmed(
        change=change,
        message=f"whether a job was created is not known: {why}",
        hint=f"run `ftops apply` again: it looks first, and after {free_at:%H:%M:%S} UTC it may "
        "launch once more",
    )


def _order(attempt: Attempt, seen: int) -> JobOrder:
    desired, hands = attempt.desired, attempt.hands
    stamp = {
        STAMP_PROJECT: hands.project,
        STAMP_SPEC: desired.name,
        STAMP_FINGERPRINT: desired.fingerprint,
    }
    if hands.commit is not None:
        stamp[STAMP_COMMIT] = hands.commit
    return JobOrder(
        desired=desired,
        model=attempt.model,
        training_file=attempt.uploads.training,
        validation_file=attempt.uploads.validation,
        stamp={**stamp, **desired.spec.metadata},
        idempotency_key=f"ftops-{desired.fingerprint}-{seen}",
    )


def _with_leftovers(refused: ProviderRejected, uploads: Uploads) -> ProviderRejected:
    """Tell what a door that stays closed leaves behind."""
    if refused.refusal is not Refusal.CLOSED or not uploads.fresh:
        return refused
    names = ", ".join(uploads.fresh)
    return ProviderRejected(
        f"{refused.message}; what was uploaded for it stays there: {names}",
        hint=refused.hint,
        refusal=refused.refusal,
    )


def _may_pass(refusal: Refusal, refusals: int) -> bool:
    """Say whether waiting may cure it: a full queue empties, other refusals get a few tries."""
    if refusal is Refusal.CONCURRENCY:
        return True
    return refusal.passes and refusals < TRIES_AT_A_PASSING_REFUSAL


def _wait(desired: Desired, refused: ProviderRejected, refusals: int, hands: Hands) -> None:
    growing = min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** (refusals - 1))
    seconds = min(LONGEST_WAIT, refused.retry_after or growing)
    hands.reporter.tell(Waiting(spec=desired.name, why=refused.message, seconds=seconds))
    hands.clock.sleep(seconds)
