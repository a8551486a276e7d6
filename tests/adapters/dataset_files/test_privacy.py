"""Declared data looked through: each file once, the allow file, and files that are not there."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from ftops.adapters.dataset_files.privacy import DataPrivacy
from ftops.core.privacy import Kind
from ftops.dataset.privacy.allow import line_for
from ftops.errors import DatasetError
from ftops.ports import PrivacyGuard
from tests.fakes.specs import declared

MAIL = "mira.oldfield@quietharbor-mail.net"


def write(path: Path, *texts: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps({"a": text}) + "\n" for text in texts), encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "datasets/t.jsonl", "x", MAIL)
    write(tmp_path / "datasets/v.jsonl", MAIL)
    return tmp_path


def lines(
    root: Path,
    dataset: object,
    **spec: Any,  # noqa: ANN401 - any field of the spec
) -> list[tuple[str | None, int | None]]:
    guard: PrivacyGuard = DataPrivacy(root)
    scanned = guard.look(declared(dataset=dataset, **spec))
    return [(one.file, one.line) for one in scanned.findings]


@pytest.mark.parametrize(
    ("dataset", "found"),
    [
        pytest.param({"train": "datasets/t.jsonl"}, [("datasets/t.jsonl", 2)], id="one file"),
        pytest.param(
            {"train": "datasets/t.jsonl", "validation": "datasets/v.jsonl"},
            [("datasets/t.jsonl", 2), ("datasets/v.jsonl", 1)],
            id="both sides",
        ),
        pytest.param(
            {"train": ["datasets/t.jsonl"], "validation": {"split": 0.5}},
            [("datasets/t.jsonl", 2)],
            id="a split",
        ),
        pytest.param(
            {"train": "datasets/*.jsonl", "validation": ["datasets/v.jsonl"]},
            [("datasets/t.jsonl", 2), ("datasets/v.jsonl", 1)],
            id="a file on both sides, once",
        ),
    ],
)
def test_what_is_declared_is_looked_through(
    root: Path, dataset: object, found: list[tuple[str, int]]
) -> None:
    assert lines(root, dataset) == found


def test_an_unchanged_file_is_looked_through_once(root: Path) -> None:
    guard = DataPrivacy(root)
    spec = declared(dataset={"train": "datasets/t.jsonl"})
    assert guard.look(spec) is guard.look(spec)
    write(root / "datasets/t.jsonl", "x", "y", MAIL)
    assert guard.look(spec).rows == 3


def test_another_policy_looks_again(root: Path) -> None:
    guard = DataPrivacy(root)
    dataset = {"train": "datasets/t.jsonl"}
    assert guard.look(declared(dataset=dataset)).counts == {Kind.EMAIL: 1}
    relaxed = declared(dataset=dataset, privacy={"ignore": ["contact"]})
    assert guard.look(relaxed).counts == {}


def test_the_allow_file_allows(root: Path) -> None:
    (root / "privacy.allow").write_text(f"# ours\n{line_for(MAIL)}\n", encoding="utf-8")
    privacy = {"allow": "privacy.allow"}
    assert lines(root, {"train": "datasets/t.jsonl"}, privacy=privacy) == []


def test_a_wrong_line_of_the_allow_file_is_told_but_not_shown(root: Path) -> None:
    (root / "privacy.allow").write_text(f"# ours\n{MAIL}\n", encoding="utf-8")
    with pytest.raises(DatasetError) as caught:
        lines(root, {"train": "datasets/t.jsonl"}, privacy={"allow": "privacy.allow"})
    (problem,) = caught.value.problems
    assert (problem.place, problem.field) == ("privacy.allow:2", "privacy.allow")
    assert MAIL not in str(caught.value)


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param({"dataset": {"train": "gone.jsonl"}}, id="no data"),
        pytest.param(
            {"dataset": {"train": "datasets/t.jsonl"}, "privacy": {"allow": "gone.jsonl"}},
            id="no allow file",
        ),
    ],
)
def test_a_missing_file_is_told_where_the_spec_stands(root: Path, spec: dict[str, Any]) -> None:
    with pytest.raises(DatasetError) as caught:
        DataPrivacy(root).look(declared(**spec))
    (problem,) = caught.value.problems
    assert (problem.message, problem.place) == ("gone.jsonl does not exist", "specs/triage.yaml:1")


def test_a_disk_that_fails_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("ftops.adapters.dataset_files.paths.DataPaths.open", fail)
    with pytest.raises(DatasetError, match="the data of triage cannot be read: Input/output error"):
        lines(root, {"train": "datasets/t.jsonl"})


def test_what_was_found_is_kept_for_the_next_command(root: Path) -> None:
    spec = declared(dataset={"train": "datasets/t.jsonl"})
    for path in (root / "datasets").iterdir():
        os.utime(path, ns=(10**18, 10**18))
    time.sleep(0.05)  # noqa: TID251 - the disk's own clock has to move on
    guard = DataPrivacy(root)
    found = guard.look(spec)
    guard.close()
    again = DataPrivacy(root)
    assert again.look(spec) == found
    again.close()
    assert (root / ".ftops/cache/privacy").is_file()
