"""Tests of judging declared files, and files that no spec declares."""

import json
import os
from pathlib import Path

import pytest

from ftops.adapters.dataset_files.paths import PathRefusedError
from ftops.adapters.dataset_files.quality import DataQuality
from ftops.adapters.dataset_files.report import Asked, read_report
from ftops.errors import DatasetError
from ftops.ports import DatasetCritic
from ftops.usecases.quality import assess_all
from tests.dataset.quality.rows import Json, good, goods
from tests.fakes.specs import declared

TRAIN = "datasets/t.jsonl"
MORE = "datasets/u.jsonl"
VALID = "datasets/v.jsonl"


def write(root: Path, name: str, rows: list[Json]) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


def critic(root: Path) -> DatasetCritic:
    return DataQuality(root)


def test_files_are_judged_as_one_and_findings_name_them(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, goods())
    write(tmp_path, MORE, [good(99), good(3)])
    write(tmp_path, VALID, [good(4)])
    spec = declared(dataset={"train": [TRAIN, MORE], "validation": VALID})
    quality = critic(tmp_path).quality(spec)
    assert quality.training.rows == 62
    assert [(one.code, one.file, one.line) for one in quality.findings] == [
        ("FT201", MORE, 2),
        ("FT205", VALID, 1),
    ]
    assert f"{TRAIN}:4 and {MORE}:2" in quality.findings[0].message


def test_a_split_is_judged_side_against_side(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, [*goods(), good(3)])
    spec = declared(dataset={"train": TRAIN, "validation": {"split": 0.3}}, seed=1)
    quality = critic(tmp_path).quality(spec)
    assert quality.validation is not None
    assert quality.training.rows + quality.validation.rows == 61
    assert quality.leaks is not None
    assert quality.leaks.leaked_rows == 0


def test_what_cannot_be_read_is_told_with_its_spec(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, goods())
    fine = declared("fine", dataset={"train": TRAIN})
    gone = declared("gone", dataset={"train": "datasets/none.jsonl"})
    with pytest.raises(DatasetError) as caught:
        assess_all([fine, gone], critic(tmp_path))
    [problem] = caught.value.problems
    assert (problem.path, problem.line) == ("specs/gone.yaml", 1)
    assert problem.message == "datasets/none.jsonl does not exist"


def test_trouble_while_reading_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, TRAIN, goods())

    def fail(*_: object, **__: object) -> int:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fdopen", fail)
    with pytest.raises(DatasetError, match="cannot be read: Input/output error"):
        critic(tmp_path).quality(declared(dataset={"train": TRAIN}))


def test_specs_that_share_a_file_share_its_warnings(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, [*goods(), good(3)])
    specs = [declared(name, dataset={"train": TRAIN}) for name in ("one", "two")]
    assessed, warnings = assess_all(specs, critic(tmp_path))
    assert list(assessed) == ["one", "two"]
    [warning] = warnings
    assert (warning.place, warning.code) == (f"{TRAIN}:61", "FT201")
    assert warning.hint is not None


def test_a_finding_about_no_row_is_told_of_the_spec(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, goods(20))
    _, [warning] = assess_all([declared(dataset={"train": TRAIN})], critic(tmp_path))
    assert (warning.place, warning.code) == ("specs/triage.yaml:1", "FT215")


def test_a_report_checks_and_judges_files_anywhere(tmp_path: Path) -> None:
    write(tmp_path, "t.jsonl", [*goods(), good(3), {"messages": []}])
    write(tmp_path, "v.jsonl", [good(4)])
    (tmp_path / "elsewhere").mkdir()
    report = read_report(tmp_path / "elsewhere", ["../t.jsonl"], [str(tmp_path / "v.jsonl")])
    assert (report.method, report.files, report.title) == (
        "supervised",
        ("../t.jsonl",),
        "../t.jsonl",
    )
    assert [one.code for one in report.problems] == ["FT030", "FT201", "FT205"]
    assert report.checked.examples == 62
    assert not report.checked.is_legal


def test_the_method_of_a_report_is_guessed_or_given(tmp_path: Path) -> None:
    asked = {"messages": [{"role": "user", "content": "Where?"}], "solution": "there"}
    write(tmp_path, "a.jsonl", [asked] * 12)
    write(tmp_path, "b.jsonl", [asked] * 12)
    report = read_report(tmp_path, ["*.jsonl"], [])
    assert (report.method, report.title) == ("reinforcement", "a.jsonl and 1 more")
    assert report.quality.validation is None
    given = read_report(tmp_path, ["a.jsonl"], [], Asked(method="supervised"))
    assert not given.checked.is_legal


def test_a_report_on_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PathRefusedError, match="does not exist"):
        read_report(tmp_path, ["none.jsonl"], [])
