"""Answers what is asked on standard input until it closes: `python -m … MODEL_DIR`."""

import os
import queue
import sys
import threading
import traceback
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from ftops.trainer.recipes.open_weights.answering.engine import Engine
from ftops.trainer.recipes.open_weights.answering.words import Ask, Leave, Order, Ready, Word
from ftops.trainer.recipes.open_weights.states import described_base

MOST_AT_ONCE: Final = 16


class Ears:
    """Reads orders in a thread of its own, so that an answer nobody wants is left at once.

    Deaf once the server is gone: then nobody can be answered.
    """

    def __init__(self, stream: BinaryIO) -> None:
        """Begin to read."""
        self._stream = stream
        self._asked: queue.SimpleQueue[Ask | None] = queue.SimpleQueue()
        self._left: set[int] = set()
        self.are_deaf = False
        threading.Thread(target=self._listen, name="ears", daemon=True).start()

    def is_left(self, number: int) -> bool:
        """Say whether nobody listens to an answer any more."""
        return self.are_deaf or number in self._left

    def next(self) -> list[Ask]:
        """Wait for what is asked, and take what else waits; empty once the server is gone."""
        first = self._asked.get()
        asks = [first]
        while asks[-1] is not None and len(asks) < MOST_AT_ONCE and not self._asked.empty():
            asks.append(self._asked.get())
        return [ask for ask in asks if ask is not None and not self.is_left(ask.number)]

    def _listen(self) -> None:
        decode = msgspec.json.Decoder(Order).decode
        for line in self._stream:
            order = decode(line)
            if isinstance(order, Leave):
                self._left.add(order.number)
            else:
                self._asked.put(order)
        self.are_deaf = True
        self._asked.put(None)


def main() -> None:
    """Load what the first argument names, say so, and answer."""
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    # Whatever a library prints must not come between the words.
    os.dup2(2, 1)

    def tell(word: Word) -> None:
        out.write(msgspec.json.encode(word) + b"\n")

    model_dir = Path(sys.argv[1])
    engine = Engine(described_base(model_dir), model_dir, tell)
    ears = Ears(sys.stdin.buffer)
    tell(Ready())
    try:
        while not ears.are_deaf:
            asks = ears.next()
            if asks:
                engine.answer(asks, ears.is_left)
    except Exception:  # noqa: BLE001 - the ears still read: Python itself would end with other words
        traceback.print_exc()
        os._exit(1)


if __name__ == "__main__":
    main()
