"""A small pre-norm transformer decoder: forward, and the backward pass written by hand."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ftops.trainer.recipes.nano.sizes import Sizes

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]
Weights = dict[str, Floats]

PREFIX_TABLE: Final = "prefix"
_TINY: Final = 1e-6
_BLOCK: Final = ("attend", "gather", "widen", "narrow")


def initial_weights(sizes: Sizes, tokens: int, rng: np.random.Generator) -> Weights:
    """Return fresh weights; every map starts near unit gain, what writes to the stream smaller."""
    width, deep = sizes.width, (2 * sizes.layers) ** -0.5
    shapes: dict[str, tuple[tuple[int, int], float]] = {"embed": ((tokens, width), 0.5)}
    for layer in range(sizes.layers):
        shapes[f"attend{layer}"] = ((width, 3 * width), width**-0.5)
        shapes[f"gather{layer}"] = ((width, width), width**-0.5 * deep)
        shapes[f"widen{layer}"] = ((width, 4 * width), width**-0.5)
        shapes[f"narrow{layer}"] = ((4 * width, width), (4 * width) ** -0.5 * deep)
    shapes["speak"] = ((width, tokens), 0.5 * width**-0.5)
    shapes[PREFIX_TABLE] = ((sizes.table, width), 0.25)
    return {
        name: rng.standard_normal(shape, np.float32) * np.float32(scale)
        for name, (shape, scale) in shapes.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefix:
    """Which rows of the prefix table each sequence of a batch adds up, and how strongly."""

    rows: Ints
    strengths: Floats
    owners: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Sequences of tokens (padded on the right), their places, and the tokens they should lead to.

    `where` holds flat positions (sequence x length + offset) whose next token is in `targets`;
    `spoken` marks the positions of the answer, which all see the prefix.
    """

    tokens: Ints
    places: Ints
    spoken: NDArray[np.bool_]
    prefix: Prefix
    where: Ints
    targets: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerTape:
    """What a layer's backward pass needs of its forward pass."""

    first: Floats
    first_scale: Floats
    heads: Floats
    attention: Floats
    gathered: Floats
    second: Floats
    second_scale: Floats
    wide: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Tape:
    """What the backward pass needs of the forward pass; `logits` are for the targets only."""

    layers: list[LayerTape]
    last: Floats
    last_scale: Floats
    logits: Floats


