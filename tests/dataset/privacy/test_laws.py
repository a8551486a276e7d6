"""What holds for any text: no crash, no overlap, no value told, nothing left after rewriting."""

import io
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ftops.core.privacy import Kind, Response
from ftops.dataset.privacy.anonymise import Anonymiser
from ftops.dataset.privacy.look import look
from ftops.dataset.privacy.scan import look_through, scan_files
from ftops.dataset.privacy.scanned import Rules

CORPUS = [
    json.loads(line)
    for line in (Path(__file__).parent / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
]
PLANTED = [
    one["text"]
    for one in CORPUS
    if one["kind"] and any(one["text"][s.start : s.end] == one["value"] for s in look(one["text"]))
]
ALL = Rules(responses=tuple((kind, Response.WARN) for kind in Kind))
TEXTS = st.one_of(st.text(max_size=60), st.sampled_from([one["text"] for one in CORPUS]))
VALUES = st.recursive(
    TEXTS | st.integers() | st.none() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(TEXTS, inner, max_size=3)
        | inner.map(json.dumps)
    ),
    max_leaves=6,
)
ROWS = st.dictionaries(st.text(max_size=8), VALUES, max_size=3)


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=3).map(" ".join))
def test_sightings_are_in_the_text_in_order_and_apart(text: str) -> None:
    found = look(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= two.start for one, two in pairwise(found))


@settings(deadline=None)
@given(st.sampled_from(PLANTED), st.lists(st.text(max_size=20), max_size=3))
def test_what_stands_around_a_text_hides_nothing(text: str, others: list[str]) -> None:
    alone = [one.value for one in look_through(json.dumps({"a": text}).encode())]
    row = {"before": others, "a": text, "after": others}
    assert set(alone) <= {one.value for one in look_through(json.dumps(row).encode())}


@settings(deadline=None)
@given(ROWS)
def test_a_finding_never_tells_the_value(row: dict[str, Any]) -> None:
    line = json.dumps(row).encode() + b"\n"
    values = [one.value for one in look_through(line) if len(one.value) > 6]
    scanned = scan_files([(None, io.BytesIO(line))], ALL)
    told = " ".join(f"{one.path} {one.message} {one.hint}" for one in scanned.findings)
    assert not [value for value in values if value in told]


@settings(deadline=None)
@given(ROWS)
def test_nothing_is_left_after_rewriting_and_the_rest_stays(row: dict[str, Any]) -> None:
    line = json.dumps(row).encode() + b"\n"
    (written,) = Anonymiser(b"k" * 32).lines(io.BytesIO(line))
    assert not list(look_through(written))
    assert (written == line) is (not list(look_through(line)))
