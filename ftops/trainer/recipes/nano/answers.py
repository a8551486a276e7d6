"""A fitted model answering: the prompt once through the network, then token by token."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ftops.trainer.recipes.contract import Message, Sampling, Token
from ftops.trainer.recipes.nano.conversations import Line, lines
from ftops.trainer.recipes.nano.features import context_bag, spoken_words, weigh
from ftops.trainer.recipes.nano.files import Saved
from ftops.trainer.recipes.nano.lessons import Piece, collate, prompt_tokens
from ftops.trainer.recipes.nano.memory import Memory, Vote, pack, prompt_digest
from ftops.trainer.recipes.nano.network import (
    PREFIX_TABLE,
    Floats,
    Weights,
    forward,
    normed,
    places_encoded,
    prefixes,
)
from ftops.trainer.recipes.nano.tokenizer import ASSISTANT, END, MARKS
from ftops.trainer.recipes.sampling import Speech, draw

_LEAST: Final = 1e-12
_NEVER_SAID: Final = [mark for mark in range(len(MARKS)) if mark != END]


class NanoModel:
    """A fitted model; read-only after it is made, so threads may share it."""

    def __init__(self, saved: Saved, *, memory: bool | None = None) -> None:
        """Take what was saved; `memory` on or off instead of what was fitted."""
        if memory and saved.rows is None:
            raise ValueError("this model was fitted without a memory, so it cannot be switched on")
        remembers = saved.rows is not None and memory is not False
        rows = saved.rows if saved.rows is not None and remembers else pack([], [], [])
        self.saved = saved
        self.memory = Memory(rows, saved.lexicon)

    def answer(self, messages: Sequence[Message], sampling: Sampling) -> "NanoAnswer":
        """Return an answer to draw token by token."""
        return NanoAnswer(self, lines(messages), sampling)


@dataclass(slots=True)
class NanoAnswer:
    """One answer being drawn; iterate once, then read why it ended."""

    model: NanoModel
    context: tuple[Line, ...]
    sampling: Sampling
    finish_reason: str = field(default="length", init=False)
    completion_tokens: int = field(default=0, init=False)
    _prompt: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        saved = self.model.saved
        self._prompt = prompt_tokens(self.context, saved.tokenizer, saved.sizes.context)

    @property
    def prompt_tokens(self) -> int:
        """Count the tokens the network reads of the conversation, the assistant's mark included."""
        return len(self._prompt) + 1

    def __iter__(self) -> Iterator[Token]:
        """Draw the answer."""
        speech = Speech(self.sampling.stop)
        tokenizer = self.model.saved.tokenizer
        for number, token in self._drawn():
            self.completion_tokens += 1
            yield from speech.say(tokenizer.spell(number), token)
            if speech.stopped:
                self.finish_reason = "stop"
                return
        yield from speech.finish()

    def _drawn(self) -> Iterator[tuple[int, Token]]:
        if self.sampling.max_tokens <= 0:
            return
        model, sampling = self.model, self.sampling
        rng = np.random.default_rng(None if sampling.seed is None else sampling.seed % 2**63)
        bag = context_bag(spoken_words(self.context))
        vote = model.memory.ask(bag, prompt_digest(self.context))
        walk, logits = begin_walk(model.saved, self._prompt, self.context)
        for _ in range(sampling.max_tokens):
            logs = np.log(np.maximum(mixed(logits, vote), _LEAST))
            logs[_NEVER_SAID] = -np.inf
            token = draw(logs, sampling, rng)
            if token == END:
                self.finish_reason = "stop"
                return
            yield token, self._token(token, logs)
            vote.follow(token)
            logits = walk.advance(token)

    def _token(self, token: int, logs: NDArray[np.float64]) -> Token:
        spelled = self.model.saved.tokenizer.spell
        best = np.argsort(-logs, kind="stable")[: self.sampling.top_logprobs]
        return Token(
            text="",
            logprob=float(logs[token]),
            top=tuple(
                (spelled(int(other)).decode("utf-8", "replace"), float(logs[other]))
                for other in best
            ),
        )


def mixed(logits: Floats, vote: Vote) -> NDArray[np.float64]:
    """Return the chances of the next token: the network's, and the memory's as far as trusted."""
    raised = logits.astype(np.float64)
    raised[_NEVER_SAID] = -np.inf
    chances: NDArray[np.float64] = np.exp(raised - raised.max())
    trust, tokens, likely = vote.next()
    chances *= (1 - trust) / chances.sum()
    chances[tokens] += trust * likely
    return chances


@dataclass(slots=True, kw_only=True)
class Walk:
    """The network's place in an answer: keys and values of all it has read."""

    weights: Weights
    prefix: Floats
    keys: Floats
    values: Floats
    read: int
    said: int = 0

    def advance(self, token: int) -> Floats:
        """Read one more token of the answer and return the scores of the next."""
        if self.read == self.keys.shape[2]:
            self._forget()
        self.said += 1
        embed = self.weights["embed"]
        place = places_encoded(np.array([self.said]), embed.shape[1], embed.dtype)[0]
        stream = embed[token] + 0.5 * place + self.prefix
        for layer in range(len(self.keys)):
            stream = self._through(layer, stream)
        self.read += 1
        scores: Floats = normed(stream)[0] @ self.weights["speak"]
        return scores

    def _through(self, layer: int, stream: Floats) -> Floats:
        heads, size = self.keys.shape[1], self.keys.shape[3]
        weights, now = self.weights, self.read
        query, key, value = (normed(stream)[0] @ weights[f"attend{layer}"]).reshape(3, heads, size)
        self.keys[layer, :, now], self.values[layer, :, now] = key, value
        scores = self.keys[layer, :, : now + 1] @ query[:, :, None]
        scores *= size**-0.5
        attention = np.exp(scores - scores.max(axis=1, keepdims=True))
        attention /= attention.sum(axis=1, keepdims=True)
        gathered = (attention * self.values[layer, :, : now + 1]).sum(axis=1).reshape(-1)
        stream = stream + gathered @ weights[f"gather{layer}"]
        wide = np.maximum(normed(stream)[0] @ weights[f"widen{layer}"], 0)
        out: Floats = stream + np.square(wide) @ weights[f"narrow{layer}"]
        return out

    def _forget(self) -> None:
        """Keep the prefix and the newer half: long answers were learned in such parts."""
        half = self.read // 2
        for cached in (self.keys, self.values):
            cached[:, :, 1 : 1 + half] = cached[:, :, self.read - half : self.read].copy()
        self.read = 1 + half


def begin_walk(
    saved: Saved, prompt: tuple[int, ...], context: tuple[Line, ...]
) -> tuple[Walk, Floats]:
    """Read a whole prompt and return the walk through its answer, and the first scores."""
    sizes, lexicon = saved.sizes, saved.lexicon
    places, strengths, _ = weigh(context_bag(spoken_words(context)), lexicon)
    piece = Piece(
        prompt=prompt, answer=(END,), lead=ASSISTANT, begins=0, features=(places, strengths)
    )
    batch = collate([piece], sizes.table, lexicon.keys)
    tape = forward(saved.weights, batch, sizes)
    read = batch.tokens.shape[1]
    kept = np.stack([layer.heads[1:, 0] for layer in tape.layers], axis=1)
    room = np.zeros((*kept.shape[:3], sizes.context, kept.shape[4]), kept.dtype)
    room[..., :read, :] = kept
    walk = Walk(
        weights=saved.weights,
        prefix=prefixes(saved.weights[PREFIX_TABLE], batch.prefix, 1)[0],
        keys=room[0],
        values=room[1],
        read=read,
    )
    return walk, tape.logits[0]
