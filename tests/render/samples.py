"""One example of everything that can be shown."""

from datetime import timedelta
from typing import Any, Final

from ftops.core.against_lock import against_lock
from ftops.core.billing import bill_of
from ftops.core.checkup import Check
from ftops.core.difference import differences
from ftops.core.history import Chapter, Version
from ftops.core.names import JobId, SpecName, TargetName
from ftops.core.notes import TargetFacts
from ftops.core.observed import JobFailure
from ftops.core.outcome import Failed, Outcome, Settled, Skipped, Started, Unconfirmed
from ftops.core.plan import (
    Await,
    Change,
    Confirm,
    Forget,
    Hold,
    Keep,
    Plan,
    Reason,
    Record,
    Relabel,
    Train,
)
from ftops.core.progress import (
    Creating,
    Ended,
    Following,
    JobEvent,
    JobLine,
    JobSeen,
    Looking,
    Progress,
    Unwritten,
    Uploading,
    Waiting,
)
from ftops.core.status import Standing, assess
from ftops.dataset.changes.data_change import (
    DataChange,
    DataChanges,
    Edit,
    RowChanges,
    RowTold,
    SideChange,
)
from ftops.errors import Problem
from ftops.render.plan_rows import MOST_KEPT
from tests.fakes.clock import NOON
from tests.fakes.specs import TARGET, desired, intent, job, lock

OPENAI: Final = TargetFacts(
    target=TARGET, why="declared", where="https://api.openai.com/v1", is_openai=True
)
LOCAL: Final = TargetFacts(
    target=TargetName("local"),
    why="--target",
    where="http://127.0.0.1:5001/v1",
    stands_in="ftops-nano",
)

_retrained = desired("triage", hyperparameters={"n_epochs": 4})
_relabelled = desired("tone", metadata={"version": "2.0"})
_failed = job(
    desired("late"),
    "failed",
    failure=JobFailure(code="invalid_training_file", message="line 7 is not JSON"),
)

KEEP: Final = Keep(desired=desired("docs"), lock=lock(desired("docs")))
MANY: Final = tuple(
    Keep(desired=desired(name), lock=lock(desired(name)))
    for name in (f"team-{number}" for number in range(MOST_KEPT + 1))
)
TRAIN: Final = Train(
    desired=_retrained,
    reason=Reason.INPUTS_CHANGED,
    differences=differences(
        desired("triage", rows="older", hyperparameters={"n_epochs": 3}).inputs, _retrained.inputs
    ),
)
TRAIN_NEW: Final = Train(desired=desired("bot"), reason=Reason.SPEC_ADDED)
RECORD: Final = Record(desired=desired("found"), job=job(desired("found")))
RELABEL: Final = Relabel(desired=_relabelled, lock=lock(_relabelled, metadata={"version": "1.0"}))
AWAIT: Final = Await(
    desired=desired("slow"),
    job=job(desired("slow"), "running", estimated_finish=NOON + timedelta(minutes=30)),
)
CONFIRM: Final = Confirm(desired=desired("maybe"), intent=intent(desired("maybe")))
HOLD: Final = Hold(desired=desired("late"), reason=Reason.JOB_FAILED, job=_failed)
HOLD_MODEL: Final = Hold(
    desired=desired("gone"), reason=Reason.MODEL_MISSING, lock=lock(desired("gone"))
)
FORGET: Final = Forget(lock=lock(desired("former")))

CHANGES: Final[tuple[Change, ...]] = (
    KEEP,
    TRAIN,
    TRAIN_NEW,
    RECORD,
    RELABEL,
    AWAIT,
    CONFIRM,
    HOLD,
    HOLD_MODEL,
    FORGET,
)

CHANGED: Final[DataChanges] = {
    TRAIN.desired.name: DataChange(
        sides=(
            SideChange(
                side="train",
                rows=RowChanges(
                    before=48,
                    after=50,
                    added=(49, 50),
                    removed=(),
                    edited=((6, 6),),
                    is_reordered=False,
                ),
                told=(
                    RowTold(
                        what="edited",
                        file="datasets/triage.train.jsonl",
                        line=7,
                        old_row=7,
                        gist="Where is my parcel? → On its way.",
                        edits=(Edit(path="messages[1].content", old="Lost.", new="On its way."),),
                    ),
                    RowTold(
                        what="added",
                        file="datasets/triage.train.jsonl",
                        line=49,
                        gist="Do you open on Sundays? → No.",
                    ),
                ),
            ),
            SideChange(side="validation", unknown="the old rows are not to be had"),
        ),
        against=against_lock(_retrained, lock(desired("triage"))),
    )
}

