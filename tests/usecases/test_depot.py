"""The training files at one target: listed once in a run, and none uploaded twice."""

import threading

from typing_extensions import override

from ftops.core.names import Digest, FileId
from ftops.core.observed import ObservedFile
from ftops.core.outcome import Settled
from tests.fakes.memory import MemoryDatasets
from tests.fakes.provider import FakeProvider
from tests.fakes.specs import declared, pins
from tests.fakes.stage import Stage

SPECS = tuple(declared(f"spec-{number}", seed=number) for number in range(4))


class Slow(FakeProvider):
    """Lets every spec reach its upload before one is done."""

    listings = 0

    def __init__(self, **behaviour: object) -> None:
        super().__init__(**behaviour)  # type: ignore[arg-type]
        self.turn = threading.Event()

    @override
    def files(self) -> tuple[ObservedFile, ...]:
        self.listings += 1
        return super().files()

    @override
    def upload(self, path: str, digest: Digest) -> FileId:
        self.turn.wait(0.1)
        return super().upload(path, digest)


def test_specs_that_share_a_new_file_upload_it_once() -> None:
    stage = Stage(*SPECS, provider=Slow)
    stage.datasets = MemoryDatasets({one.name: pins("shared") for one in SPECS})
    outcomes = stage.apply()
    assert all(isinstance(one, Settled) for one in outcomes)
    assert isinstance(stage.provider, Slow)
    assert (stage.provider.uploads, stage.provider.listings) == (1, 1)
    files = [lock.files for lock in stage.locks.read().values()]
    assert files == [{"training_file": "file-001"}] * len(SPECS)
