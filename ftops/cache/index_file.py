"""The cache's one file: whole with the right checksum, or not there; and its disk's own clock."""

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from ftops.cache.stamp import Tick

MAGIC: Final = b"ftops cache 1\n"
LARGEST: Final = 256 << 20
_SEAL_SIZE: Final = len(MAGIC) + hashlib.sha256().digest_size


class IndexFile:
    """A file in a folder of its own; what goes wrong with it goes wrong in silence."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name

    def read(self) -> bytes | None:
        """Return the content, if it is exactly what was written."""
        with suppress(OSError):
            whole = _read_regular(self._folder / self._name)
            content = whole[_SEAL_SIZE:]
            if whole.startswith(_seal(content)):
                return content
        return None

    def write(self, content: bytes) -> None:
        """Replace the file whole, or leave it."""
        with suppress(OSError):
            self._make_folder()
            descriptor, aside = tempfile.mkstemp(prefix=f"{self._name}-", dir=self._folder)
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(_seal(content) + content)
                Path(aside).replace(self._folder / self._name)
            except OSError:
                Path(aside).unlink(missing_ok=True)
                raise

    def tick(self) -> Tick | None:
        """Return the time as the disk writes it, None if nothing can be written there."""
        with suppress(OSError):
            self._make_folder()
            with tempfile.TemporaryFile(dir=self._folder) as stream:
                about = os.fstat(stream.fileno())
                return about.st_dev, about.st_mtime_ns
        return None

    def _make_folder(self) -> None:
        ignore = self._folder / ".gitignore"
        if not ignore.is_file():
            self._folder.mkdir(parents=True, exist_ok=True)
            ignore.write_text("*\n", encoding="utf-8")


def _seal(content: bytes) -> bytes:
    return MAGIC + hashlib.sha256(content).digest()


def _read_regular(path: Path) -> bytes:
    """Return a plain file's bytes; no link is followed, no pipe waited for, no giant read."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags), "rb") as stream:
        about = os.fstat(stream.fileno())
        if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST:
            return b""
        return stream.read()
