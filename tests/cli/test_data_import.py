"""Journeys through `ftops data import`."""

import gzip
import json
from pathlib import Path

import pytest

from tests.cli.checkout import Checkout
from tests.cli.scene import Ftops, document

FAQ = "question,answer\nWhere?,Here.\nWhen?,Now.\nWho?\n"


def test_a_table_becomes_a_dataset_and_a_report(ftops: Ftops, empty: Checkout) -> None:
    empty.write("faq.csv", FAQ)
    ran = ftops("data", "import", "faq.csv", "-o", "faq.jsonl", "--system", "Be brief.")
    assert ran.code == 0
    assert ran.err == "written: faq.jsonl\n"
    assert [one.rstrip() for one in ran.out.splitlines()] == [
        "3 records read: 2 converted (2 prompt-completion), 1 skipped",
        "",
        "skipped  lines  why",
        "1        4      it has more or fewer columns than the header",
    ]
    rows = [json.loads(one)["messages"] for one in empty.read("faq.jsonl").splitlines()]
    assert [[turn["content"] for turn in row] for row in rows] == [
        ["Be brief.", "Where?", "Here."],
        ["Be brief.", "When?", "Now."],
    ]
    assert empty.read("faq.csv") == FAQ
    assert Path("faq.jsonl").stat().st_mode & 0o777 == Path("faq.csv").stat().st_mode & 0o777


def test_a_packed_table_is_read_as_what_is_in_it(ftops: Ftops, empty: Checkout) -> None:
    (empty.root / "FAQ.CSV.gz").write_bytes(gzip.compress(FAQ.encode()))
    ran = ftops("data", "import", "FAQ.CSV.gz", "-o", "faq.jsonl")
    assert (ran.code, ran.out[:31]) == (0, "3 records read: 2 converted (2 ")


def test_the_report_for_a_script(ftops: Ftops, empty: Checkout) -> None:
    empty.write("faq.tsv", FAQ.replace(",", "\t") + "Who?\n" * 6)
    told = document(ftops("data", "import", "faq.tsv", "-o", "faq.jsonl", "--json"))
    assert {**told, "skipped": None} == {
        "format_version": 1,
        "read": 9,
        "converted": 2,
        "shapes": {"prompt-completion": 2},
        "keys_left_out": {},
        "places": "lines",
        "skipped": None,
    }
    reason = "it has more or fewer columns than the header"
    assert told["skipped"] == [{"reason": reason, "count": 7, "lines": [4, 5, 6, 7, 8]}]


def test_what_is_all_right_is_told_on_a_line(ftops: Ftops, empty: Checkout) -> None:
    empty.write("a.json", json.dumps([{"instruction": "Hi?", "output": "Hi."}]))
    ran = ftops("data", "import", "a.json", "-o", "b.jsonl", "--from", "alpaca")
    assert ran.out == "1 record read: 1 converted (1 alpaca), none skipped\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(("faq.csv", "-o", "faq.csv"), "is there already", id="in place"),
        pytest.param(("faq.csv", "-o", "old.jsonl"), "is there already", id="over another"),
        pytest.param(("no.csv", "-o", "x"), "no.csv does not exist", id="nothing there"),
        pytest.param(("no.csv", "-o", "x"), "the folder that you are in", id="from here"),
        pytest.param(("*.csv", "-o", "x"), "is several files", id="several"),
        pytest.param(
            ("faq.csv", "-o", "x", "--from", "chat"),
            "faq.csv: none of 3 records can be converted; line 2: it has no messages",
            id="another shape",
        ),
        pytest.param(("faq.csv", "-o", "x", "--strict"), "line 4: it has more", id="strict"),
        pytest.param(("faq.csv", "-o", "x", "--system", " "), "prompt is empty", id="no prompt"),
        pytest.param(("head.csv", "-o", "x"), "head.csv holds no record", id="only a header"),
        pytest.param(("bad.json", "-o", "x"), "line 1: the JSON array is broken", id="broken"),
    ],
)
def test_a_refusal_writes_nothing(
    ftops: Ftops, empty: Checkout, words: tuple[str, ...], message: str
) -> None:
    files = {
        "faq.csv": FAQ,
        "head.csv": "prompt,completion\n",
        "old.jsonl": "old\n",
        "bad.json": '[{"prompt": "a", "completion": "b"}, {',
    }
    for name, text in files.items():
        empty.write(name, text)
    ran = ftops("data", "import", *words)
    assert ran.code == 1
    assert message in ran.err
    assert "hint:" in ran.err
    assert {path.name: path.read_text(encoding="utf-8") for path in empty.root.iterdir()} == files


