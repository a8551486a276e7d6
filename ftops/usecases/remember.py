"""Never lose a job's id: the journal, else any file, and always a person."""

from ftops.core.names import JobId
from ftops.core.observed import ObservedJob, OpenIntent
from ftops.core.outcome import Failed
from ftops.core.plan import Making, Record
from ftops.core.progress import Unwritten
from ftops.errors import RecordError
from ftops.ports import Hands


def remember(intent: OpenIntent, job: JobId, hands: Hands) -> None:
    """Write down which job an intent has become; what cannot be written is told at once."""
    named = intent.naming(job)
    try:
        hands.journal.begin(named)
    except RecordError as error:
        place = _rescue(named, hands)
        hands.reporter.tell(Unwritten(spec=intent.spec, job=job, why=error.message, place=place))


def unrecorded(
    change: Making | Record, job: ObservedJob, error: RecordError, hands: Hands
) -> Failed:
    """Return the outcome of a model whose lock cannot be written, its job's id kept elsewhere."""
    desired = change.desired
    intents = hands.journal.open_intents()
    begun = (one for one in intents if one.fingerprint == desired.fingerprint)
    fresh = OpenIntent(
        fingerprint=desired.fingerprint, spec=desired.name, begun_at=hands.clock.now()
    )
    intent = next(begun, fresh)
    if job.id not in intent.jobs:
        remember(intent, job.id, hands)
    return Failed(
        change=change,
        message=f"job {job.id} has made {job.fine_tuned_model}, but {error.message}",
        hint=f"{error.hint or 'make it writable'}; then `ftops apply` records it, or by hand: "
        f"`ftops adopt {desired.name} {job.id}`",
        job=job.id,
    )


def _rescue(intent: OpenIntent, hands: Hands) -> str | None:
    try:
        return hands.journal.rescue(intent)
    except RecordError:
        return None
