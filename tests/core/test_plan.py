"""The one decision, row by row in the order of its table."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from ftops.core.cost import Tariff
from ftops.core.desired import Desired
from ftops.core.difference import Difference
from ftops.core.lock import Lock
from ftops.core.names import Fingerprint, JobId, ModelId, SpecName, TargetName
from ftops.core.observed import Observed, ObservedJob, OpenIntent
from ftops.core.plan import (
    Await,
    Confirm,
    Forget,
    Hold,
    Keep,
    Plan,
    Reason,
    Record,
    Relabel,
    Train,
    Wanted,
    decide,
    fingerprint_of,
    kind_of,
    make_plan,
    spec_of,
    target_of,
)
from tests.fakes.clock import NOON
from tests.fakes.specs import TUNED, desired, intent, job, lock, models

SPEC = desired("triage", metadata={"version": "2"})
EDITED = desired("triage", metadata={"version": "2"}, seed=7)
OTHER_WORDS = desired("triage", metadata={"version": "1"})
SAME_LOCK = lock(SPEC)
WINDOW = timedelta(minutes=10)


def seen(*jobs: ObservedJob, gone: bool = False, intents: Sequence[OpenIntent] = ()) -> Observed:
    """Return one look at NOON; `gone` leaves out the model TUNED."""
    listed = {} if gone else models()
    return Observed(at=NOON, jobs=jobs, models=listed, open_intents=tuple(intents))


NOTHING = seen(gone=True)


def elsewhere(target: str) -> Lock:
    return lock(desired("triage", target=TargetName(target), metadata={"version": "2"}))


@pytest.mark.parametrize(
    ("recorded", "observed", "kind", "reason"),
    [
        pytest.param(
            SAME_LOCK, seen(), Keep, Reason.IN_SYNC, id="same fingerprint and metadata: kept"
        ),
        pytest.param(
            SAME_LOCK,
            seen(job(SPEC, "running")),
            Keep,
            Reason.IN_SYNC,
            id="a recorded model is kept though another job runs",
        ),
        pytest.param(
            SAME_LOCK,
            seen(intents=[intent(SPEC)]),
            Keep,
            Reason.IN_SYNC,
            id="a recorded model is kept though an intent is open",
        ),
        pytest.param(
            lock(OTHER_WORDS),
            seen(),
            Relabel,
            Reason.METADATA_CHANGED,
            id="same fingerprint, other metadata: relabelled",
        ),
        pytest.param(
            None,
            seen(job(SPEC, "running"), gone=True),
            Await,
            Reason.JOB_IN_FLIGHT,
            id="a running job is awaited",
        ),
        pytest.param(
            None,
            seen(job(SPEC, "brand-new-word"), gone=True),
            Await,
            Reason.JOB_IN_FLIGHT,
            id="a word nobody knows is awaited",
        ),
        pytest.param(
            None,
            seen(job(SPEC, "paused"), gone=True),
            Await,
            Reason.JOB_IN_FLIGHT,
            id="a paused job is awaited",
        ),
        pytest.param(
            lock(EDITED),
            seen(job(SPEC, "queued")),
            Await,
            Reason.JOB_IN_FLIGHT,
            id="a running job is awaited though a lock records other inputs",
        ),
        pytest.param(
            SAME_LOCK,
            seen(job(SPEC, "running"), gone=True),
            Await,
            Reason.JOB_IN_FLIGHT,
            id="a running job is awaited though the recorded model vanished",
        ),
        pytest.param(
            None,
            seen(job(SPEC)),
            Record,
            Reason.MODEL_UNRECORDED,
            id="a lost lock is recorded again",
        ),
        pytest.param(
            lock(EDITED),
            seen(job(SPEC)),
            Record,
            Reason.MODEL_UNRECORDED,
            id="a reverted spec is recorded from its earlier job",
        ),
        pytest.param(
            None,
            seen(job(SPEC, "failed"), gone=True),
            Hold,
            Reason.JOB_FAILED,
            id="a failed job is held",
        ),
        pytest.param(
            None,
            seen(job(SPEC, "cancelled"), gone=True),
            Hold,
            Reason.JOB_FAILED,
            id="a cancelled job is held",
        ),
        pytest.param(
            lock(EDITED),
            seen(job(SPEC, "failed")),
            Hold,
            Reason.JOB_FAILED,
            id="a failed job is held though a lock records other inputs",
        ),
        pytest.param(
            None,
            seen(gone=True, intents=[intent(SPEC, seconds_ago=599)]),
            Confirm,
            Reason.CREATION_UNCONFIRMED,
            id="a creation begun within the window is confirmed",
        ),
        pytest.param(
            None,
            seen(job(SPEC, "failed"), gone=True, intents=[intent(SPEC, seen=1)]),
            Confirm,
            Reason.CREATION_UNCONFIRMED,
            id="a retry without an answer is confirmed before the dead job is held",
        ),
        pytest.param(
            None,
            seen(job(SPEC, "failed"), gone=True, intents=[intent(SPEC, seen=0)]),
            Hold,
            Reason.JOB_FAILED,
            id="an intent is resolved once more jobs are listed than it knew",
        ),
        pytest.param(
            None,
            seen(gone=True, intents=[intent(SPEC, seconds_ago=600)]),
            Train,
            Reason.SPEC_ADDED,
            id="a creation older than the window can no longer turn up",
        ),
        pytest.param(
            None,
            seen(gone=True, intents=[intent(EDITED)]),
            Train,
            Reason.SPEC_ADDED,
            id="another fingerprint's intent is not waited for",
        ),
        pytest.param(None, NOTHING, Train, Reason.SPEC_ADDED, id="nothing anywhere: trained"),
        pytest.param(
            None,
            seen(job(EDITED)),
            Train,
            Reason.SPEC_ADDED,
            id="another fingerprint's job is nobody's",
        ),
        pytest.param(
            lock(EDITED),
            seen(),
            Train,
            Reason.INPUTS_CHANGED,
            id="a lock with another fingerprint: trained",
        ),
        pytest.param(
            elsewhere("local"),
            seen(),
            Train,
            Reason.TARGET_CHANGED,
            id="a lock of another target: trained",
        ),
        pytest.param(
            SAME_LOCK,
            NOTHING,
            Hold,
            Reason.MODEL_MISSING,
            id="a recorded model that vanished is held",
        ),
        pytest.param(
            None,
            seen(job(SPEC), gone=True),
            Hold,
            Reason.MODEL_MISSING,
            id="a job that succeeded and whose model vanished is held",
        ),
        pytest.param(
            None,
            seen(job(SPEC, fine_tuned_model=None)),
            Hold,
            Reason.MODEL_MISSING,
            id="a job that succeeded without naming a model is held",
        ),
    ],
)
def test_decide(recorded: Lock | None, observed: Observed, kind: type, reason: Reason) -> None:
    change = decide(SPEC, recorded, observed)
    assert (type(change), change.reason) == (kind, reason)


@pytest.mark.parametrize(
    ("recorded", "observed", "kind", "reason"),
    [
        pytest.param(
            None,
            seen(job(SPEC, "failed"), gone=True),
            Train,
            Reason.JOB_FAILED,
            id="a failed job is trained again",
        ),
        pytest.param(
            SAME_LOCK,
            NOTHING,
            Train,
            Reason.MODEL_MISSING,
            id="a vanished model is trained again",
        ),
        pytest.param(SAME_LOCK, seen(), Keep, Reason.IN_SYNC, id="a model that exists is kept"),
        pytest.param(
            None,
            seen(job(SPEC)),
            Record,
            Reason.MODEL_UNRECORDED,
            id="a model that exists is recorded",
        ),
        pytest.param(
            None,
            seen(job(SPEC, "failed"), job(SPEC, "running", id=JobId("ftjob-2")), gone=True),
            Await,
            Reason.JOB_IN_FLIGHT,
            id="a running job is awaited all the same",
        ),
        pytest.param(
            None,
            seen(gone=True, intents=[intent(SPEC)]),
            Confirm,
            Reason.CREATION_UNCONFIRMED,
            id="an open intent is confirmed all the same",
        ),
    ],
)
def test_decide_when_a_person_says_retry(
    recorded: Lock | None, observed: Observed, kind: type, reason: Reason
) -> None:
    change = decide(SPEC, recorded, observed, retry=True)
    assert (type(change), change.reason) == (kind, reason)


def test_a_retry_knows_how_many_jobs_are_dead() -> None:
    dead = [job(SPEC, "failed"), job(SPEC, "cancelled", id=JobId("ftjob-2"))]
    change = decide(SPEC, None, seen(*dead, gone=True), retry=True)
    assert isinstance(change, Train)
    assert change.seen == 2


def test_a_hold_names_the_youngest_job_and_the_lock() -> None:
    first = job(SPEC, "failed")
    last = job(SPEC, "failed", id=JobId("ftjob-2"), created_at=NOON)
    change = decide(SPEC, SAME_LOCK, seen(last, first, gone=True))
    assert isinstance(change, Hold)
    assert (change.job, change.lock) == (last, SAME_LOCK)


LATER = NOON - timedelta(minutes=1)
MODEL_2 = ModelId("ft:gpt-4.1-mini-2025-04-14:acme::second")


@pytest.mark.parametrize(
    ("jobs", "chosen"),
    [
        pytest.param(
            [job(SPEC, "running", id=JobId("young"), created_at=LATER), job(SPEC, "running")],
            "ftjob-1",
            id="of two running jobs the eldest",
        ),
        pytest.param(
            [job(SPEC, "running", id=JobId("b")), job(SPEC, "running", id=JobId("a"))],
            "a",
            id="of two of one age the first by id",
        ),
        pytest.param(
            [job(SPEC, "running"), job(SPEC, id=JobId("done"), created_at=LATER)],
            "done",
            id="a succeeded one before an elder that still runs",
        ),
        pytest.param(
            [
                job(SPEC, id=JobId("young"), created_at=LATER, fine_tuned_model=MODEL_2),
                job(SPEC),
            ],
            "ftjob-1",
            id="of two succeeded ones the eldest",
        ),
        pytest.param(
            [
                job(SPEC, id=JobId("gone"), fine_tuned_model=ModelId("ft:gone")),
                job(SPEC, id=JobId("young"), created_at=LATER),
            ],
            "young",
            id="not the eldest if its model vanished",
        ),
        pytest.param(
            [job(SPEC, "failed"), job(SPEC, "running", id=JobId("again"), created_at=LATER)],
            "again",
            id="a running one before an elder that failed",
        ),
    ],
)
def test_which_job_counts(jobs: list[ObservedJob], chosen: str) -> None:
    observed = Observed(at=NOON, jobs=tuple(jobs), models=models(TUNED, MODEL_2))
    change = decide(SPEC, None, observed)
    assert isinstance(change, Await | Record)
    assert change.job.id == chosen


def test_a_retraining_says_what_changed() -> None:
    change = decide(EDITED, SAME_LOCK, seen())
    assert isinstance(change, Train)
    assert change.differences == (Difference(field="seed", old=None, new=7),)


def planned(*wanted: Desired, observed: Observed = NOTHING) -> Plan:
    names = frozenset(one.name for one in wanted)
    return make_plan(Wanted(desired=wanted, declared=names), {}, observed)


def test_a_lock_without_a_spec_is_forgotten() -> None:
    orphan = lock(desired("gone"))
    plan = make_plan(Wanted(desired=(), declared=frozenset()), {SpecName("gone"): orphan}, NOTHING)
    assert plan.changes == (Forget(lock=orphan),)
    assert plan.changes[0].reason is Reason.SPEC_REMOVED


def test_a_narrowed_plan_forgets_no_declared_spec() -> None:
    wanted = Wanted(desired=(SPEC,), declared=frozenset({SPEC.name, SpecName("other")}))
    locks = {SPEC.name: SAME_LOCK, SpecName("other"): lock(desired("other"))}
    assert make_plan(wanted, locks, seen()).changes == (Keep(desired=SPEC, lock=SAME_LOCK),)


def test_only_the_named_spec_is_retried() -> None:
    first, second = desired("first"), desired("second")
    dead = seen(job(first, "failed"), job(second, "failed", id=JobId("ftjob-2")), gone=True)
    names = frozenset({first.name, second.name})
    wanted = Wanted(desired=(first, second), declared=names, retry=frozenset({second.name}))
    assert [kind_of(one) for one in make_plan(wanted, {}, dead).changes] == ["hold", "train"]


def test_a_renamed_spec_is_recorded_and_its_old_lock_forgotten() -> None:
    old, new = desired("old", rows="same"), desired("new", rows="same")
    wanted = Wanted(desired=(new,), declared=frozenset({new.name}))
    plan = make_plan(wanted, {old.name: lock(old)}, seen(job(old)))
    assert [(kind_of(one), spec_of(one)) for one in plan.changes] == [
        ("record", "new"),
        ("forget", "old"),
    ]


def test_a_plan_is_empty_if_all_is_kept() -> None:
    kept = Keep(desired=SPEC, lock=SAME_LOCK)
    assert Plan(changes=(kept,)).is_empty
    assert not Plan(changes=(kept, Forget(lock=SAME_LOCK))).is_empty


TRAIN = Train(desired=SPEC, reason=Reason.SPEC_ADDED)


def test_a_change_tells_what_it_is_about() -> None:
    forget = Forget(lock=SAME_LOCK)
    assert (spec_of(TRAIN), target_of(TRAIN), fingerprint_of(TRAIN)) == (
        spec_of(forget),
        target_of(forget),
        fingerprint_of(forget),
    )
    assert fingerprint_of(forget) == Fingerprint(SAME_LOCK.fingerprint)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        pytest.param(TRAIN, True, id="the same change"),
        pytest.param(replace(TRAIN, reason=Reason.JOB_FAILED), True, id="for another reason"),
        pytest.param(
            Train(desired=OTHER_WORDS, reason=Reason.SPEC_ADDED), True, id="with other metadata"
        ),
        pytest.param(Keep(desired=SPEC, lock=SAME_LOCK), False, id="another kind"),
        pytest.param(replace(TRAIN, desired=EDITED), False, id="another fingerprint"),
        pytest.param(
            replace(TRAIN, desired=desired("other", rows="triage")), False, id="another spec"
        ),
        pytest.param(
            replace(TRAIN, desired=replace(SPEC, target=TargetName("local"))),
            False,
            id="another target",
        ),
    ],
)
def test_the_digest_is_over_target_spec_kind_and_fingerprint(
    other: Train | Keep, *, same: bool
) -> None:
    assert (Plan(changes=(other,)).digest == Plan(changes=(TRAIN,)).digest) is same


def test_the_digest_ignores_order_and_notes() -> None:
    forget = Forget(lock=lock(desired("gone")))
    first = Plan(changes=(TRAIN, forget), notes=("a note",))
    assert first.digest == Plan(changes=(forget, TRAIN)).digest
    assert first.digest != Plan(changes=(TRAIN,)).digest


@pytest.mark.parametrize(
    ("bases", "usd"),
    [
        pytest.param([], 0, id="nothing to launch costs nothing"),
        pytest.param(["gpt-4.1-mini-2025-04-14"], 0.075, id="one launch"),
        pytest.param(["gpt-4.1-mini-2025-04-14", "davinci-002"], 0.165, id="two launches add up"),
        pytest.param(["gpt-4.1-mini-2025-04-14", "nobody-knows"], None, id="one without a price"),
    ],
)
def test_what_a_plan_costs(bases: list[str], usd: float | None) -> None:
    wanted = [desired(f"spec-{number}", model=base) for number, base in enumerate(bases)]
    assert planned(*wanted).usd == (usd if usd is None else pytest.approx(usd))


def test_each_launch_is_listed() -> None:
    first, second = desired("first"), desired("second")
    plan = planned(first, second, observed=seen(job(first, "running"), gone=True))
    assert [one.desired.name for one in plan.trains] == ["second"]
    assert Tariff().cost(second.root_model, second.estimate.trained_tokens) == plan.usd
