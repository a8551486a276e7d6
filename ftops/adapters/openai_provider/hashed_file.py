"""A file that knows the digest of the bytes it has handed out: what is sent is what is compared."""

import hashlib
import io
import os

from typing_extensions import override


class HashedFile(io.FileIO):
    """Opened to be read from its beginning; going back there begins the digest anew."""

    def __init__(self, path: str) -> None:
        super().__init__(path, "rb")
        self._hash = hashlib.sha256()

    @property
    def digest(self) -> str:
        """Return the sha256 of what was read since the beginning."""
        return self._hash.hexdigest()

    @property
    def is_read_whole(self) -> bool:
        """Say whether everything was handed out."""
        return self.tell() == os.fstat(self.fileno()).st_size

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        """Read, and count what was read in."""
        content = super().read(-1 if size is None else size)
        self._hash.update(content)
        return content

    @override
    def seek(self, position: int, whence: int = os.SEEK_SET, /) -> int:
        """Move; at the beginning nothing counts as read."""
        reached = super().seek(position, whence)
        if reached == 0:
            self._hash = hashlib.sha256()
        return reached
