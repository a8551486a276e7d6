from dataclasses import replace

import pytest

from ftops.core.names import FileId, JobId, SpecName
from ftops.core.outcome import Failed, Settled, Skipped, Started, Unconfirmed, is_fine
from ftops.core.plan import spec_of
from ftops.core.progress import Ended
from ftops.errors import ProviderRejected, RecordError
from tests.fakes.provider import Fault
from tests.fakes.specs import TUNED, declared, desired, job
from tests.fakes.stage import Stage

SPEC = declared()
FIRST = declared("first")
SECOND = declared("second", model={"from": "first"})
ALONE = declared("alone")


def wanted(name: str = "triage") -> str:
    """Return the fingerprint that the plain spec of that name has on a stage."""
    return desired(name, rows=f"datasets/{name}.train.jsonl").fingerprint


def kinds(stage: Stage) -> list[str]:
    """Apply, and return the kinds of the outcomes in the plan's order."""
    return [type(one).__name__.lower() for one in stage.apply()]


def test_one_outcome_per_change_in_the_plans_order() -> None:
    stage = Stage(SECOND, FIRST, ALONE)
    plan = stage.plan()
    outcomes = stage.apply(plan)
    assert [one.change for one in outcomes] == list(plan.changes)
    assert all(isinstance(one, Settled) for one in outcomes)


def test_applying_twice_changes_nothing() -> None:
    stage = Stage(FIRST, SECOND, ALONE)
    stage.apply()
    locks, writes, uploads = stage.locks.read(), list(stage.locks.writes), stage.provider.uploads
    assert kinds(stage) == ["settled"] * 3
    assert (stage.locks.read(), stage.locks.writes) == (locks, writes)
    assert (stage.provider.posts, stage.provider.uploads) == (3, uploads)


def test_keep_settles_with_its_lock() -> None:
    stage = Stage(SPEC)
    (made,) = stage.apply()
    (kept,) = stage.apply()
    assert isinstance(made, Settled)
    assert isinstance(kept, Settled)
    assert kept.lock == made.lock


def test_relabel_writes_only_the_words() -> None:
    stage = Stage(SPEC)
    stage.apply()
    before = stage.locks.read()[SPEC.name]
    stage.declare(declared(metadata={"version": "2"}))
    assert kinds(stage) == ["settled"]
    assert stage.locks.read()[SPEC.name] == replace(before, metadata={"version": "2"})
    assert stage.provider.posts == 1


def test_record_restores_a_lost_lock() -> None:
    stage = Stage(SPEC)
    stage.apply()
    before = stage.locks.read()
    stage.locks.remove(SPEC.name)
    assert stage.kinds() == ["record"]
    assert kinds(stage) == ["settled"]
    assert stage.locks.read() == before
    assert stage.provider.posts == 1


def test_forget_drops_the_lock_and_nothing_else() -> None:
    stage = Stage(SPEC, ALONE)
    stage.apply()
    models = stage.provider.models()
    stage.declare(ALONE)
    kept, forgotten = stage.apply()
    assert isinstance(kept, Settled)
    assert isinstance(forgotten, Settled)
    assert forgotten.lock is None
    assert list(stage.locks.read()) == ["alone"]
    assert stage.provider.models() == models
    ends = [one for one in stage.reporter.told if isinstance(one, Ended)]
    assert Ended(spec=SPEC.name, kind="settled", detail="lock removed") in ends


def test_a_failed_job_is_held_and_says_why() -> None:
    stage = Stage(SPEC)
    stage.apply(wait=False)
    stage.provider.fail(JobId("ftjob-001"))
    (outcome,) = stage.apply()
    assert isinstance(outcome, Skipped)
    assert outcome.message == "held: job ftjob-001 ended as failed: The job failed."
    assert outcome.hint is not None
    assert "ftops apply --retry triage" in outcome.hint
    assert stage.provider.posts == 1


def test_a_retry_trains_a_failed_spec_again() -> None:
    stage = Stage(SPEC)
    stage.apply(wait=False)
    stage.provider.fail(JobId("ftjob-001"))
    (outcome,) = stage.apply(stage.plan(retry=["triage"]))
    assert isinstance(outcome, Settled)
    assert outcome.lock is not None
    assert (outcome.lock.job, stage.provider.posts) == ("ftjob-002", 2)


def test_a_cancelled_job_is_held_without_a_failure_to_tell() -> None:
    stage = Stage(SPEC)
    stage.apply(wait=False)
    stage.provider.cancel(JobId("ftjob-001"))
    (outcome,) = stage.apply()
    assert isinstance(outcome, Skipped)
    assert outcome.message == "held: job ftjob-001 ended as cancelled"


