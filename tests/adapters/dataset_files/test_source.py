"""Tests of pinning and staging: all findings at once, and the bytes that were pinned or none."""

import errno
import hashlib
import json
import resource
import shutil
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ftops.adapters.dataset_files.problems import Gathering
from ftops.adapters.dataset_files.source import DatasetFiles
from ftops.core.desired import DataPin, Pins
from ftops.core.names import upload_name
from ftops.dataset import lines_seen
from ftops.errors import DatasetError, Problem, RecordError
from ftops.ports import DatasetSource
from tests.fakes.specs import declared

TRAIN = "datasets/t.jsonl"
VALID = "datasets/v.jsonl"


def row(number: int) -> str:
    turns = [("user", f"Question {number}?"), ("assistant", f"Answer {number}.")]
    return json.dumps({"messages": [{"role": role, "content": text} for role, text in turns]})


def rows(first: int, last: int) -> str:
    return "".join(f"{row(number)}\n" for number in range(first, last + 1))


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def pin(root: Path, dataset: object, **spec: object) -> tuple[Pins, tuple[Problem, ...]]:
    return DatasetFiles(root).pin(declared("triage", dataset=dataset, **spec))


def problems(root: Path, dataset: object, **spec: object) -> list[tuple[str, str, str | None]]:
    with pytest.raises(DatasetError) as caught:
        pin(root, dataset, **spec)
    assert caught.value.hint is not None
    return [(one.place, one.message, one.field) for one in caught.value.problems]


def staged(root: Path, one: DataPin) -> bytes:
    with DatasetFiles(root).staged(one) as path:
        return Path(path).read_bytes()


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_file_is_pinned_byte_for_byte(tmp_path: Path) -> None:
    text = rows(1, 12)
    write(tmp_path, TRAIN, text)
    source: DatasetSource = DatasetFiles(tmp_path)
    pins, warnings = source.pin(declared(dataset={"train": TRAIN}))
    assert (pins.training.digest, pins.training.size) == (sha256(text), len(text))
    assert (pins.training.examples, pins.training.paths) == (12, (TRAIN,))
    assert pins.training.tokens > 0
    assert pins.validation is None
    assert warnings == ()


@pytest.mark.parametrize(
    "train",
    [
        pytest.param(["datasets/b.jsonl", "datasets/a.jsonl"], id="a list, in its own order"),
        pytest.param(["datasets/b*.jsonl", "./datasets/a.jsonl"], id="a list with a glob"),
    ],
)
def test_several_files_are_pinned_as_one(tmp_path: Path, train: Sequence[str]) -> None:
    write(tmp_path, "datasets/a.jsonl", rows(1, 6))
    write(tmp_path, "datasets/b.jsonl", rows(7, 12).removesuffix("\n"))
    pins, _ = pin(tmp_path, {"train": list(train)})
    whole = rows(7, 12) + rows(1, 6)
    assert pins.training.digest == sha256(whole)
    assert pins.training.paths == ("datasets/b.jsonl", "datasets/a.jsonl")
    assert staged(tmp_path, pins.training) == whole.encode()


def test_validation_data_is_pinned_beside_it(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 12))
    write(tmp_path, VALID, rows(13, 13))
    pins, _ = pin(tmp_path, {"train": TRAIN, "validation": VALID})
    assert pins.validation is not None
    assert (pins.validation.digest, pins.validation.examples) == (sha256(rows(13, 13)), 1)


def test_a_split_parts_the_rows_and_stages_each_side(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 40))
    pins, _ = pin(tmp_path, {"train": TRAIN, "validation": {"split": 0.25}}, seed=7)
    assert pins.validation is not None
    training = staged(tmp_path, pins.training).decode().splitlines()
    validation = staged(tmp_path, pins.validation).decode().splitlines()
    assert sorted(training + validation) == sorted(rows(1, 40).splitlines())
    assert (pins.training.examples, pins.validation.examples) == (len(training), len(validation))
    assert 1 <= len(validation) < len(training)


def test_the_seed_decides_the_split(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 40))
    dataset = {"train": TRAIN, "validation": {"split": 0.25}}
    digests = [pin(tmp_path, dataset, seed=seed)[0].training.digest for seed in (0, 1, 1)]
    assert digests[0] != digests[1] == digests[2]
    assert pin(tmp_path, dataset)[0].training.digest == digests[0]


@pytest.mark.parametrize(
    ("text", "field", "message"),
    [
        pytest.param(
            rows(1, 10), "dataset.train", "but must have at least 10", id="too few to train on"
        ),
        pytest.param(
            f"{row(1)}\n" * 12, "dataset.validation", "at least 1", id="equal rows cannot be parted"
        ),
    ],
)
def test_a_split_that_leaves_too_little_is_told(
    tmp_path: Path, text: str, field: str, message: str
) -> None:
    write(tmp_path, TRAIN, text)
    found = problems(tmp_path, {"train": TRAIN, "validation": {"split": 0.01}})
    assert [(place, where) for place, _, where in found] == [("specs/triage.yaml:1", field)]
    assert message in found[0][1]


