"""Pins that are known cost one look at each file, and a memory that could be wrong is none."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from ftops.adapters.dataset_files import pins as pins_module
from ftops.adapters.dataset_files import reading
from ftops.adapters.dataset_files.pins import INDEX, RememberedPins
from ftops.adapters.dataset_files.source import DatasetFiles
from ftops.core.desired import DataPin, Declared, Pins
from ftops.errors import DatasetError, Problem
from ftops.ports import DatasetSource
from tests.fakes.specs import declared
from tests.fakes.ticks import settle

TRAIN, MORE, HELD = "datasets/t.jsonl", "datasets/u.jsonl", "datasets/v.jsonl"


def rows(first: int, count: int = 60) -> str:
    turns = [("user", "Question {}?"), ("assistant", "Answer {}.")]
    return "".join(
        json.dumps({"messages": [{"role": r, "content": t.format(n)} for r, t in turns]}) + "\n"
        for n in range(first, first + count)
    )


class Project:
    """Commands one after the other over a project's data; `looks` counts specs really pinned."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".ftops" / "cache"
        self.looks = 0

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        settle(self.folder, file)

    def pin(self, spec: Declared) -> tuple[tuple[Pins, tuple[Problem, ...]], int]:
        """Return what one command pins, and how many looks that took."""
        self.looks = 0
        source = RememberedPins(self.root, allow_outside=False, open_source=lambda: Counted(self))
        try:
            return source.pin(spec), self.looks
        finally:
            source.close()


