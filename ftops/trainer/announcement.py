"""`server.json` in a store: where its server listens, readable by the store's owner only."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import msgspec

from ftops.trainer.running.attempt_folder import write_whole

_NAME = "server.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What a server says of itself; it may be dead by now."""

    pid: int
    born: str
    host: str
    port: int
    started_at: int
    store_id: str
    api_key: str | None

    @classmethod
    def read(cls, store: Path) -> Self | None:
        """Return the last announcement, unless it was withdrawn."""
        try:
            return msgspec.json.decode((store / _NAME).read_bytes(), type=cls)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def write(self, store: Path) -> None:
        """Announce."""
        write_whole(store / _NAME, msgspec.json.encode(self))

    @staticmethod
    def withdraw(store: Path) -> None:
        """Take the announcement back."""
        (store / _NAME).unlink(missing_ok=True)