PLAN: Final = Plan(changes=CHANGES, notes=("the base stops answering on 2027-01-14",))

OUTCOMES: Final[tuple[Outcome, ...]] = (
    Settled(change=KEEP, lock=KEEP.lock),
    Settled(change=TRAIN, lock=lock(_retrained)),
    Settled(change=RECORD, lock=lock(desired("found"))),
    Settled(change=FORGET, lock=None),
    Started(change=AWAIT, job=JobId("ftjob-1")),
    Unconfirmed(change=CONFIRM, message="no clear answer", hint="run `ftops apply` again"),
    Failed(change=TRAIN_NEW, message="refused: quota", hint="add credits"),
    Skipped(change=HOLD, message="held: job ftjob-1 ended as failed"),
)


def event(message: str = "Step 12/45: training loss=1.23", **measured: Any) -> JobEvent:  # noqa: ANN401 - any measure
    """Return one event of a job, five seconds after NOON."""
    return JobEvent(
        id="ftevent-1",
        created_at=NOON + timedelta(seconds=5),
        level="info",
        message=message,
        measured=measured,
    )


def step(number: int, total: int | None = 45, loss: float | None = 1.25) -> JobEvent:
    """Return the event of one measured step."""
    measured = {"step": number, "total_steps": total, "train_loss": loss}
    known = {key: value for key, value in measured.items() if value is not None}
    return event("a step", **known)


STANDINGS: Final = tuple(
    Standing(
        status=assess(change, lock(desired("docs")) if change is KEEP else None),
        target=TARGET,
        latest=step(12) if change is AWAIT else None,
        bill=bill_of(
            change, lock(desired("docs"), trained_tokens=15_150) if change is KEEP else None
        ),
    )
    for change in CHANGES
)

PROBLEM: Final = Problem(
    message="unknown key `n_epoch`",
    path="specs/triage.yaml",
    line=4,
    column=3,
    excerpt="  n_epoch: 3",
    field="hyperparameters.n_epoch",
    code="FT022",
    hint="did you mean `n_epochs`?",
)

CHAPTERS: Final = (
    Chapter(
        version=Version(
            commit="0123456789abcdef",
            committed_at=NOON,
            author="Ada",
            subject="Drop the bot",
            content=None,
        ),
        lock=None,
    ),
    Chapter(
        version=Version(
            commit="fedcba9876543210",
            committed_at=NOON - timedelta(days=1),
            author="Grace",
            subject="Train the bot",
            content="…",
        ),
        lock=lock(desired("bot")),
    ),
)

CHECKS: Final = (
    Check(name="key", ok=True, detail="OPENAI_API_KEY is set"),
    Check(name="target", ok=False, detail="no answer", hint="check OPENAI_BASE_URL"),
    Check(name="clock", ok=None, detail="no target to compare with"),
)

BOT: Final = SpecName("bot")
JOB: Final = JobId("ftjob-1")

EVENTS: Final[tuple[Progress, ...]] = (
    Uploading(spec=BOT, name="ftops-0f91.jsonl", size=4096),
    Creating(spec=BOT),
    Looking(spec=BOT, seconds=120.0),
    Waiting(spec=BOT, why="rate limit", seconds=30.0),
    Unwritten(spec=BOT, job=JOB, why="the disk is full", place=".ftops/emergency-0f91.json"),
    Following(spec=BOT, job=JOB, adopted=False),
    JobSeen(
        spec=BOT,
        job=JOB,
        provider_status="running",
        estimated_finish=NOON + timedelta(minutes=30),
    ),
    JobLine(spec=BOT, job=JOB, event=step(12)),
    Ended(spec=BOT, kind="settled", detail="ft:gpt-4.1-mini:acme::AbC123"),
)
