"""From scores to one drawn token, and from drawn tokens to whole text that stops in time."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ftops.trainer.recipes.contract import Sampling, Token

Chances = NDArray[np.float64]


def draw(logs: Chances, sampling: Sampling, rng: np.random.Generator) -> int:
    """Return a token drawn by log-probability; temperature 0 takes the likeliest."""
    if sampling.temperature <= 0:
        return int(logs.argmax())
    heated = logs / sampling.temperature
    chances = np.exp(heated - heated.max())
    chances /= chances.sum()
    order = np.argsort(-chances, kind="stable")
    reached = np.cumsum(chances[order])
    kept = order[: int(np.searchsorted(reached, sampling.top_p * reached[-1])) + 1]
    shares = np.cumsum(chances[kept])
    return int(kept[min(np.searchsorted(shares, rng.random() * shares[-1]), len(kept) - 1)])


def _held_back(text: str, stops: tuple[str, ...]) -> int:
    longest = max((len(stop) for stop in stops), default=1) - 1
    for size in range(min(longest, len(text)), 0, -1):
        if any(stop.startswith(text[-size:]) for stop in stops):
            return size
    return 0


@dataclass(slots=True)
class Speech:
    """Drawn tokens on their way out: bytes wait for their character, text for a possible stop."""

    stops: tuple[str, ...]
    stopped: bool = field(default=False, init=False)
    _waiting: list[Token] = field(default_factory=list, init=False)
    _decoder: codecs.IncrementalDecoder = field(init=False)

    def __post_init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.stops = tuple(stop for stop in self.stops if stop)

    def say(self, spelled: bytes, token: Token) -> Iterator[Token]:
        """Take a token and its bytes; yield what can no longer be part of a stop."""
        self._waiting.append(replace(token, text=self._decoder.decode(spelled)))
        text = "".join(waiting.text for waiting in self._waiting)
        ends = [place for stop in self.stops if (place := text.find(stop)) >= 0]
        if ends:
            self.stopped = True
            yield from self._release(min(ends), cut=True)
        else:
            yield from self._release(len(text) - _held_back(text, self.stops), cut=False)

    def finish(self) -> Iterator[Token]:
        """Yield what waited for a stop that did not come; half a character is dropped."""
        yield from self._waiting
        self._waiting = []

    def _release(self, most: int, *, cut: bool) -> Iterator[Token]:
        said = 0
        while self._waiting and said + len(self._waiting[0].text) <= most:
            token = self._waiting.pop(0)
            said += len(token.text)
            yield token
        if cut:
            if self._waiting and said < most:
                yield replace(self._waiting[0], text=self._waiting[0].text[: most - said])
            self._waiting = []