def test_the_rows_of_a_split_are_judged_once_with_their_lines(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 20) + "not json\n")
    found = problems(tmp_path, {"train": TRAIN, "validation": {"split": 0.5}})
    assert [(place, field) for place, _, field in found] == [(f"{TRAIN}:21:1", "dataset.train")]


def test_all_findings_of_both_sides_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, "datasets/a.jsonl", rows(1, 9) + '{"messages": []}\n')
    write(tmp_path, "datasets/b.jsonl", "nonsense\n")
    dataset = {
        "train": ["datasets/a.jsonl", "datasets/gone.jsonl", "datasets/b.jsonl", "../x"],
        "validation": ["datasets/v.jsonl"],
    }
    found = problems(tmp_path, dataset)
    assert [(place, field) for place, _, field in found] == [
        ("specs/triage.yaml:1", "dataset.train"),
        ("specs/triage.yaml:1", "dataset.train"),
        ("datasets/a.jsonl:10:14", "dataset.train"),
        ("datasets/b.jsonl:1:1", "dataset.train"),
        ("specs/triage.yaml:1", "dataset.validation"),
    ]
    assert "datasets/gone.jsonl does not exist" in found[0][1]
    assert found[2][1].startswith("messages: ")


def test_warnings_stand_beside_the_errors(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, "\ufeff" + rows(1, 9) + "nonsense\n")
    with pytest.raises(DatasetError) as caught:
        pin(tmp_path, {"train": TRAIN})
    told = [(one.code, one.line, one.is_warning, one.excerpt) for one in caught.value.problems]
    assert told == [("FT001", 10, False, "nonsense\n^"), ("FT003", 1, True, None)]


def test_a_finding_keeps_its_code_and_its_hint(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 9) + "\n" + rows(10, 11))
    with pytest.raises(DatasetError) as caught:
        pin(tmp_path, {"train": TRAIN})
    (problem,) = caught.value.problems
    assert (problem.code, problem.line) == ("FT004", 10)
    assert problem.hint is not None


def test_a_disk_that_fails_while_it_is_read_is_told() -> None:
    gathering = Gathering(declared())
    with gathering.refusals("dataset.train"):
        raise OSError(errno.EIO, "Input/output error")
    with pytest.raises(DatasetError, match="cannot be read: Input/output error"):
        gathering.close(None, None)


def test_too_few_rows_are_no_finding_where_a_file_is_missing(tmp_path: Path) -> None:
    write(tmp_path, "datasets/a.jsonl", rows(1, 5))
    found = problems(tmp_path, {"train": ["datasets/a.jsonl", "datasets/b.jsonl"]})
    assert len(found) == 1
    assert "b.jsonl does not exist" in found[0][1]


@pytest.mark.parametrize(
    "dataset",
    [
        pytest.param({"train": "gone.jsonl"}, id="alone"),
        pytest.param({"train": "gone.jsonl", "validation": {"split": 0.1}}, id="with a split"),
    ],
)
def test_a_missing_file_is_told_where_the_spec_names_it(tmp_path: Path, dataset: object) -> None:
    found = problems(tmp_path, dataset)
    assert [(place, field) for place, _, field in found] == [
        ("specs/triage.yaml:1", "dataset.train")
    ]


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        pytest.param("nonsense\n" * 500, True, id="errors"),
        pytest.param(
            rows(1, 10)
            + (json.dumps({"messages": [
                {"role": "user", "content": "Q"},
                {"role": "assistant", "content": "A"},
                {"role": "user", "content": "And?"},
            ]}) + "\n") * 500,
            False,
            id="warnings",
        ),
    ],
)  # fmt: skip
def test_findings_beyond_the_cap_are_counted(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch, *, counted: bool
) -> None:
    monkeypatch.setattr(lines_seen, "MOST_FINDINGS", 200)
    write(tmp_path, TRAIN, text)
    if counted:
        messages = [message for _, message, _ in problems(tmp_path, {"train": TRAIN})]
    else:
        messages = [problem.message for problem in pin(tmp_path, {"train": TRAIN})[1]]
    assert any("300 more findings" in message for message in messages)


def test_warnings_are_returned_with_the_pins(tmp_path: Path) -> None:
    long = json.dumps(
        {
            "messages": [
                {"role": "user", "content": "word " * 70_000},
                {"role": "assistant", "content": "Yes."},
            ]
        }
    )
    write(tmp_path, TRAIN, rows(1, 10) + long + "\n")
    pins, warnings = pin(tmp_path, {"train": TRAIN})
    assert [(one.code, one.place) for one in warnings] == [("FT051", f"{TRAIN}:11")]
    assert 60_000 < pins.training.tokens < 70_000


