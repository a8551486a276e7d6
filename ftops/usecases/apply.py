"""Carry out a plan: each change by itself, side by side, after what it goes on from."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from ftops.core.lock import lock_for
from ftops.core.names import ModelId, SpecName, TargetName
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
    spec_of,
    target_of,
)
from ftops.core.progress import Ended
from ftops.errors import FtopsError, ProviderRejected
from ftops.ports import Hands
from ftops.usecases.follow import Wishes, follow
from ftops.usecases.launch import confirm, launch

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
    running: dict[SpecName, Future[Outcome]] = {}
    futures: list[Future[Outcome]] = []
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="ftops-apply") as pool:
        try:
            for change in plan.changes:
                above = _above(change, running)
                future = pool.submit(_carry_out, change, hands[target_of(change)], wishes, above)
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
    for target, each in hands.items():
        touched = [
            spec_of(change)
            for change in plan.changes
            if target_of(change) == target and not isinstance(change, Keep | Hold)
        ]
        if touched:
            each.locks.prove_writable(touched)
        if any(isinstance(one, Train) and target_of(one) == target for one in plan.changes):
            each.turns.prove()


def _carry_out(
    change: Change, hands: Hands, wishes: Wishes, above: Future[Outcome] | None
) -> Outcome:
    """Carry out one change; every expected failure becomes an outcome."""
    try:
        model = _model_to_start_from(change, above)
        if isinstance(model, Missing):
            outcome: Outcome = Skipped(change=change, message=model.why, waits=model.waits)
        elif hands.clock.stopped:
            outcome = Skipped(change=change, message=INTERRUPTED)
        else:
            outcome = _act(change, hands, wishes, model)
    except ProviderRejected as error:
        hint = error.hint or "correct what it names, then apply again: nothing was launched"
        outcome = Failed(change=change, message=error.message, hint=hint)
    except FtopsError as error:
        outcome = Failed(change=change, message=error.message, hint=error.hint)
    hands.reporter.tell(_ending(outcome))
    return outcome


def _act(change: Change, hands: Hands, wishes: Wishes, model: ModelId) -> Outcome:
    match change:
        case Keep(lock=lock):
            return Settled(change=change, lock=lock)
        case Hold():
            return _held(change)
        case Forget(lock=lock):
            hands.locks.remove(lock.spec_name)
            return Settled(change=change, lock=None)
        case Relabel() | Record():
            return _write(change, hands)
        case Await() | Confirm() | Train():  # pragma: no branch - the last kinds of a closed set
            return _make(change, hands, wishes, model)


def _write(change: Relabel | Record, hands: Hands) -> Outcome:
    desired = change.desired
    if isinstance(change, Relabel):
        lock = change.lock.relabelled(desired)
        hands.locks.write(lock)
    else:
        lock = lock_for(desired, change.job, hands.tariff)
        hands.locks.write(lock)
        if not any(change.job.id in one.jobs for one in hands.journal.open_intents()):
            hands.journal.close(desired.fingerprint, f"recorded {lock.job}")
    return Settled(change=change, lock=lock)


def _make(change: Await | Confirm | Train, hands: Hands, wishes: Wishes, model: ModelId) -> Outcome:
    match change:
        case Await(job=job):
            return follow(change, job, hands, wishes)
        case Confirm():
            return confirm(change, model, hands, wishes)
        case Train():  # pragma: no branch - the last kind of a closed set
            return launch(change, model, hands, wishes)


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
