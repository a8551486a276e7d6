"""`.ftops/serve-audit.jsonl`: who did what, each line sealed to the one before it."""

import hashlib
import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ftops.errors import RecordError

NAME: Final = "serve-audit.jsonl"
FIRST: Final = "0" * 64
_TAIL: Final = 64 * 1024


class AuditFile:
    """The port AuditLog: append-only; a line that was changed or taken out breaks the chain."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._lock = threading.Lock()
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        try:
            self._descriptor = os.open(self._path, flags, 0o600)
            self._before = _last_seal(self._descriptor)
        except OSError as error:
            raise self._trouble(error) from error

    def write(self, entry: Mapping[str, object]) -> None:
        """Append one line; RecordError if it cannot be."""
        with self._lock:
            content = json.dumps({**entry, "before": self._before}, default=str)
            seal = hashlib.sha256(content.encode()).hexdigest()
            line = f'{content[:-1]}, "seal": "{seal}"}}\n'
            try:
                os.write(self._descriptor, line.encode())
            except OSError as error:
                raise self._trouble(error) from error
            self._before = seal

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)

    def _trouble(self, error: OSError) -> RecordError:
        return RecordError(
            f"{self._path} cannot be written: {error.strerror}",
            hint="nothing is answered that cannot be written down; look at the disk",
        )


def prove_chain(path: Path) -> tuple[int, str]:
    """Return how many lines follow from each other and the last seal; RecordError if any does not.

    What was cut off at the end leaves a whole chain: only somebody who kept the seal can tell.
    """
    number, before = 0, FIRST
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                body = line.rpartition(b', "seal": "')[0] + b"}"
                follows = body.endswith(b'"before": "%s"}' % before.encode())
                before = hashlib.sha256(body).hexdigest()
                if not follows or line != b'%s, "seal": "%s"}\n' % (body[:-1], before.encode()):
                    raise _broken(path, number)
    except OSError as error:
        raise RecordError(f"{path} cannot be read: {error.strerror}") from error
    return number, before


def _broken(path: Path, number: int) -> RecordError:
    return RecordError(
        f"{path}:{number} does not follow from the line before it",
        hint="a line was changed or taken out, or a full disk cut one off: move the file away, "
        "and the next `ftops serve` begins a new one",
    )


def _last_seal(descriptor: int) -> str:
    size = os.fstat(descriptor).st_size
    tail = os.pread(descriptor, _TAIL, max(0, size - _TAIL))
    lines = tail.splitlines()
    try:
        seal = json.loads(lines[-1])["seal"] if lines else FIRST
    except (ValueError, KeyError):
        # A line cut off by a full disk: the chain begins anew, which the check tells.
        return FIRST
    return str(seal)
