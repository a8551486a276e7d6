"""The committed corpus: what is planted is found, what only looks like it is left alone."""

import json
from collections import Counter
from pathlib import Path

import pytest

from ftops.core.privacy import BY_MODEL, Kind
from ftops.dataset.privacy.look import look

CORPUS = Path(__file__).parent / "corpus.jsonl"
LINES = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
LEAST_RECALL = 0.75


def found_in(text: str) -> set[tuple[str, str]]:
    return {(str(one.kind), text[one.start : one.end]) for one in look(text)}


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in BY_MODEL])
def test_most_of_what_is_planted_is_found(kind: Kind) -> None:
    planted = [line for line in LINES if line["kind"] == kind]
    hits = sum((kind, line["value"]) in found_in(line["text"]) for line in planted)
    assert len(planted) >= 5
    assert hits / len(planted) >= LEAST_RECALL


def test_look_alikes_are_left_alone() -> None:
    alike = [line for line in LINES if line["kind"] is None]
    alarms = [line["text"] for line in alike if found_in(line["text"])]
    assert len(alike) > 190
    assert sorted(alarms) == ["Dial 12-34-567", "call 4444 3333 2222"]


def test_nothing_else_is_found_beside_what_is_planted() -> None:
    planted = [line for line in LINES if line["kind"] is not None]
    kinds = Counter(
        kind for line in planted for kind, value in found_in(line["text"]) if value != line["value"]
    )
    assert not kinds
