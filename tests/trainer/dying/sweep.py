"""Goes through the effects of a life one by one: death before or amid each, or a full disk."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import msgspec

from tests.reliability.zygote.failpoints import OF_A_FULL_DISK, How
from tests.trainer.conftest import REPOSITORY
from tests.trainer.dying.mortal import NEVER, READY, Ended, Order

EPOCHS = 4
MEANT = {How.TORN: frozenset({"write"}), How.ENOSPC: OF_A_FULL_DISK}
"""Elsewhere it is as good as a death before, or as success."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mortal:
    """A warm process whose children live and die."""

    orders: IO[bytes]
    words: IO[bytes]

    def live(self, root: Path, at: int = NEVER, how: How = How.KILL) -> Ended:
        self.orders.write(msgspec.json.encode(Order(root=root, at=at, how=how), enc_hook=str))
        self.orders.write(b"\n")
        self.orders.flush()
        return msgspec.json.decode(self.words.readline(), type=Ended)

    def deaths(
        self, made: Callable[[str], Path], hows: tuple[How, ...], *, is_exact: bool = True
    ) -> Iterator[Path]:
        """Yield the root of each broken life; `made` makes a fresh one of that name.

        Exact is a life of one thread: others may have their last effects in another order.
        """
        whole = self.live(made("whole"))
        assert whole.status == 0
        for how in hows:
            kinds = MEANT.get(how, frozenset(whole.effects))
            for at in [n for n in _different(whole.effects) if whole.effects[n - 1] in kinds]:
                root = made(f"{how.name}-{at}")
                ended = self.live(root, at, how)
                if is_exact and how is not How.ENOSPC:
                    assert ended.status < 0, f"{how} at {at} was survived"
                yield root


def _different(effects: list[str]) -> list[int]:
    """Number the effects but for those of the second and third epoch, which repeat the first's.

    A recipe that renames a checkpoint into its place does so once an epoch, four times in all.
    """
    renames = [n for n, kind in enumerate(effects, 1) if kind == "rename"]
    repeated = range(renames[0] + 1, renames[2] + 1) if len(renames) == EPOCHS else range(0)
    return [n for n in range(1, len(effects) + 1) if n not in repeated]


@contextmanager
def mortal(life: str) -> Iterator[Mortal]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.trainer.dying.mortal", life],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        orders, words = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
        try:
            while words.readline() != READY:
                assert process.poll() is None
            yield Mortal(orders=orders, words=words)
        finally:
            process.kill()
