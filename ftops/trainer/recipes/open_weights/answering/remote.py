"""The server's end of answering: starts the processes, asks, and hands on what they say."""

import queue
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final, cast

import msgspec

from ftops.trainer import surroundings
from ftops.trainer.recipes.contract import Message, Sampling, Token
from ftops.trainer.recipes.open_weights.answering.words import (
    Ask,
    Began,
    Ended,
    Leave,
    Order,
    Ready,
    Said,
    Word,
)
from ftops.trainer.recipes.open_weights.base import Base, Tuning

MOST_PROCESSES: Final = 2
END_SECONDS: Final = 10.0
START_SECONDS: Final = 300.0
_LOG: Final = "answering.log"


class AnsweringError(RuntimeError):
    """The process that answers broke off, or could not begin."""


class Answering:
    """One process and who waits for its words."""

    def __init__(self, model_dir: Path) -> None:
        """Start it, and wait until its base is loaded."""
        self._numbered = 0
        self._waiting: dict[int, queue.SimpleQueue[Word]] = {}
        self._lock = threading.Lock()
        self._one_at_a_time = threading.Lock()
        self._is_over = False
        self._ready = threading.Event()
        self._log = model_dir / _LOG
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 our own interpreter and module
                [
                    *(sys.executable, "-P", "-m"),
                    "ftops.trainer.recipes.open_weights.answering.process",
                    str(model_dir),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=surroundings.child_environment(),
            )
        self._orders = cast("IO[bytes]", self._process.stdin)
        self._words = cast("IO[bytes]", self._process.stdout)
        threading.Thread(target=self._listen, name="answering", daemon=True).start()
        if not self._ready.wait(START_SECONDS) or not self.is_alive():
            self.end()
            raise AnsweringError(f"the model cannot be loaded: {self._last_words()}")

    @property
    def pid(self) -> int:
        """Return the process' number."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Say whether it can still be asked."""
        return self._process.poll() is None

    def is_busy(self) -> bool:
        """Say whether anybody waits for its words."""
        return bool(self._waiting)

    def ask(self, order: Ask) -> "queue.SimpleQueue[Word]":
        """Return where the words about this question will arrive."""
        words: queue.SimpleQueue[Word] = queue.SimpleQueue()
        with self._lock:
            if self._is_over:
                raise AnsweringError(self._obituary())
            self._numbered += 1
            numbered = msgspec.structs.replace(order, number=self._numbered)
            self._waiting[self._numbered] = words
        self._send(numbered)
        return words

    def leave(self, words: "queue.SimpleQueue[Word]") -> None:
        """Let go of an answer that nobody reads on."""
        with self._lock:
            numbers = [number for number, held in self._waiting.items() if held is words]
            for number in numbers:
                del self._waiting[number]
        for number in numbers:
            self._send(Leave(number=number))

    def end(self) -> None:
        """End the process, by force if it does not listen."""
        self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _send(self, order: Order) -> None:
        # Closed or broken, it is gone, and `_listen` tells everybody who waits.
        with self._one_at_a_time, suppress(OSError, ValueError):
            self._orders.write(msgspec.json.encode(order) + b"\n")
            self._orders.flush()

    def _listen(self) -> None:
        decode = msgspec.json.Decoder(Word).decode
        with self._process:
            for line in self._words:
                self._hear(decode(line))
        with self._lock:
            self._is_over = True
            left, self._waiting = self._waiting, {}
        self._ready.set()
        for number, words in left.items():
            words.put(Ended(number=number, finish_reason="stop", drawn=0, error=self._obituary()))

    def _hear(self, word: Word) -> None:
        if isinstance(word, Ready):
            self._ready.set()
            return
        with self._lock:
            words = self._waiting.get(word.number)
            if isinstance(word, Ended):
                self._waiting.pop(word.number, None)
        if words is not None:
            words.put(word)

    def _obituary(self) -> str:
        return f"the answering process ended: {self._last_words()}"

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        told = [line for line in lines if not line.startswith("hint:")]
        return told[-1] if told else "it said nothing"


class Processes:
    """At most `most` of them, by what they have loaded; the one not asked for longest ends."""

    def __init__(self, most: int = MOST_PROCESSES) -> None:
        """Begin with none."""
        self._most = most
        self._lock = threading.Lock()
        self._running: OrderedDict[Base | Path, Answering] = OrderedDict()

    def for_model(self, base: Base, model_dir: Path) -> Answering:
        """Return the process that answers for a model, started if there is none."""
        key = model_dir if base.tuning is Tuning.FULL else base
        with self._lock:
            found = self._running.get(key)
            if found is None or not found.is_alive():
                self._make_room()
                self._running[key] = Answering(model_dir)
            self._running.move_to_end(key)
            return self._running[key]

    def end(self) -> None:
        """End them all."""
        with self._lock:
            while self._running:
                self._running.popitem()[1].end()

    def _make_room(self) -> None:
        idle = [key for key, each in self._running.items() if not each.is_busy()]
        while len(self._running) >= self._most and idle:
            self._running.pop(idle.pop(0)).end()


_PROCESSES: Final = Processes()


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteModel:
    """A tuned model; asking it asks its base's process with its adapter."""

    base: Base
    model_dir: Path
    processes: Processes = field(default_factory=lambda: _PROCESSES)

    def answer(self, messages: Sequence[Message], sampling: Sampling) -> "RemoteAnswer":
        """Ask at once, so that answers asked for together are drawn together."""
        answering = self.processes.for_model(self.base, self.model_dir)
        is_full = self.base.tuning is Tuning.FULL
        words = answering.ask(
            Ask(
                number=0,
                adapter=None if is_full else str(self.model_dir),
                messages=list(messages),
                temperature=sampling.temperature,
                top_p=sampling.top_p,
                max_tokens=sampling.max_tokens,
                stop=sampling.stop,
                seed=sampling.seed,
                top_logprobs=sampling.top_logprobs,
            )
        )
        return RemoteAnswer(answering=answering, words=words)


@dataclass(slots=True, kw_only=True)
class RemoteAnswer:
    """One answer being drawn elsewhere."""

    answering: Answering
    words: "queue.SimpleQueue[Word]"
    prompt_tokens: int = 0
    completion_tokens: int = 0
    finish_reason: str = "length"

    def __iter__(self) -> Iterator[Token]:
        """Hand on the tokens as they arrive; left early, the drawing stops too."""
        try:
            while not isinstance(word := self.words.get(), Ended):
                if isinstance(word, Began):
                    self.prompt_tokens = word.prompt_tokens
                elif isinstance(word, Said):
                    yield Token(text=word.text, logprob=word.logprob, top=word.top)
            self.finish_reason, self.completion_tokens = word.finish_reason, word.drawn
            if word.error is not None:
                raise AnsweringError(word.error)
        finally:
            self.answering.leave(self.words)