def places_encoded(places: Ints, width: int, dtype: np.dtype[Any]) -> Floats:
    """Return fixed waves telling places apart; any place works, however long the answer."""
    speeds = 1.0 / 1000.0 ** (np.arange(width // 2) / (width // 2))
    angles = places[..., None] * speeds
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=-1).astype(dtype)


def normed(stream: Floats) -> tuple[Floats, Floats]:
    """Return the stream at unit scale (RMS norm without gain), and the factor that did it."""
    scale = 1.0 / np.sqrt(np.mean(np.square(stream), axis=-1, keepdims=True) + _TINY)
    return stream * scale, scale


def _normed_back(slope: Floats, unit: Floats, scale: Floats) -> Floats:
    along = np.mean(slope * unit, axis=-1, keepdims=True)
    out: Floats = scale * (slope - unit * along)
    return out


def softmax(scores: Floats) -> Floats:
    """Return probabilities along the last axis."""
    raised: Floats = np.exp(scores - scores.max(axis=-1, keepdims=True))
    raised /= raised.sum(axis=-1, keepdims=True)
    return raised


def split_heads(joined: Floats, heads: int) -> Floats:
    """Turn (sequences, length, 3·width) into (3, sequences, heads, length, width/heads)."""
    sequences, length, wide = joined.shape
    return joined.reshape(sequences, length, 3, heads, wide // 3 // heads).transpose(2, 0, 3, 1, 4)


def _join_heads(split: Floats) -> Floats:
    sequences, heads, length, size = split.shape
    return split.transpose(0, 2, 1, 3).reshape(sequences, length, heads * size)


def prefixes(table: Floats, prefix: Prefix, sequences: int) -> Floats:
    """Return one vector per sequence: the weighted sum of its rows of the table."""
    out = np.zeros((sequences, table.shape[1]), table.dtype)
    for owner in range(sequences):
        own = prefix.owners == owner
        out[owner] = prefix.strengths[own].astype(table.dtype) @ table[prefix.rows[own]]
    return out


def embedded(weights: Weights, batch: Batch) -> Floats:
    """Return what enters the first layer: tokens, places, and the prefix where it is seen."""
    sequences = len(batch.tokens)
    embed = weights["embed"]
    stream = embed[batch.tokens]
    stream += 0.5 * places_encoded(batch.places, embed.shape[1], embed.dtype)
    vectors = prefixes(weights[PREFIX_TABLE], batch.prefix, sequences)
    stream += vectors[:, None, :] * batch.spoken[..., None]
    return stream


def forward(weights: Weights, batch: Batch, sizes: Sizes) -> Tape:
    """Run the network and return the scores of the next token at each target."""
    stream = embedded(weights, batch)
    length = stream.shape[1]
    future = np.triu(np.full((length, length), -1e9, stream.dtype), 1)
    layers: list[LayerTape] = []
    for layer in range(sizes.layers):
        attend, gather, widen, narrow = (weights[f"{name}{layer}"] for name in _BLOCK)
        first, first_scale = normed(stream)
        heads = split_heads(first @ attend, sizes.heads)
        query, key, value = heads
        scores = query @ key.swapaxes(-1, -2)
        scores *= query.shape[-1] ** -0.5
        scores += future
        attention = softmax(scores)
        gathered = _join_heads(attention @ value)
        stream = stream + gathered @ gather
        second, second_scale = normed(stream)
        wide = np.maximum(second @ widen, 0)
        stream = stream + np.square(wide) @ narrow
        layers.append(
            LayerTape(
                first=first,
                first_scale=first_scale,
                heads=heads,
                attention=attention,
                gathered=gathered,
                second=second,
                second_scale=second_scale,
                wide=wide,
            )
        )
    seen = stream.reshape(-1, stream.shape[-1])[batch.where]
    last, last_scale = normed(seen)
    return Tape(layers=layers, last=last, last_scale=last_scale, logits=last @ weights["speak"])


def _flat(array: Floats) -> Floats:
    return array.reshape(-1, array.shape[-1])


def _layer_back(
    weights: Weights, layer: int, tape: LayerTape, slope: Floats
) -> tuple[Floats, Weights]:
    attend, gather, widen, narrow = (weights[f"{name}{layer}"] for name in _BLOCK)
    grown = np.square(tape.wide)
    wide_slope = (slope @ narrow.T) * (2 * tape.wide)
    found: Weights = {
        f"narrow{layer}": _flat(grown).T @ _flat(slope),
        f"widen{layer}": _flat(tape.second).T @ _flat(wide_slope),
    }
    slope = slope + _normed_back(wide_slope @ widen.T, tape.second, tape.second_scale)
    found[f"gather{layer}"] = _flat(tape.gathered).T @ _flat(slope)
    query, key, value = tape.heads
    sequences, heads, length, size = query.shape
    gathered_slope = (slope @ gather.T).reshape(sequences, length, heads, size).swapaxes(1, 2)
    attention_slope = gathered_slope @ value.swapaxes(-1, -2)
    attention_slope -= (attention_slope * tape.attention).sum(axis=-1, keepdims=True)
    attention_slope *= tape.attention
    attention_slope *= size**-0.5
    joined = np.empty((sequences, length, 3, heads, size), slope.dtype)
    joined[:, :, 0] = (attention_slope @ key).swapaxes(1, 2)
    joined[:, :, 1] = (attention_slope.swapaxes(-1, -2) @ query).swapaxes(1, 2)
    joined[:, :, 2] = (tape.attention.swapaxes(-1, -2) @ gathered_slope).swapaxes(1, 2)
    heads_slope = joined.reshape(sequences, length, -1)
    found[f"attend{layer}"] = _flat(tape.first).T @ _flat(heads_slope)
    slope = slope + _normed_back(heads_slope @ attend.T, tape.first, tape.first_scale)
    return slope, found


@dataclass(frozen=True, slots=True, kw_only=True)
class Scattered:
    """A gradient of some rows of a table: each row once, in order."""

    rows: Ints
    slopes: Floats


def gather_rows(rows: Ints, slopes: Floats) -> Scattered:
    """Add up slopes that fall on the same row, always in the same order."""
    order = np.argsort(rows, kind="stable")
    ordered = rows[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]][: len(ordered)])
    summed = np.add.reduceat(slopes[order], starts, axis=0) if len(starts) else slopes[:0]
    return Scattered(rows=ordered[starts], slopes=summed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradients:
    """Slopes of every whole weight, and of the touched rows of the prefix table."""

    whole: Weights
    prefix: Scattered


def backward(weights: Weights, batch: Batch, tape: Tape, slope: Floats) -> Gradients:
    """Return how the loss changes with each weight, given how it changes with the scores."""
    whole: Weights = {"speak": tape.last.T @ slope}
    seen = _normed_back(slope @ weights["speak"].T, tape.last, tape.last_scale)
    sequences, length = batch.tokens.shape
    stream = np.zeros((sequences * length, seen.shape[1]), seen.dtype)
    stream[batch.where] = seen
    stream = stream.reshape(sequences, length, -1)
    for layer in reversed(range(len(tape.layers))):
        stream, found = _layer_back(weights, layer, tape.layers[layer], stream)
        whole |= found
    embed = np.zeros_like(weights["embed"])
    tokens = gather_rows(batch.tokens.reshape(-1), _flat(stream))
    embed[tokens.rows] = tokens.slopes
    whole["embed"] = embed
    vectors = (stream * batch.spoken[..., None]).sum(axis=1)
    prefix = batch.prefix
    spread = vectors[prefix.owners] * prefix.strengths[:, None].astype(vectors.dtype)
    return Gradients(whole=whole, prefix=gather_rows(prefix.rows, spread))


def add_gradients(one: Gradients, other: Gradients) -> Gradients:
    """Return the sum of two gradients."""
    return Gradients(
        whole={name: slope + other.whole[name] for name, slope in one.whole.items()},
        prefix=gather_rows(
            np.concatenate([one.prefix.rows, other.prefix.rows]),
            np.concatenate([one.prefix.slopes, other.prefix.slopes]),
        ),
    )
