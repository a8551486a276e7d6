"""A disk that is full: what cannot be written whole is not there, and what was there stays."""

import pytest

from tests.cli.checkout import Checkout, rows
from tests.cli.scene import Ftops
from tests.fakes.full_disk import files_no_larger_than

FULL = 2000
"""Less than any of the files, more than what is said of it."""

NEW = ("new", "one", "--model", "m", *("--train", "datasets/one.jsonl") * 100)
REPORT = ("data", "report", "datasets/one.jsonl", "-o", "html", "--out", "report.html")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(NEW, "specs/one.yaml cannot be written: File too large", id="a spec"),
        pytest.param(REPORT, "report.html cannot be written: File too large", id="a report"),
    ],
)
def test_nothing_half_written_is_left(
    ftops: Ftops, empty: Checkout, words: tuple[str, ...], told: str
) -> None:
    empty.settings(defaults={"target": "local"})
    empty.write("datasets/one.jsonl", rows("one"))
    (empty.root / "specs").mkdir(exist_ok=True)
    before = {path for path in empty.root.rglob("*") if ".ftops" not in path.parts}
    with files_no_larger_than(FULL):
        ran = ftops(*words)
    assert ran.code == 1
    assert told in ran.err.replace("\n", " ")
    assert "hint: free the disk" in ran.err
    assert {path for path in empty.root.rglob("*") if ".ftops" not in path.parts} == before
    assert ftops(*words).code == 0


def test_an_old_report_stays(ftops: Ftops, empty: Checkout) -> None:
    empty.write("datasets/one.jsonl", rows("one"))
    empty.write("report.html", "the old one")
    with files_no_larger_than(FULL):
        assert ftops(*REPORT).code == 1
    assert empty.read("report.html") == "the old one"
    assert ftops(*REPORT).code == 0
    assert empty.read("report.html").startswith("<!doctype html>")


def test_a_project_begun_on_a_full_disk_is_completed_later(ftops: Ftops, empty: Checkout) -> None:
    with files_no_larger_than(200):
        ran = ftops("init", "bot")
    assert ran.code == 1
    assert "hint: free the disk" in ran.err
    assert [path.name for path in (empty.root / "bot").rglob("*") if path.is_file()] == []
    assert ftops("init", "bot").code == 0
    assert ftops("--root", "bot", "validate", "--only", "structure").code == 0
