"""Where a job's id goes when the journal cannot take it: a file of its own, wherever one can be."""

import errno
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from ftops.adapters.own_folder.folder import OWN_FOLDER, sync_folder, write_all
from ftops.adapters.own_folder.journal_lines import Begun
from ftops.core.names import Fingerprint
from ftops.core.observed import OpenIntent
from ftops.errors import RecordError

EMERGENCY: Final = "emergency"
_MOST: Final = 1 << 16


class EmergencyFiles:
    """One file an intent, in `.ftops/`, else in the machine's temporary folder.

    The name holds the fingerprint, and a mark of the project, the target and, in the temporary
    folder that all checkouts share, of this checkout.
    """

    def __init__(self, root: Path, *, project: str, target: str) -> None:
        self._root = root
        self._project = project
        self._target = target

    def keep(self, intent: OpenIntent) -> str:
        """Write the intent to the first place that takes it and return its path."""
        text = msgspec.json.encode(Begun.of(intent, project=self._project, target=self._target))
        for path in self._places(intent.fingerprint):
            with suppress(OSError):
                _write(path, text + b"\n")
                return self._shown(path)
        raise RecordError(
            f"neither {OWN_FOLDER}/ nor the temporary folder takes a file",
            hint="note the job's id, and free the disk",
        )

    def read(self) -> tuple[OpenIntent, ...]:
        """Return what was kept of this project's target and still lies there."""
        kept = {}
        for path in self._files():
            begun = self._read_one(path)
            if begun is not None and (begun.project, begun.target) == (self._project, self._target):
                kept[begun.fingerprint] = begun.intent
        return tuple(kept.values())

    def drop(self, fingerprint: Fingerprint) -> None:
        """Remove what was kept of a fingerprint; what cannot be removed is read once more."""
        for path in self._places(fingerprint):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _places(self, fingerprint: str) -> Iterator[Path]:
        mark = _mark(self._project, self._target)
        yield self._root / OWN_FOLDER / f"{EMERGENCY}-{fingerprint}-{mark}.json"
        with suppress(OSError):
            yield Path(tempfile.gettempdir(), f"{self._shared_prefix}{fingerprint}-{mark}.json")

    @property
    def _shared_prefix(self) -> str:
        return f"ftops-{EMERGENCY}-{_mark(os.path.realpath(self._root))}-"

    def _files(self) -> Iterator[Path]:
        yield from sorted((self._root / OWN_FOLDER).glob(f"{EMERGENCY}-*.json"))
        with suppress(OSError):
            yield from sorted(Path(tempfile.gettempdir()).glob(f"{self._shared_prefix}*.json"))

    def _read_one(self, path: Path) -> Begun | None:
        """Return what a file says; what others left in the temporary folder says nothing."""
        is_shared = not path.is_relative_to(self._root)
        try:
            return msgspec.json.decode(_read(path, only_ours=is_shared), type=Begun)
        except OSError as error:
            if is_shared or isinstance(error, FileNotFoundError):
                return None
            raise RecordError(f"{self._shown(path)} cannot be read: {error.strerror}") from error
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise RecordError(
                f"{self._shown(path)}: this file is damaged: {error}",
                hint="it names a job that no journal knows: look for it at the provider, `ftops "
                "adopt NAME JOB`, then delete the file",
            ) from error

    def _shown(self, path: Path) -> str:
        inside = path.is_relative_to(self._root)
        return path.relative_to(self._root).as_posix() if inside else str(path)


def _mark(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _write(path: Path, text: bytes) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        write_all(descriptor, text)
        os.fsync(descriptor)
    except OSError:
        path.unlink()
        raise
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def _read(path: Path, *, only_ours: bool) -> bytes:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(path, flags)
    try:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or (only_ours and about.st_uid != os.geteuid()):
            raise PermissionError(errno.EACCES, "it is no file of ours")
        return os.read(descriptor, _MOST)
    finally:
        os.close(descriptor)
