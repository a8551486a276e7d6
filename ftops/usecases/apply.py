"""Carry out a plan: each change by itself, side by side, after what it goes on from."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from ftops.core.lock import job_of, lock_for
from ftops.core.names import ModelId, SpecName, TargetName
from ftops.core.outcome import Failed, Outcome, Rival, Settled, Skipped, Started, Unconfirmed
from ftops.core.plan import (
    Await,
    Change,
    Confirm,
    Forget,
    Hold,
    Keep,
    Making,
    Plan,
    Reason,
    Record,
    Relabel,
    Train,
    spec_of,
    target_of,
)
from ftops.core.progress import Ended
from ftops.errors import FtopsError, ProviderRejected, RecordError
from ftops.ports import Hands
from ftops.usecases.depot import Depot
from ftops.usecases.follow import Wishes, follow
from ftops.usecases.launch import LOST, confirm, hint_where_lost, launch
from ftops.usecases.remember import unrecorded
from ftops.usecases.rivalry import Rivalry

SIDE_BY_SIDE = 8
INTERRUPTED = "interrupted before it began"


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """The model a change would go on from is not there, and why."""

    why: str
    waits: bool = False


def apply(plan: Plan, hands: Mapping[TargetName, Hands], wishes: Wishes) -> tuple[Outcome, ...]:
    """Carry out the plan and return one outcome per change, in the plan's order.

    One failure never stops the rest. Interrupted, it stops waiting, never acts again, and says for
    each change what goes on at the provider.
    """
    _prove_writable(plan, hands)
    depots = {target: Depot(each) for target, each in hands.items()}
    running: dict[SpecName, Future[Outcome]] = {}
    futures: list[Future[Outcome]] = []
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="ftops-apply") as pool:
        try:
            for change in plan.changes:
                above = _above(change, running)
                target = target_of(change)
                making = _Making(hands=hands[target], wishes=wishes, depot=depots[target])
                future = pool.submit(_carry_out, change, making, above)
                if not isinstance(change, Forget):
                    running[spec_of(change)] = future
                futures.append(future)
            wait(futures)
        except KeyboardInterrupt:
            for each in hands.values():
                each.clock.stop()
    begun = tuple(future.result() for future in futures)
    never_begun = plan.changes[len(begun) :]
    return begun + tuple(Skipped(change=one, message=INTERRUPTED) for one in never_begun)


def _above(change: Change, running: Mapping[SpecName, Future[Outcome]]) -> Future[Outcome] | None:
    if isinstance(change, Forget) or change.desired.spec.upstream is None:
        return None
    return running.get(change.desired.spec.upstream)


def _prove_writable(plan: Plan, hands: Mapping[TargetName, Hands]) -> None:
    """Raise RecordError unless every place of record takes what this plan will put there."""
    for target, each in hands.items():
        here = [change for change in plan.changes if target_of(change) == target]
        touched = [spec_of(change) for change in here if not isinstance(change, Keep | Hold)]
        if touched:
            each.locks.prove_writable(touched)
        if any(isinstance(change, Train | Await | Confirm) for change in here):
            each.journal.prove_writable()
        if any(isinstance(change, Train) for change in here):
            each.turns.prove()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """What every change on one target is carried out with."""

    hands: Hands
    wishes: Wishes
    depot: Depot


def _carry_out(change: Change, making: _Making, above: Future[Outcome] | None) -> Outcome:
    """Carry out one change; every expected failure becomes an outcome."""
    hands = making.hands
    try:
        model = _model_to_start_from(change, above)
        if isinstance(model, Missing):
            outcome: Outcome = Skipped(change=change, message=model.why, waits=model.waits)
        elif hands.clock.stopped:
            outcome = Skipped(change=change, message=INTERRUPTED)
        else:
            outcome = _act(change, making, model)
    except ProviderRejected as error:
        hint = error.hint or "correct what it names, then apply again: nothing was launched"
        outcome = Failed(change=change, message=error.message, hint=hint)
    except FtopsError as error:
        outcome = Failed(change=change, message=error.message, hint=error.hint)
    hands.reporter.tell(_ending(outcome))
    return outcome


def _act(change: Change, making: _Making, model: ModelId) -> Outcome:
    hands = making.hands
    match change:
        case Keep(lock=lock):
            return Settled(change=change, lock=lock, rivals=_end_rivals(change, hands))
        case Hold():
            return _held(change)
        case Forget(lock=lock):
            hands.locks.remove(lock.spec_name)
            return Settled(change=change, lock=None)
        case Relabel() | Record():
            return _write(change, hands)
        case Await() | Confirm() | Train():  # pragma: no branch - the last kinds of a closed set
            return _make(change, making, model)


def _end_rivals(change: Keep | Relabel | Record, hands: Hands) -> tuple[Rival, ...]:
    rivalry = Rivalry(change.desired, hands)
    winner = change.job.id if isinstance(change, Record) else job_of(change.lock)
    rivalry.sweep(winner, change.rivals)
    return rivalry.told


def _write(change: Relabel | Record, hands: Hands) -> Outcome:
    desired = change.desired
    if isinstance(change, Relabel):
        lock = change.lock.relabelled(desired)
        hands.locks.write(lock)
        return Settled(change=change, lock=lock, rivals=_end_rivals(change, hands))
    lock = lock_for(desired, change.job, hands.tariff)
    try:
        hands.locks.write(lock)
    except RecordError as error:
        return unrecorded(change, change.job, error, hands)
    if not any(change.job.id in one.jobs for one in hands.journal.open_intents()):
        hands.journal.close(desired.fingerprint, f"recorded {lock.job}")
    return Settled(change=change, lock=lock, rivals=_end_rivals(change, hands))


def _make(change: Making, making: _Making, model: ModelId) -> Outcome:
    hands, wishes = making.hands, making.wishes
    match change:
        case Await(job=job):
            return follow(change, job, hands, wishes)
        case Confirm():
            return confirm(change, model, hands, wishes, making.depot)
        case Train():  # pragma: no branch - the last kind of a closed set
            return launch(change, model, hands, wishes, making.depot)


def _model_to_start_from(change: Change, above: Future[Outcome] | None) -> ModelId | Missing:
    """Return the model a job starts from; for a spec `from` another, what that one has become."""
    if not isinstance(change, Train | Confirm):
        return ModelId("")
    if isinstance(change.desired.spec.model, str):
        return ModelId(change.desired.spec.model)
    upstream = change.desired.spec.upstream
    if above is None:
        return Missing(why=f"it goes on from {upstream}, which this plan leaves out")
    outcome = above.result()
    if isinstance(outcome, Settled) and outcome.lock is not None:
        return outcome.lock.model_id
    is_running = isinstance(outcome, Started)
    return Missing(why=f"it goes on from {upstream}, which has no model yet", waits=is_running)


def _held(change: Hold) -> Outcome:
    name, job = change.desired.name, change.job
    if change.reason is Reason.CREATION_UNCONFIRMED:
        return Skipped(change=change, message=f"held: {LOST}", hint=hint_where_lost(name))
    if change.reason is Reason.MODEL_MISSING:
        gone = change.lock.model if change.lock else job.fine_tuned_model if job else None
        message = f"its model {gone} is gone from the provider"
    else:
        died = f"job {job.id} ended as {job.provider_status}" if job else "its job ended"
        why = f": {job.failure.message}" if job and job.failure else ""
        message = f"{died}{why}"
    return Skipped(
        change=change,
        message=f"held: {message}",
        hint=f"see `ftops logs {name}`; train it again with `ftops apply --retry {name}`",
    )


def _ending(outcome: Outcome) -> Ended:
    kind = type(outcome).__name__.lower()
    return Ended(spec=spec_of(outcome.change), kind=kind, detail=_detail(outcome))


def _detail(outcome: Outcome) -> str:
    match outcome:
        case Settled(lock=lock):
            return lock.model if lock is not None else "lock removed"
        case Started(job=job):
            return job
        case Unconfirmed() | Failed() | Skipped():  # pragma: no branch - the last of a closed set
            return outcome.message
