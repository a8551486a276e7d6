"""Lives the same life again and again in forked children: `python -m … MODULE:FUNCTION`.

Each line of standard input is an order; the child breaks at the effect that it names, counted from
the life's beginning, on files below its root.
"""

import os
import pkgutil
import sqlite3
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
from typing_extensions import override

from tests.reliability.zygote.failpoints import Failpoint, Failpoints, How, die

NEVER = 0
READY = b"ready\n"
CHANGES: Final = frozenset({"INSERT", "UPDATE", "DELETE", "COMMIT"})
"""What SQLite writes by itself, where no function of Python's is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    root: Path
    at: int
    how: How


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a child ended, negative by a signal, and what effects it had before that."""

    status: int
    effects: list[str]


class Nth(Failpoints):
    """Breaks at the nth effect, whatever it is."""

    def __init__(self, order: Order, told: int) -> None:
        super().__init__(order.root, Failpoint(effect="", number=0, how=order.how), None)
        self._order = order
        self._told = told
        self._reached = 0

    @override
    def install(self) -> None:
        super().install()
        points = self

        class Connection(sqlite3.Connection):
            @override
            def execute(self, statement: str, values: Any = (), /) -> sqlite3.Cursor:
                kind = statement.split(maxsplit=1)[0].upper()
                points.reach(kind.lower(), "a table" if kind in CHANGES else None)
                return super().execute(statement, values)

        sqlite3.connect = partial(sqlite3.connect, factory=Connection)  # type: ignore[assignment]

    @override
    def reach(self, kind: str, where: str | None, tear: Callable[[], object] | None = None) -> None:
        if where is None:
            return
        self._reached += 1
        self._write(self._told, f"{kind}\n".encode())
        is_here = self._reached == self._order.at
        if self._order.how is How.ENOSPC:
            self._fail(kind, where, is_here=is_here)
        elif is_here:
            die(self._order.how, tear)


def lived(order: Order, life: Callable[[Path], None]) -> Ended:
    heard, told = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(heard)
        _live(order, life, told)
    os.close(told)
    with os.fdopen(heard, "rb") as stream:
        effects = stream.read().decode().split()
    _, status = os.waitpid(pid, 0)
    return Ended(status=os.waitstatus_to_exitcode(status), effects=effects)


def _live(order: Order, life: Callable[[Path], None], told: int) -> None:
    status = 1
    # What the kernel has survives a process; a power cut is not what is tried here.
    os.fsync = lambda fd: None  # noqa: ARG005 the name that the real one gives it
    try:
        Nth(order, told).install()
        life(order.root)
        status = 0
    except BaseException:  # noqa: BLE001 a child must not come back as its parent
        traceback.print_exc()
    os._exit(status)


def main() -> None:
    life: Callable[[Path], None] = pkgutil.resolve_name(sys.argv[1])
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    out.write(READY)
    decode = msgspec.json.Decoder(Order, dec_hook=lambda kind, value: kind(value)).decode
    for line in sys.stdin.buffer:
        out.write(msgspec.json.encode(lived(decode(line), life)) + b"\n")


if __name__ == "__main__":
    main()
