"""The training files at one target: listed once in a run, and none uploaded twice."""

import threading
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from ftops.core.desired import DataPin, Desired
from ftops.core.names import Digest, FileId, upload_name
from ftops.core.observed import ObservedFile, find_upload
from ftops.core.progress import Uploading
from ftops.ports import Hands


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """The provider's ids of the pinned files; `fresh` are those that this run uploaded."""

    training: FileId
    validation: FileId | None
    fresh: tuple[FileId, ...] = ()


class Depot:
    """Several specs may ask at once; those that share a file wait for its one upload."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._lock = threading.Lock()
        self._turns: defaultdict[Digest, threading.Lock] = defaultdict(threading.Lock)
        self._uploaded: dict[Digest, FileId] = {}

    def bring(self, desired: Desired) -> Uploads:
        """Return the spec's files at the provider, uploaded if they are not there."""
        validation = desired.pins.validation
        ids = [
            self._file(desired, pin)
            for pin in (desired.pins.training, *(() if validation is None else (validation,)))
        ]
        with self._lock:
            ours = set(self._uploaded.values())
        return Uploads(
            training=ids[0],
            validation=ids[1] if validation is not None else None,
            fresh=tuple(one for one in ids if one in ours),
        )

    def _file(self, desired: Desired, pin: DataPin) -> FileId:
        with self._lock:
            listed, turn = self._listed, self._turns[pin.digest]
        found = find_upload(listed, pin.digest, pin.size)
        if found is not None:
            return found.id
        with turn:
            if pin.digest not in self._uploaded:
                uploaded = self._upload(desired, pin)
                with self._lock:
                    self._uploaded[pin.digest] = uploaded
        return self._uploaded[pin.digest]

    @cached_property
    def _listed(self) -> tuple[ObservedFile, ...]:
        return self._hands.provider.files()

    def _upload(self, desired: Desired, pin: DataPin) -> FileId:
        name = upload_name(pin.digest)
        with self._hands.datasets.staged(pin) as path:
            self._hands.reporter.tell(Uploading(spec=desired.name, name=name, size=pin.size))
            return self._hands.provider.upload(path, pin.digest)