def test_a_base_that_is_another_specs_model_has_no_known_limit(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 10))
    assert pin(tmp_path, {"train": TRAIN}, model={"from": "other"})[0].training.examples == 10


def test_the_method_decides_what_a_row_is(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 10))
    assert problems(tmp_path, {"train": TRAIN}, method="dpo")


def test_a_file_of_several_specs_is_checked_once(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 12))
    source = DatasetFiles(tmp_path)
    first, _ = source.pin(declared("one", dataset={"train": TRAIN}))
    stat = (tmp_path / TRAIN).stat()
    second, _ = source.pin(declared("two", dataset={"train": TRAIN}))
    assert second == first
    assert (tmp_path / TRAIN).stat().st_mtime_ns == stat.st_mtime_ns
    write(tmp_path, TRAIN, rows(1, 13))
    third, _ = source.pin(declared("three", dataset={"train": TRAIN}))
    assert third.training.examples == 13


def test_a_staged_file_has_the_uploads_name_and_is_gone_afterwards(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 12))
    pins, _ = pin(tmp_path, {"train": TRAIN})
    source = DatasetFiles(tmp_path)
    with source.staged(pins.training) as first, source.staged(pins.training) as second:
        assert first != second
        assert Path(first).name == upload_name(pins.training.digest)
        assert Path(second).read_bytes() == (tmp_path / TRAIN).read_bytes()
    assert list((tmp_path / ".ftops" / "staging").iterdir()) == []


def test_a_staged_file_is_gone_after_an_error_too(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 12))
    pins, _ = pin(tmp_path, {"train": TRAIN})
    with (
        pytest.raises(OSError, match="the network broke"),
        DatasetFiles(tmp_path).staged(pins.training),
    ):
        raise OSError("the network broke")
    assert list((tmp_path / ".ftops" / "staging").iterdir()) == []


def test_what_a_killed_process_staged_is_removed(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 12))
    write(tmp_path, ".ftops/staging/1-dead/ftops-1.jsonl", "left over")
    pins, _ = pin(tmp_path, {"train": TRAIN})
    with DatasetFiles(tmp_path).staged(pins.training):
        assert not (tmp_path / ".ftops" / "staging" / "1-dead").exists()


def append(path: Path) -> None:
    with path.open("a", encoding="utf-8") as stream:
        stream.write(rows(13, 13))


def shorten(path: Path) -> None:
    path.write_text(rows(1, 11), encoding="utf-8")


def reword(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace("Answer 1.", "Answer X."), "utf-8")


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(append, id="appended to"),
        pytest.param(shorten, id="shortened"),
        pytest.param(reword, id="reworded at the same length"),
    ],
)
def test_data_that_moved_since_the_plan_is_not_staged(
    tmp_path: Path, edit: Callable[[Path], None]
) -> None:
    write(tmp_path, TRAIN, rows(1, 12))
    pins, _ = pin(tmp_path, {"train": TRAIN})
    edit(tmp_path / TRAIN)
    with pytest.raises(DatasetError, match="changed while ftops was reading it") as caught:
        staged(tmp_path, pins.training)
    assert "again" in (caught.value.hint or "")
    assert list((tmp_path / ".ftops" / "staging").iterdir()) == []


@pytest.mark.parametrize(
    ("replace", "message"),
    [
        pytest.param(None, "does not exist", id="removed"),
        pytest.param("/etc/hostname", "leads out of the project", id="swapped for a link"),
    ],
)
def test_data_that_vanished_since_the_plan_is_told(
    tmp_path: Path, replace: str | None, message: str
) -> None:
    write(tmp_path, TRAIN, rows(1, 12))
    pins, _ = pin(tmp_path, {"train": TRAIN})
    (tmp_path / TRAIN).unlink()
    if replace is not None:
        (tmp_path / TRAIN).symlink_to(replace)
    with pytest.raises(DatasetError, match=message):
        staged(tmp_path, pins.training)


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 12))
    pins, _ = pin(tmp_path, {"train": TRAIN})
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(RecordError, match="cannot be copied") as caught:
            staged(tmp_path, pins.training)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.hint is not None
    assert list((tmp_path / ".ftops" / "staging").iterdir()) == []


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 12))
    pins, _ = pin(tmp_path, {"train": TRAIN})
    shutil.rmtree(tmp_path / ".ftops")
    write(tmp_path, ".ftops", "a file")
    with pytest.raises(RecordError, match="cannot be copied"):
        staged(tmp_path, pins.training)
