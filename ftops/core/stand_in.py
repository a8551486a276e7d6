"""Who trained in a base's place: a stand-in counts tokens in a way of its own."""

from ftops.core.cost import base_of
from ftops.core.desired import Desired
from ftops.core.lock import Lock


def stand_in_of(lock: Lock, desired: Desired | None, stands_in: str | None) -> str | None:
    """Return what trained the lock's model in place of the declared base, if anything did.

    `stands_in` is what stands in on the target for bases it does not have.
    """
    is_declared = desired is not None and base_of(desired.root_model) == stands_in
    return stands_in if base_of(lock.model) == stands_in and not is_declared else None
