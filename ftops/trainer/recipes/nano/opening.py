"""What a fit starts from: a parent's model grown by the new rows, or one made for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ftops.trainer.recipes.contract import Task
from ftops.trainer.recipes.nano.conversations import Turn
from ftops.trainer.recipes.nano.features import Lexicon, learn_lexicon
from ftops.trainer.recipes.nano.files import Saved, read_model
from ftops.trainer.recipes.nano.lessons import Lesson, lesson, remembered_bag
from ftops.trainer.recipes.nano.memory import Memory, Rows, joined, pack
from ftops.trainer.recipes.nano.network import PREFIX_TABLE, Weights, initial_weights
from ftops.trainer.recipes.nano.sizes import Sizes
from ftops.trainer.recipes.nano.tokenizer import Tokenizer, learn_merges


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A model before its first update, and the turns it is to learn as its lessons."""

    sizes: Sizes
    tokenizer: Tokenizer
    lexicon: Lexicon
    weights: Weights
    rows: Rows
    lessons: list[Lesson]
    remembers: bool

    @property
    def memory(self) -> Memory:
        """The rows as an index; one that never votes if nothing is to be remembered."""
        return Memory(self.rows if self.remembers else pack([], [], []), self.lexicon)

    def saved(self, weights: Weights) -> Saved:
        """Return what is written of the model once its weights are these."""
        return Saved(
            sizes=self.sizes,
            tokenizer=self.tokenizer,
            lexicon=self.lexicon,
            weights=weights,
            rows=self.rows if self.remembers else None,
        )


def random_for(task: Task, use: int) -> np.random.Generator:
    """Return the random numbers of one use; uses do not disturb one another."""
    return np.random.default_rng([task.options.seed % 2**63, use])


def learn_tokenizer(turns: Sequence[Turn], also: Sequence[str], vocabulary: int) -> Tokenizer:
    """Return a tokenizer for everything that is said in the turns, and more."""
    spoken = [line.text for turn in turns for line in turn.context]
    texts = [*spoken, *(turn.answer for turn in turns), *also]
    return Tokenizer(learn_merges(texts, vocabulary))


def _weights(sizes: Sizes, tokens: int, lexicon: Lexicon, rng: np.random.Generator) -> Weights:
    weights = initial_weights(sizes, tokens, rng)
    led_to = np.zeros(sizes.table, bool)
    led_to[lexicon.keys.astype(np.int64) % sizes.table] = True
    weights[PREFIX_TABLE][~led_to] = 0
    return weights


def _inherit(weights: Weights, parent: Weights) -> Weights:
    known = np.abs(parent[PREFIX_TABLE]).max(axis=1, keepdims=True) > 0
    table = np.where(known, parent[PREFIX_TABLE], weights[PREFIX_TABLE])
    return {name: table if name == PREFIX_TABLE else parent[name].copy() for name in weights}


def opening(task: Task, turns: Sequence[Turn], also: Sequence[str], sizes: Sizes) -> Opening:
    """Prepare a task's turns; `also` are texts the tokenizer should know besides."""
    parent = read_model(Path(task.parent)) if task.parent is not None else None
    sizes = parent.sizes if parent else sizes
    tokenizer = parent.tokenizer if parent else learn_tokenizer(turns, also, sizes.vocabulary)
    bags = [remembered_bag(turn) for turn in turns]
    lexicon = learn_lexicon(bags, parent.lexicon if parent else None)
    weights = _weights(sizes, len(tokenizer), lexicon, random_for(task, 0))
    lessons = [lesson(turn, tokenizer, sizes.context) for turn in turns]
    rows = pack([one.digest for one in lessons], bags, [one.answer for one in lessons])
    if parent is not None:
        weights = _inherit(weights, parent.weights)
        rows = joined(parent.rows, rows) if parent.rows is not None else rows
    return Opening(
        sizes=sizes,
        tokenizer=tokenizer,
        lexicon=lexicon,
        weights=weights,
        rows=rows,
        lessons=lessons,
        remembers=task.options.memory,
    )
