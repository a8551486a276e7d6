"""When a name leads nowhere: say which names there are."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ftops.core.names import SpecName
from ftops.errors import FtopsError, JobNotFound, ProviderRejected, Refusal, UnknownSpec

if TYPE_CHECKING:
    from ftops.wiring.workplace import Workplace


@contextmanager
def known_as(name: str, workplace: "Workplace") -> Iterator[None]:
    """Turn "not found" into UnknownSpec with the names there are, if no spec has this one."""
    try:
        yield
    except (JobNotFound, ProviderRejected) as error:
        absent = isinstance(error, JobNotFound) or error.refusal is Refusal.NOT_FOUND
        if not absent or SpecName(name) in workplace.choices:
            raise
        raise no_spec(error.message, name, workplace) from error


def no_spec(message: str, name: str, workplace: "Workplace") -> FtopsError:
    """Return the error for something that was looked for under a name no spec has."""
    known = ", ".join(sorted(workplace.choices)) or "none"
    return UnknownSpec(message, hint=f"no spec is named {name}; the specs here are: {known}")
