"""Find what nothing needs any more at the provider, and delete exactly that."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from ftops.core.desired import Desired
from ftops.core.lock import Lock
from ftops.core.names import FileId, ModelId, TargetName, upload_name
from ftops.core.surplus import Needed, Surplus, find_surplus
from ftops.errors import ProviderError, ProviderRejected, Refusal
from ftops.ports import ProviderPruner
from ftops.usecases.plan import Prepared

Id = TypeVar("Id", ModelId, FileId)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """One thing that was to go: `trouble` says why it is still there."""

    id: str
    trouble: str | None = None


def survey(
    prepared: Prepared,
    pruners: Mapping[TargetName, ProviderPruner],
    committed: Sequence[Lock],
    min_age: timedelta,
) -> dict[TargetName, Surplus]:
    """Return what may go, by target; a plan of every spec tells what is declared.

    `committed` are the locks on every branch and tag: a model that any of them names stays.
    """
    found = {}
    for target, seen in prepared.observed.items():
        needed = _declared(prepared.desired).with_locks(committed)
        for locks in prepared.locks.values():
            needed = needed.with_locks(locks.values())
        pruner = pruners[target]
        with_files = replace(seen, files=pruner.files())
        found[target] = find_surplus(with_files, pruner.all_jobs(), needed, min_age)
    return found


def delete(surplus: Surplus, pruner: ProviderPruner) -> tuple[Deletion, ...]:
    """Delete it, models first; one failure never stops the rest."""
    models = [_try(pruner.delete_model, one.id) for one in surplus.models]
    return (*models, *(_try(pruner.delete_file, one.id) for one in surplus.files))


def _declared(desired: Sequence[Desired]) -> Needed:
    pins = [pin for one in desired for pin in (one.pins.training, one.pins.validation) if pin]
    return Needed(
        fingerprints=frozenset(one.fingerprint for one in desired),
        names=frozenset(upload_name(pin.digest) for pin in pins),
    )


def _try(act: Callable[[Id], None], what: Id) -> Deletion:
    try:
        act(what)
    except ProviderRejected as error:
        is_gone = error.refusal is Refusal.NOT_FOUND
        return Deletion(id=what, trouble=None if is_gone else error.message)
    except ProviderError as error:
        return Deletion(id=what, trouble=error.message)
    return Deletion(id=what)
