"""Journeys through `ftops data stats`, `cat` and `split`."""

import hashlib
import json
from pathlib import Path

import pytest

from ftops.adapters.dataset_files.source import DatasetFiles
from tests.cli.checkout import Checkout
from tests.cli.scene import Ftops, document
from tests.fakes.specs import declared

MARK = "\ufeff"


def row(number: int) -> str:
    turns = [("user", f"Question {number}?"), ("assistant", f"Answer {number}.")]
    told = [{"role": role, "content": text} for role, text in turns]
    return json.dumps({"messages": told}) + "\n"


def rows(first: int, last: int) -> str:
    return "".join(map(row, range(first, last + 1)))


def test_stats_are_told_to_people(ftops: Ftops, empty: Checkout) -> None:
    empty.write("a.jsonl", rows(1, 3))
    ran = ftops("data", "stats", "a.jsonl", "--model", "gpt-4.1-mini")
    assert ran.code == 0
    assert [line.rstrip() for line in ran.out.splitlines()] == [
        "a.jsonl",
        "method       supervised",
        "rows         3",
        "messages     3 assistant, 3 user",
        "bytes        318",
        f"sha256       {hashlib.sha256(rows(1, 3).encode()).hexdigest()}",
        "longest row  a.jsonl:1 (19 tokens)",
        "",
        "        total  least  median  95 %  most",
        "turns   3      1      1       1     1",
        "tokens  57     19     19      19    19",
    ]


def test_stats_of_several_files_are_of_one_dataset(ftops: Ftops, empty: Checkout) -> None:
    empty.write("a.jsonl", rows(1, 3) + "{}\n")
    empty.write("b.jsonl", rows(4, 4))
    told = document(ftops("data", "stats", "a.jsonl", "b.jsonl", "-o", "json"))
    assert told["files"] == ["a.jsonl", "b.jsonl"]
    assert (told["rows"], told["illegal_rows"], told["turns"]["total"]) == (5, 1, 4)
    shown = ftops("data", "stats", "a.jsonl", "b.jsonl").out
    assert "a.jsonl and 1 more" in shown
    assert "5, 1 illegal" in shown
    assert "~tokens" in shown


def test_cat_joins_as_a_spec_would(ftops: Ftops, empty: Checkout) -> None:
    empty.write("a.jsonl", MARK + rows(1, 6).removesuffix("\n"))
    empty.write("b.jsonl", rows(7, 12))
    joined = ftops("data", "cat", "a.jsonl", "b.jsonl")
    assert (joined.code, joined.out, joined.err) == (0, rows(1, 12), "")
    into = ftops("data", "cat", "a.jsonl", "b.jsonl", "-o", "all.jsonl")
    assert (into.code, into.out, into.err) == (0, "", "written: all.jsonl\n")
    assert empty.read("all.jsonl") == rows(1, 12)
    pins, _ = DatasetFiles(Path()).pin(declared(dataset={"train": ["a.jsonl", "b.jsonl"]}))
    with DatasetFiles(Path()).staged(pins.training) as staged:
        assert Path(staged).read_text(encoding="utf-8") == joined.out


def test_a_lone_file_comes_byte_for_byte(ftops: Ftops, empty: Checkout) -> None:
    empty.write("a.jsonl", MARK + rows(1, 2).removesuffix("\n"))
    ftops("data", "cat", "a.jsonl", "-o", "b.jsonl")
    assert Path("b.jsonl").read_bytes() == Path("a.jsonl").read_bytes()


def split(ftops: Ftops, *more: str, train: str = "t.jsonl", validation: str = "v.jsonl") -> int:
    words = ("data", "split", "all.jsonl", "--train", train, "--validation", validation, *more)
    return ftops(*words).code


def test_split_parts_as_a_spec_would(ftops: Ftops, empty: Checkout) -> None:
    empty.write("all.jsonl", rows(1, 40))
    assert split(ftops, "--share", "0.25", "--seed", "7") == 0
    spec = declared(dataset={"train": "all.jsonl", "validation": {"split": 0.25}}, seed=7)
    source = DatasetFiles(Path())
    pins, _ = source.pin(spec)
    assert pins.validation is not None
    for pin, name in ((pins.training, "t.jsonl"), (pins.validation, "v.jsonl")):
        with source.staged(pin) as staged:
            assert Path(staged).read_bytes() == Path(name).read_bytes()


def test_split_leaves_no_side_empty(ftops: Ftops, empty: Checkout) -> None:
    empty.write("all.jsonl", rows(1, 1))
    ran = ftops("data", "split", "all.jsonl", "--train", "t.jsonl", "--validation", "v.jsonl")
    assert ran.code == 1
    assert ran.err == (
        "error: of 1 row none would be for validation\n"
        "hint: nothing was written; name another --share or --seed\n"
    )
    assert [path.name for path in Path().iterdir()] == ["all.jsonl"]


@pytest.mark.parametrize(
    ("train", "validation", "message"),
    [
        pytest.param("all.jsonl", "v.jsonl", "all.jsonl is there already", id="the source itself"),
        pytest.param("t.jsonl", "old.jsonl", "old.jsonl is there already", id="another file"),
        pytest.param("t.jsonl", "./t.jsonl", "t.jsonl is named twice", id="one for both"),
        pytest.param("no/t.jsonl", "v.jsonl", "no/t.jsonl cannot be written", id="no such folder"),
    ],
)
def test_split_never_overwrites(
    ftops: Ftops, empty: Checkout, train: str, validation: str, message: str
) -> None:
    empty.write("all.jsonl", rows(1, 40))
    empty.write("old.jsonl", "old\n")
    outs = ("--train", train, "--validation", validation)
    ran = ftops("data", "split", "all.jsonl", *outs)
    assert ran.code == 1
    assert message in ran.err
    assert sorted(path.name for path in Path().iterdir()) == ["all.jsonl", "old.jsonl"]
    assert (empty.read("all.jsonl"), empty.read("old.jsonl")) == (rows(1, 40), "old\n")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("stats", "no.jsonl"), id="stats"),
        pytest.param(("cat", "no.jsonl"), id="cat"),
        pytest.param(("cat", "no.jsonl", "-o", "x"), id="cat into a file"),
        pytest.param(("split", "no.jsonl", "--train", "t", "--validation", "v"), id="split"),
    ],
)
def test_a_missing_file_is_told_and_nothing_written(
    ftops: Ftops, empty: Checkout, words: tuple[str, ...]
) -> None:
    ran = ftops("data", *words)
    assert ran.code == 1
    assert "no.jsonl does not exist" in ran.err
    assert list(empty.root.iterdir()) == []