def test_convert_makes_rows_for_another_method(ftops: Ftops, empty: Checkout) -> None:
    said = [{"role": "user", "content": "Hi?"}, {"role": "assistant", "content": "Hi."}]
    empty.write("chats.jsonl", json.dumps({"messages": said}) + "\n{}\n")
    ran = ftops("data", "convert", "chats.jsonl", "-o", "graded.jsonl", "--to", "reinforcement")
    assert ran.out.splitlines()[0] == ("2 records read: 1 converted (1 reinforcement), 1 skipped")
    graded = {"messages": said[:1], "reference_answer": "Hi."}
    assert json.loads(empty.read("graded.jsonl")) == graded
    back = ("data", "convert", "graded.jsonl", "-o", "back.jsonl", "--to", "supervised", "--json")
    assert document(ftops(*back))["converted"] == 1
    assert json.loads(empty.read("back.jsonl")) == {"messages": said}
    assert "is there already" in ftops(*back).err


def test_columns_of_other_names_are_named(ftops: Ftops, empty: Checkout) -> None:
    (empty.root / "f.csv").write_bytes("\ufeffFrage;Antwort\r\nWo?;Hier.\r\n".encode())
    unnamed = ftops("data", "import", "f.csv", "-o", "f.jsonl")
    assert unnamed.code == 1
    names = "`--prompt KEY --completion KEY` names two of its keys: frage, antwort\n"
    assert f"hint: nothing was written; {names}" in unnamed.err
    named = ("--prompt", "Frage", "--completion", "Antwort")
    assert ftops("data", "import", "f.csv", "-o", "f.jsonl", *named).code == 0
    assert "Hier." in empty.read("f.jsonl")


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        pytest.param(("--prompt", "a"), "go together", id="half a pair"),
        pytest.param(
            ("--prompt", "a", "--completion", "b", "--from", "chat"),
            "name no keys of chat records",
            id="for a shape with keys of its own",
        ),
    ],
)
def test_named_columns_that_cannot_be_meant(
    ftops: Ftops, empty: Checkout, wishes: tuple[str, ...], message: str
) -> None:
    empty.write("faq.csv", FAQ)
    ran = ftops("data", "import", "faq.csv", "-o", "faq.jsonl", *wishes)
    assert ran.code == 2
    assert message in ran.err


def test_a_table_in_another_encoding_is_read_when_it_is_named(
    ftops: Ftops, empty: Checkout
) -> None:
    (empty.root / "f.csv").write_bytes("question;answer;;\r\nWie?;Schön;;\r\n".encode("cp1252"))
    unnamed = ftops("data", "import", "f.csv", "-o", "f.jsonl")
    assert (unnamed.code, "--encoding cp1252" in unnamed.err) == (1, True)
    assert ftops("data", "import", "f.csv", "-o", "f.jsonl", "--encoding", "klingon").code == 2
    assert ftops("data", "import", "f.csv", "-o", "f.jsonl", "--encoding", "cp1252").code == 0
    assert "Schön" in empty.read("f.jsonl")


def test_keys_that_are_in_no_row_are_told(ftops: Ftops, empty: Checkout) -> None:
    empty.write("f.csv", "id,question,answer,tag\n1,Where?,Here.,a\n2,When?,Now.,\n3,Who?\n")
    ran = ftops("data", "import", "f.csv", "-o", "f.jsonl")
    assert ran.out.splitlines()[-1] == "keys that are in no row: id, tag (1)"
    again = ftops("data", "import", "f.csv", "-o", "g.jsonl", "--json")
    assert document(again)["keys_left_out"] == {"id": 2, "tag": 1}


