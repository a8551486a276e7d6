"""A file that comes into being whole, and never in the place of another one."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from ftops.errors import FtopsError

_BUFFER: Final = 1 << 20
_ORDINARY: Final = 0o666


@contextmanager
def new_file(target: Path) -> Iterator[BinaryIO]:
    """Yield a stream whose bytes are at the target afterwards; any error leaves nothing behind."""
    refuse_existing(target)
    try:
        with linked_when_whole(target, permissions=ordinary_permissions()) as stream:
            yield stream
    except FileExistsError as error:
        raise FtopsError(f"{target} is there already", hint="nothing was replaced") from error
    except OSError as error:
        message = f"{target} cannot be written: {error.strerror or error}"
        raise FtopsError(message, hint="nothing was written") from error


@contextmanager
def linked_when_whole(target: Path, *, permissions: int) -> Iterator[BinaryIO]:
    """Yield a stream to a file beside the target that becomes it; OSError as the disk tells it."""
    descriptor, name = tempfile.mkstemp(prefix=".ftops-", dir=target.parent)
    aside = Path(name)
    try:
        with os.fdopen(descriptor, "wb", buffering=_BUFFER) as stream:
            yield stream
            stream.flush()
            os.fchmod(stream.fileno(), permissions)
            os.fsync(stream.fileno())
        # A link never replaces what came there meanwhile, as a rename would.
        os.link(aside, target)
    finally:
        with suppress(FileNotFoundError):
            aside.unlink()


def refuse_existing(*targets: Path) -> None:
    """Raise FtopsError if anything is at a target, or two of them are one."""
    for target in targets:
        if os.path.lexists(target):
            raise FtopsError(f"{target} is there already", hint="name a file that is not there yet")
    if len({os.path.realpath(target) for target in targets}) < len(targets):
        raise FtopsError(f"{targets[0]} is named twice", hint="name a file for each")


def ordinary_permissions() -> int:
    """Return what a file gets that any program makes here."""
    mask = os.umask(0)
    os.umask(mask)
    return _ORDINARY & ~mask