class Counted:
    """The data itself, without any memory."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._source: DatasetSource = DatasetFiles(project.root)

    def pin(self, spec: Declared) -> tuple[Pins, tuple[Problem, ...]]:
        self._project.looks += 1
        return self._source.pin(spec)

    @contextmanager
    def staged(self, pin: DataPin) -> Iterator[str]:
        with self._source.staged(pin) as path:
            yield path


def spec(**fields: Any) -> Declared:  # noqa: ANN401 - any field of the spec
    return declared(**{"dataset": {"train": TRAIN, "validation": HELD}, **fields})


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.write(TRAIN, rows(100))
    project.write(HELD, rows(900))
    project.write("allowed", "# nothing\n")
    return project


SPECS = [
    pytest.param(spec(), id="two files"),
    pytest.param(spec(dataset={"train": [TRAIN, HELD]}), id="a list"),
    pytest.param(spec(dataset={"train": "datasets/*.jsonl"}), id="a glob"),
    pytest.param(spec(dataset={"train": TRAIN, "validation": {"split": 0.25}}), id="a split"),
    pytest.param(
        spec(dataset={"train": TRAIN, "filter": {"contains": ["Question 1"]}, "system": "Hi."}),
        id="shaped, with warnings",
    ),
    pytest.param(spec(privacy={"allow": "allowed"}), id="an allow file"),
]


@pytest.mark.parametrize("wanted", SPECS)
def test_what_did_not_change_is_not_looked_at(project: Project, wanted: Declared) -> None:
    first, looks = project.pin(wanted)
    assert looks == 1
    assert project.pin(wanted) == (first, 0)


@pytest.mark.parametrize("wanted", SPECS)
def test_other_bytes_are_other_pins(project: Project, wanted: Declared) -> None:
    before, _ = project.pin(wanted)
    project.write(TRAIN, rows(100, 59) + rows(500, 1))
    after, looks = project.pin(wanted)
    assert looks == 1
    assert after[0].training.digest != before[0].training.digest


def test_a_glob_sees_another_file(project: Project) -> None:
    wanted = spec(dataset={"train": "datasets/*.jsonl"})
    project.pin(wanted)
    project.write(MORE, rows(300))
    (pins, _), looks = project.pin(wanted)
    assert (pins.training.paths, looks) == ((TRAIN, MORE, HELD), 1)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(spec(method="dpo"), id="another method"),
        pytest.param(spec(model="gpt-3.5-turbo"), id="another vocabulary"),
        pytest.param(replace(spec(), line=9), id="another line to point at"),
        pytest.param(replace(spec(), path="specs/moved.yaml"), id="another file"),
        pytest.param(spec(privacy={"warn": ["secrets"]}), id="other rules"),
        pytest.param(spec(seed=3), id="another seed"),
    ],
)
def test_another_question_is_asked_anew(project: Project, other: Declared) -> None:
    project.pin(spec())
    try:
        project.pin(other)
    except DatasetError:
        assert other.spec.method == "dpo"
    assert project.looks == 1


def test_the_name_is_no_question(project: Project) -> None:
    first, _ = project.pin(spec())
    renamed = replace(spec(), spec=replace(spec().spec, metadata={"version": "2"}))
    assert project.pin(renamed) == (first, 0)


def test_what_is_wrong_is_told_every_time(project: Project) -> None:
    project.write(TRAIN, rows(100) + "{\n")
    for _ in range(2):
        with pytest.raises(DatasetError, match="not JSON"):
            project.pin(spec())
    for _ in range(2):
        with pytest.raises(DatasetError, match="does not exist"):
            project.pin(spec(dataset={"train": "datasets/none.jsonl"}))


def test_sampled_tokens_are_asked_for_every_time(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LARGE", 1000)
    project.write(TRAIN, rows(100, 5000))
    assert [project.pin(spec())[1] for _ in range(2)] == [1, 1]


def must_read_much(project: Project, wanted: Declared, processes: int = 2) -> bool:
    """Return what a new command says before it pins."""
    source = RememberedPins(
        project.root,
        allow_outside=False,
        open_source=lambda: Counted(project),
        processes=processes,
    )
    much = source.must_read_much(wanted)
    with suppress(DatasetError):
        source.pin(wanted)
    source.close()
    return much


@pytest.mark.parametrize(
    ("wanted", "often"),
    [
        pytest.param(spec(), [True, False], id="a large file, until it is known"),
        pytest.param(spec(dataset={"train": HELD}), [False, False], id="a small file"),
        pytest.param(spec(dataset={"train": "none.jsonl"}), [False, False], id="no file"),
        pytest.param(spec(method="dpo"), [True, True], id="a large file that is wrong"),
    ],
)
def test_whether_much_must_be_read(
    project: Project, monkeypatch: pytest.MonkeyPatch, wanted: Declared, often: list[bool]
) -> None:
    monkeypatch.setattr(pins_module, "LARGE", 9_000)
    project.write(TRAIN, rows(100, 120))
    assert [must_read_much(project, wanted) for _ in range(2)] == often


def test_one_process_alone_reads_beside_the_looks(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pins_module, "LARGE", 1)
    assert not must_read_much(project, spec(), processes=1)


def test_a_sampled_file_is_known_as_well(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins_module, "LARGE", 9_000)
    monkeypatch.setattr(reading, "LARGE", 1000)
    project.write(TRAIN, rows(100, 5000))
    assert [must_read_much(project, spec()) for _ in range(2)] == [True, False]


def test_an_edit_between_the_question_and_the_pin_is_pinned(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pins_module, "LARGE", 1)
    source = RememberedPins(
        project.root,
        allow_outside=False,
        open_source=lambda: Counted(project),
        processes=2,
    )
    assert source.must_read_much(spec())
    project.write(TRAIN, rows(500))
    edited, _ = source.pin(spec())
    source.close()
    assert project.pin(spec()) == ((edited, ()), 1)
    assert project.pin(spec()) == ((edited, ()), 0)


def test_a_file_that_changes_under_the_look_is_not_remembered(project: Project) -> None:
    class Changing(Counted):
        @override
        def pin(self, spec: Declared) -> tuple[Pins, tuple[Problem, ...]]:
            found = super().pin(spec)
            (project.root / TRAIN).write_text(rows(400), encoding="utf-8")
            return found

    source = RememberedPins(
        project.root, allow_outside=False, open_source=lambda: Changing(project)
    )
    source.pin(spec())
    source.close()
    assert project.pin(spec())[1] == 1


@pytest.mark.parametrize("length", [0, 40, -1])
def test_a_damaged_memory_is_none(project: Project, length: int) -> None:
    first, _ = project.pin(spec())
    index = project.folder / INDEX
    index.write_bytes(index.read_bytes()[:length])
    assert project.pin(spec()) == (first, 1)


def test_pinned_data_is_staged_by_its_source(project: Project) -> None:
    (pins, _), _ = project.pin(spec())
    source = RememberedPins(project.root, allow_outside=False, open_source=lambda: Counted(project))
    with source.staged(pins.training) as path:
        assert Path(path).read_text(encoding="utf-8") == rows(100)