def test_records_on_one_line_are_told_by_their_numbers(ftops: Ftops, empty: Checkout) -> None:
    empty.write("f.json", json.dumps([{"question": "Hi?", "answer": "Hi."}, {}, {"a": 1}]))
    ran = ftops("data", "import", "f.json", "-o", "f.jsonl")
    assert [one.split()[:2] for one in ran.out.splitlines()[2:]] == [
        ["skipped", "records"],
        ["2", "2,"],
    ]
    strict = ftops("data", "import", "f.json", "-o", "g.jsonl", "--strict")
    assert "record 2: its keys are of no shape" in strict.err


def test_many_keys_are_told_in_short(ftops: Ftops, empty: Checkout) -> None:
    empty.write("f.jsonl", json.dumps({f"key{n}" + "x" * 90 * (n == 3): n for n in range(40)}))
    ran = ftops("data", "import", "f.jsonl", "-o", "g.jsonl")
    assert ran.err.rstrip().endswith("key10, key11, …")
    assert len(ran.err) < 500


def test_a_table_that_nothing_calls_one(ftops: Ftops, empty: Checkout) -> None:
    empty.write("faq.txt", FAQ)
    ran = ftops("data", "import", "faq.txt", "-o", "faq.jsonl")
    assert ran.code == 1
    assert "is it a table? `--from csv` or `--from tsv` reads one" in ran.err
    assert ftops("data", "import", "faq.txt", "-o", "faq.jsonl", "--from", "csv").code == 0


def test_a_workbook_is_told_what_to_save_as(ftops: Ftops, empty: Checkout) -> None:
    (empty.root / "faq.xlsx").write_bytes(b"PK\x03\x04" + bytes(99))
    ran = ftops("data", "import", "faq.xlsx", "-o", "faq.jsonl")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "error: faq.xlsx: it is an Excel workbook or another zip archive\n"
        "hint: save the sheet with the rows as CSV UTF-8\n"
    )
    assert not (empty.root / "faq.jsonl").exists()


@pytest.mark.parametrize("name", ["faq.csv", "FAQ.TSV.gz", "rows.parquet", "rows.arrow", "a.xlsx"])
@pytest.mark.parametrize("verb", [("stats",), ("report",), ("cat",)], ids=" ".join)
def test_what_must_be_imported_first_is_no_dataset(
    ftops: Ftops, empty: Checkout, verb: tuple[str, ...], name: str
) -> None:
    empty.write(name, FAQ)
    ran = ftops("data", *verb, name)
    assert (ran.code, ran.out) == (1, "")
    assert f"{name} is a" in ran.err
    assert f"hint: `ftops data import {name} -o {name.partition('.')[0]}.jsonl`\n" in ran.err


def test_a_spec_that_names_a_table_is_told_the_next_command(ftops: Ftops, empty: Checkout) -> None:
    empty.settings(defaults={"target": "openai"})
    empty.write("datasets/faq.csv", FAQ)
    empty.spec("triage", dataset={"train": "datasets/faq.csv"})
    problems = document(ftops("validate", "-o", "json"))["problems"]
    assert [(one["message"], one["hint"]) for one in problems] == [
        (
            "datasets/faq.csv is a table, and a dataset is JSON Lines",
            "`ftops data import datasets/faq.csv -o datasets/faq.jsonl`",
        )
    ]


def test_what_is_to_be_converted_and_is_no_dataset_is_sent_to_import(
    ftops: Ftops, empty: Checkout
) -> None:
    empty.write("p.jsonl", json.dumps({"prompt": "Hi?", "chosen": "Hi.", "rejected": "No."}))
    ran = ftops("data", "convert", "p.jsonl", "-o", "s.jsonl", "--to", "supervised")
    assert ran.code == 1
    assert "; `ftops data import` makes rows of records of other shapes\n" in ran.err