@pytest.mark.parametrize("lock_is_lost", [False, True])
def test_a_vanished_model_is_held(*, lock_is_lost: bool) -> None:
    stage = Stage(SPEC)
    (made,) = stage.apply()
    assert isinstance(made, Settled)
    assert made.lock is not None
    stage.provider.retire(made.lock.model_id)
    if lock_is_lost:
        stage.locks.remove(SPEC.name)
    (outcome,) = stage.apply()
    assert isinstance(outcome, Skipped)
    assert outcome.message == f"held: its model {made.lock.model} is gone from the provider"
    assert stage.provider.posts == 1


def test_a_chain_starts_from_the_model_above() -> None:
    stage = Stage(SECOND, FIRST)
    stage.apply()
    locks = stage.locks.read()
    assert locks[SECOND.name].base_model == locks[FIRST.name].model


def test_a_chain_goes_on_from_a_kept_model() -> None:
    stage = Stage(FIRST)
    stage.apply()
    stage.declare(FIRST, SECOND)
    assert stage.kinds("second") == ["keep", "train"]
    assert kinds(stage) == ["settled", "settled"]
    assert stage.provider.posts == 2


@pytest.mark.parametrize(
    ("fault", "wait", "above"),
    [
        pytest.param(ProviderRejected("no"), True, Failed, id="failed"),
        pytest.param(Fault.LOST_REQUEST, True, Unconfirmed, id="unconfirmed"),
        pytest.param(None, False, Started, id="started and not waited for"),
    ],
)
def test_what_goes_on_from_nothing_is_skipped(
    fault: ProviderRejected | Fault | None, above: type, *, wait: bool
) -> None:
    stage = Stage(FIRST, SECOND)
    stage.provider.faults = [] if fault is None else [fault]
    first, second = stage.apply(wait=wait)
    assert isinstance(first, above)
    assert isinstance(second, Skipped)
    assert second.message == "it goes on from first, which has no model yet"


def test_a_plan_without_the_upstream_skips_what_goes_on_from_it() -> None:
    stage = Stage(FIRST, SECOND)
    plan = stage.plan()
    (outcome,) = stage.apply(type(plan)(changes=plan.changes[1:]))
    assert isinstance(outcome, Skipped)
    assert outcome.message == "it goes on from first, which this plan leaves out"


def test_one_failure_does_not_stop_the_others() -> None:
    stage = Stage(ALONE, FIRST)
    stage.locks.unwritable = set()
    stage.provider.faults = [ProviderRejected("no", hint="ask them")]
    outcomes = stage.apply()
    assert sorted(type(one).__name__ for one in outcomes) == ["Failed", "Settled"]
    (failed,) = (one for one in outcomes if isinstance(one, Failed))
    assert (failed.message, failed.hint) == ("no", "ask them")


def test_nothing_is_launched_that_could_not_be_recorded() -> None:
    stage = Stage(ALONE, FIRST)
    stage.locks.unwritable = {SpecName("alone")}
    with pytest.raises(RecordError, match=r"specs/alone\.lock: cannot be written"):
        stage.apply()
    assert stage.provider.posts == 0


def test_a_kept_lock_need_not_be_writable() -> None:
    stage = Stage(SPEC)
    stage.apply()
    stage.locks.unwritable = {SPEC.name}
    assert kinds(stage) == ["settled"]


def test_each_ending_is_told() -> None:
    stage = Stage(FIRST, SECOND, ALONE)
    stage.provider.faults = []
    stage.apply(wait=False)
    ends = {
        str(one.spec): (one.kind, one.detail)
        for one in stage.reporter.told
        if isinstance(one, Ended)
    }
    assert ends["second"] == ("skipped", "it goes on from first, which has no model yet")
    assert {ends[name][0] for name in ("first", "alone")} == {"started"}


def test_a_found_job_is_recorded_by_its_own_facts() -> None:
    stage = Stage(SPEC)
    done = job(desired(rows="datasets/triage.train.jsonl"), training_file=FileId("file-9"))
    stage.provider.add(done)
    assert done.fingerprint == wanted()
    (outcome,) = stage.apply()
    assert isinstance(outcome, Settled)
    assert outcome.lock is not None
    assert (outcome.lock.model, outcome.lock.files) == (TUNED, {"training_file": "file-9"})
    assert stage.provider.posts == 0


def test_what_waits_for_a_job_that_was_only_started_needs_nobody() -> None:
    stage = Stage(FIRST, SECOND)
    outcomes = {spec_of(one.change): one for one in stage.apply(wait=False)}
    assert all(is_fine(one) for one in outcomes.values())


def test_what_waits_for_a_job_that_failed_needs_somebody() -> None:
    stage = Stage(FIRST, SECOND)
    stage.provider.faults = [ProviderRejected("no")]
    outcomes = {spec_of(one.change): one for one in stage.apply(wait=False)}
    assert not any(is_fine(one) for one in outcomes.values())
