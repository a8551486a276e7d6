"""A job's id is never lost: the journal, else a file, else a person's eyes."""

import pytest
from typing_extensions import override

from ftops.core.names import JobId
from ftops.core.observed import OpenIntent
from ftops.core.outcome import Failed, Settled
from ftops.core.plan import Record
from ftops.core.progress import Unwritten
from ftops.errors import RecordError
from tests.fakes.memory import MemoryJournal
from tests.fakes.specs import declared, desired
from tests.fakes.stage import Stage

SPEC = declared()
WANTED = desired(rows=str(SPEC.spec.dataset.train))
FIRST = JobId("ftjob-001")


class FullAfterwards(MemoryJournal):
    """Takes intents, and then nothing more."""

    @override
    def begin(self, intent: OpenIntent) -> None:
        if intent.jobs:
            raise RecordError("the disk is full")
        super().begin(intent)


class FullEverywhere(FullAfterwards):
    """Finds no other place either."""

    @override
    def rescue(self, intent: OpenIntent) -> str:
        raise RecordError("neither does the temporary folder")


@pytest.mark.parametrize(
    ("journal", "place"),
    [
        pytest.param(FullAfterwards, "memory", id="another file keeps it"),
        pytest.param(FullEverywhere, None, id="nothing keeps it"),
    ],
)
def test_a_job_whose_id_the_journal_refuses_is_told_and_followed(
    journal: type[MemoryJournal], place: str | None
) -> None:
    stage = Stage(SPEC, journal=journal)
    (outcome,) = stage.apply()
    told = [one for one in stage.reporter.told if isinstance(one, Unwritten)]
    assert told == [Unwritten(spec=SPEC.name, job=FIRST, why="the disk is full", place=place)]
    assert told[0].cure == "ftops adopt triage ftjob-001"
    assert isinstance(outcome, Settled)


def test_a_journal_that_takes_nothing_stops_before_the_first_request() -> None:
    stage = Stage(SPEC)
    stage.journal.is_full = True
    with pytest.raises(RecordError, match="the disk is full"):
        stage.apply()
    assert (stage.provider.uploads, stage.provider.posts) == (0, 0)


def test_what_needs_no_journal_goes_on_without_one() -> None:
    stage = Stage(SPEC)
    stage.apply()
    stage.locks.remove(SPEC.name)
    stage.journal.is_full = True
    (outcome,) = stage.apply()
    assert isinstance(outcome, Settled)


@pytest.mark.parametrize("change", ["train", "await", "record"])
def test_a_model_whose_lock_cannot_be_written_is_named_and_recorded_later(change: str) -> None:
    stage = Stage(SPEC)
    if change != "train":
        stage.apply(wait=False)
    if change == "record":
        stage.provider.finish(FIRST)
    plan = stage.plan()
    assert [type(one).__name__.lower() for one in plan.changes] == [change]

    stage.locks.unwritable.add(SPEC.name)
    stage.locks.proves = False
    (outcome,) = stage.apply(plan)
    assert isinstance(outcome, Failed)
    assert outcome.job == FIRST
    assert outcome.message.startswith("job ftjob-001 has made ft:")
    assert "specs/triage.lock: cannot be written" in outcome.message
    assert outcome.hint == (
        "make it writable; then `ftops apply` records it, or by hand: "
        "`ftops adopt triage ftjob-001`"
    )
    assert [one.jobs for one in stage.journal.open_intents()] == [(FIRST,)]
    stage.locks.unwritable.clear()
    (again,) = stage.plan().changes
    assert isinstance(again, Record)
    stage.apply()
    assert stage.plan().is_empty
    assert stage.provider.posts == 1


def test_a_lock_and_a_journal_that_take_nothing_leave_the_id_elsewhere() -> None:
    stage = Stage(SPEC, journal=FullAfterwards)
    stage.apply(wait=False)
    stage.journal.close(WANTED.fingerprint, "as on another machine")
    stage.locks.unwritable.add(SPEC.name)
    stage.locks.proves = False
    (outcome,) = stage.apply()
    assert isinstance(outcome, Failed)
    assert [one.jobs for one in stage.journal.rescued] == [(FIRST,), (FIRST,)]
    assert isinstance(stage.reporter.told[-2], Unwritten)
