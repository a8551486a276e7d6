"""Launch one job: the intent first, the one request, then look; the only code that spends money."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ftops.core.desired import DataPin, Desired
from ftops.core.names import FileId, ModelId, upload_name
from ftops.core.observed import (
    STAMP_COMMIT,
    STAMP_FINGERPRINT,
    STAMP_PROJECT,
    STAMP_SPEC,
    ObservedFile,
    ObservedJob,
    OpenIntent,
    eldest_first,
    find_upload,
)
from ftops.core.outcome import Outcome, Skipped, Unconfirmed
from ftops.core.plan import Confirm, Train
from ftops.core.progress import Creating, Looking, Uploading, Waiting
from ftops.errors import ProviderError, ProviderRejected, RecordError, Refusal
from ftops.ports import Hands, JobOrder
from ftops.usecases.follow import Wishes, follow
from ftops.usecases.look import WINDOW_PER_SETTLE, find_jobs

TRIES_AT_A_PASSING_REFUSAL = 8
SHORTEST_WAIT = 2.0
LONGEST_WAIT = 60.0
LATEST_BEGINNING = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """The provider's ids of the pinned files."""

    training: FileId
    validation: FileId | None


def launch(change: Train | Confirm, model: ModelId, hands: Hands, wishes: Wishes) -> Outcome:
    """Upload what is missing, create the job exactly once, and follow it."""
    uploads = _upload_missing(change.desired, hands)
    refusals = 0
    while True:
        try:
            with hands.turns.turn(change.desired.name):
                return _attempt(change, model, uploads, hands, wishes)
        except ProviderRejected as refused:
            refusals += 1
            if not wishes.wait or not _may_pass(refused.refusal, refusals):
                raise
            _wait(change.desired, refused, refusals, hands)


def _attempt(
    change: Train | Confirm, model: ModelId, uploads: Uploads, hands: Hands, wishes: Wishes
) -> Outcome:
    """Look once more, then create; a refusal closes the intent, an unclear answer leaves it open.

    The look comes right before the request: while a person read the plan, another machine may have
    launched the very same training.
    """
    desired = change.desired
    known = _jobs_of(desired, hands)
    fresh = known[_seen(change) :]
    alive = [job for job in fresh if not job.status.is_dead]
    if alive:
        return follow(change, alive[0], hands, wishes)
    if fresh:
        return Skipped(change=change, message=f"held: job {fresh[-1].id} has failed meanwhile")
    unheard = _unheard(desired, known, hands, wishes)
    if unheard is not None:
        return _unconfirmed(change, unheard, "another machine has begun it meanwhile", wishes)
    if hands.clock.stopped:
        return Skipped(change=change, message="interrupted before anything was launched")
    hands.reporter.tell(Creating(spec=desired.name))
    earlier = _named_before(desired, hands)
    intent = OpenIntent(
        fingerprint=desired.fingerprint,
        spec=desired.name,
        begun_at=hands.clock.now(),
        seen=len(known),
        jobs=() if earlier is None else earlier.jobs,
    )
    hands.journal.begin(intent)
    try:
        job = hands.provider.create_job(_order(desired, model, uploads, hands, len(known)))
    except ProviderRejected as refused:
        hands.journal.close(desired.fingerprint, f"refused: {refused.refusal}")
        if earlier is not None:
            hands.journal.begin(earlier)
        raise
    except ProviderError as unclear:
        return _settle(change, intent, unclear, hands, wishes)
    # A job that runs is followed even where nothing can be written any more.
    with suppress(RecordError):
        hands.journal.begin(replace(intent, jobs=(*intent.jobs, job.id)))
    return follow(change, job, hands, wishes)


def _unheard(
    desired: Desired, known: Sequence[ObservedJob], hands: Hands, wishes: Wishes
) -> OpenIntent | None:
    """Return a creation that may still turn up: one that began after the plan was made."""
    now = hands.clock.now()
    for intent in hands.journal.open_intents():
        if intent.fingerprint == desired.fingerprint and len(known) <= intent.seen:
            return intent if now - intent.begun_at < _window(wishes) else None
    return None


def _named_before(desired: Desired, hands: Hands) -> OpenIntent | None:
    """Return the open intent whose jobs an answer named, if this fingerprint has one."""
    intents = hands.journal.open_intents()
    return next(
        (one for one in intents if one.fingerprint == desired.fingerprint and one.jobs), None
    )


