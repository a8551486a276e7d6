"""Laws of quality: the order of the rows decides nothing, and no file breaks it."""

import io
import json
from collections.abc import Sequence
from dataclasses import fields

from hypothesis import given, settings
from hypothesis import strategies as st

from ftops.dataset.formats import Format
from ftops.dataset.quality.assess import assess
from ftops.dataset.quality.figures import Quality, QualityFigures
from ftops.dataset.quality.reading import Sides, read_into, read_sides, read_split
from ftops.dataset.quality.sample import Sample
from ftops.dataset.shaping.split import decide_split
from tests.dataset.quality.rows import Json, file_of, good, goods, judged, words
from tests.dataset.rows import mutated_lines

ROWS = [
    *goods(12),
    *goods(3),
    good(7),
    {"messages": [*good(8)["messages"][:1], *good(9)["messages"][1:]]},
]
METHOD_OF = {Format.CHAT: "supervised", Format.PREFERENCE: "dpo"}


def counts(figures: QualityFigures) -> tuple[object, ...]:
    """Return what does not name lines."""
    groups = sorted(group.rows for group in (*figures.repeats, *figures.near_copies))
    named = {"repeats", "near_copies"}
    told = {field.name: getattr(figures, field.name) for field in fields(figures)}
    return (groups, {name: value for name, value in told.items() if name not in named})


def sampled(rows: Sequence[Json], most: int) -> Quality:
    sample = Sample(most_examples=most)
    read_into(lambda _: sample, [(None, file_of(list(rows)))], method="supervised")
    return assess(Sides(training=sample))


@settings(max_examples=15, deadline=None)
@given(rows=st.permutations(ROWS))
def test_the_order_of_the_rows_changes_no_figure(rows: list[Json]) -> None:
    assert counts(judged(rows).training) == counts(judged(ROWS).training)


@settings(max_examples=15, deadline=None)
@given(rows=st.permutations(ROWS), most=st.integers(1, 13))
def test_nor_which_rows_are_sampled(rows: list[Json], most: int) -> None:
    assert counts(sampled(rows, most).training) == counts(sampled(ROWS, most).training)


@settings(max_examples=20, deadline=None)
@given(at=st.integers(0, 60), of=st.integers(0, 59), nearly=st.booleans())
def test_a_copy_is_found_wherever_it_stands(at: int, of: int, nearly: bool) -> None:  # noqa: FBT001 - drawn
    copy = json.loads(json.dumps(good(of)))
    copy["messages"][0]["content"] += " now" if nearly else "  "
    rows = goods()
    rows.insert(at, copy)
    figures = judged(rows).training
    groups = (*figures.repeats, *figures.near_copies)
    lines = {place.line for group in groups for place in group.places}
    assert (figures.repeated_rows, figures.near_copied_rows) == ((0, 1) if nearly else (1, 0))
    assert lines == {at + 1, of + 1 + (of >= at)}


@settings(max_examples=40, deadline=None)
@given(drawn=st.lists(mutated_lines(), max_size=4))
def test_any_bytes_can_be_judged(drawn: list[tuple[bytes, Format]]) -> None:
    content = b"\n".join(line for line, _ in drawn)
    for method in ("supervised", "dpo", "reinforcement"):
        figures = assess(read_sides([(None, io.BytesIO(content))], None, method=method)).training
        written = sum(bool(line.strip()) for line in content.split(b"\n"))
        assert figures.legal_rows + figures.illegal_rows == written


def test_a_sample_holds_the_rows_of_some_prompts_and_says_so() -> None:
    rows = [row for number in range(40) for row in (good(number), good(number), good(number))]
    figures = sampled(rows, 10).training
    assert figures.is_sampled
    assert (figures.rows, figures.legal_rows, figures.repeated_rows) == (30, 120, 20)
    assert not sampled(rows, 40).training.is_sampled


def test_of_many_equal_rows_the_first_places_are_kept() -> None:
    [group] = judged([*goods(20), *[good(7)] * 40]).training.repeats
    assert (group.rows, [place.line for place in group.places]) == (41, [8, 21, 22, 23, 24, 25])


def test_a_sample_is_bounded_by_the_size_of_its_text() -> None:
    sample = Sample(most_bytes=10_000)
    rows = [good(number) for number in range(200)]
    read_into(lambda _: sample, [(None, file_of(rows))], method="supervised")
    kept = sample.examples()
    assert 20 < len(kept) < 200
    assert sum(len(one.words_said) for one in kept) < 10_000


def test_a_leak_is_sought_only_where_training_was_looked_at() -> None:
    sample = Sample(most_examples=10)
    read_into(lambda _: sample, [(None, file_of(goods()))], method="supervised")
    sides = Sides(training=sample, validation=Sample())
    assert sides.validation is not None
    held_out = sides.validation
    read_into(lambda _: held_out, [(None, file_of(goods()))], method="supervised")
    leaks = assess(sides).leaks
    assert leaks is not None
    assert (leaks.rows, leaks.leaked_rows) == (10, 10)


def test_the_sides_of_a_split_keep_the_lines_of_the_file() -> None:
    rows = goods()
    lines = [json.dumps(row).encode() + b"\n" for row in rows]
    split = decide_split(lines, fraction=0.2, seed=1)
    sides = read_split([("a.jsonl", file_of(rows))], split.validates, method="supervised")
    quality = assess(sides)
    assert quality.validation is not None
    assert quality.training.rows + quality.validation.rows == len(rows)
    assert sides.validation is not None
    found = {one.places[0].line for one in sides.validation.examples()}
    assert found == {number for number, line in enumerate(lines, 1) if split.validates(line)}


def test_templates_cost_no_square_of_the_rows() -> None:
    rows = [
        {"messages": [{"role": "user", "content": f"{words('same', 30)} {words(str(n), 9)}"},
                      {"role": "assistant", "content": words(f"a{n}", 9)}]}
        for n in range(1500)
    ]  # fmt: skip
    assert judged(rows).training.rows == len(rows)