def confirm(change: Confirm, model: ModelId, hands: Hands, wishes: Wishes) -> Outcome:
    """Look for a creation that was never answered; train only once nothing can turn up any more."""
    intent = change.intent
    job = _look_for(change, intent, hands, wishes)
    if job is not None:
        return follow(change, job, hands, wishes)
    if hands.clock.now() - intent.begun_at >= _window(wishes) and not hands.clock.stopped:
        return launch(change, model, hands, wishes)
    return _unconfirmed(change, intent, "an earlier creation was never answered", wishes)


def _settle(
    change: Train | Confirm,
    intent: OpenIntent,
    unclear: ProviderError,
    hands: Hands,
    wishes: Wishes,
) -> Outcome:
    """Look for the job that an unclear answer may have made, for the settle time."""
    hands.turns.leave(change.desired.name)
    job = _look_for(change, intent, hands, wishes)
    if job is not None:
        return follow(change, job, hands, wishes)
    return _unconfirmed(change, intent, unclear.message, wishes)


def _look_for(
    change: Train | Confirm, intent: OpenIntent, hands: Hands, wishes: Wishes
) -> ObservedJob | None:
    """Return the job of an intent as soon as it shows, or None after the settle time.

    An intent older than the window needs no patience: one fresh listing decides.
    """
    clock, began = hands.clock, hands.clock.now()
    hands.reporter.tell(Looking(spec=change.desired.name, seconds=wishes.settle_seconds))
    while True:
        try:
            fresh = _jobs_of(change.desired, hands)[intent.seen :]
        except ProviderError:
            fresh = ()
        if fresh:
            return next((job for job in fresh if not job.status.is_dead), fresh[0])
        now = clock.now()
        patient = now - began < timedelta(seconds=wishes.settle_seconds)
        if not patient or clock.stopped or now - intent.begun_at >= _window(wishes):
            return None
        clock.sleep(wishes.poll_seconds)


def _unconfirmed(
    change: Train | Confirm, intent: OpenIntent, why: str, wishes: Wishes
) -> Unconfirmed:
    # A journal edited by hand may name the last year there is; no sum reaches beyond it.
    free_at = min(intent.begun_at, LATEST_BEGINNING) + _window(wishes)
    return Unconfirmed(
        change=change,
        message=f"whether a job was created is not known: {why}",
        hint=f"run `ftops apply` again: it looks first, and after {free_at:%H:%M:%S} UTC it may "
        "launch once more",
    )


def _window(wishes: Wishes) -> timedelta:
    return timedelta(seconds=wishes.settle_seconds * WINDOW_PER_SETTLE)


def _jobs_of(desired: Desired, hands: Hands) -> tuple[ObservedJob, ...]:
    return eldest_first(
        job
        for job in find_jobs(hands.provider, hands.journal)
        if job.fingerprint == desired.fingerprint
    )


def _seen(change: Train | Confirm) -> int:
    return change.seen if isinstance(change, Train) else change.intent.seen


def _order(desired: Desired, model: ModelId, uploads: Uploads, hands: Hands, seen: int) -> JobOrder:
    stamp = {
        STAMP_PROJECT: hands.project,
        STAMP_SPEC: desired.name,
        STAMP_FINGERPRINT: desired.fingerprint,
    }
    if hands.commit is not None:
        stamp[STAMP_COMMIT] = hands.commit
    return JobOrder(
        desired=desired,
        model=model,
        training_file=uploads.training,
        validation_file=uploads.validation,
        stamp={**stamp, **desired.spec.metadata},
        idempotency_key=f"ftops-{desired.fingerprint}-{seen}",
    )


def _upload_missing(desired: Desired, hands: Hands) -> Uploads:
    files = hands.provider.files()
    validation = desired.pins.validation
    return Uploads(
        training=_upload(desired, desired.pins.training, files, hands),
        validation=None if validation is None else _upload(desired, validation, files, hands),
    )


def _upload(
    desired: Desired, pin: DataPin, files: tuple[ObservedFile, ...], hands: Hands
) -> FileId:
    found = find_upload(files, pin.digest, pin.size)
    if found is not None:
        return found.id
    name = upload_name(pin.digest)
    with hands.datasets.staged(pin) as path:
        hands.reporter.tell(Uploading(spec=desired.name, name=name, size=pin.size))
        return hands.provider.upload(path, pin.digest)


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
