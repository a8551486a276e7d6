"""The quality of data is remembered like a check: until the data or the question changes."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from typing_extensions import override

from ftops.adapters.dataset_files.quality import INDEX, DataQuality
from ftops.adapters.dataset_files.reading import OpenFiles
from ftops.cache.index_file import IndexFile
from ftops.cache.stamp import Stamps
from ftops.core.desired import Declared
from ftops.core.spec import FineTuneSpec
from ftops.dataset.quality.figures import Quality
from tests.dataset.quality.rows import Json, good, goods
from tests.fakes.specs import declared

TRAIN, VALID = "datasets/t.jsonl", "datasets/v.jsonl"
BOTH = {"train": TRAIN, "validation": VALID}


class Counted(DataQuality):
    """Counts the times that data is really read."""

    looks = 0

    @override
    def _look(
        self, spec: FineTuneSpec, sides: Sequence[OpenFiles], key: tuple[str, Stamps]
    ) -> Quality:
        self.looks += 1
        return super()._look(spec, sides, key)


def write(root: Path, name: str, rows: list[Json]) -> None:
    path = root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    index = IndexFile(root / ".ftops" / "cache", INDEX)
    while (index.tick() or (0, 0))[1] <= path.stat().st_mtime_ns:
        pass


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, TRAIN, goods())
    write(tmp_path, VALID, [good(4), good(99)])
    return tmp_path


def look(root: Path, spec: Declared) -> tuple[Quality, int]:
    critic = Counted(root)
    quality = critic.quality(spec)
    assert critic.quality(spec) == quality
    critic.close()
    return quality, critic.looks


def test_what_was_found_is_found_again_without_a_look(root: Path) -> None:
    spec = declared(dataset=BOTH)
    first, looks = look(root, spec)
    assert looks == 1
    assert [one.code for one in first.findings] == ["FT205"]
    assert look(root, spec) == (first, 0)


@pytest.mark.parametrize("name", [TRAIN, VALID])
def test_either_file_may_change_it(root: Path, name: str) -> None:
    spec = declared(dataset=BOTH)
    first, _ = look(root, spec)
    write(root, name, [*goods(), good(4), good(98)])
    again, looks = look(root, spec)
    assert looks == 1
    assert again != first


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(declared(dataset={"train": TRAIN}), id="no validation"),
        pytest.param(declared(dataset={"train": VALID, "validation": TRAIN}), id="sides changed"),
        pytest.param(
            declared(dataset={"train": TRAIN, "validation": {"split": 0.3}}), id="a split"
        ),
        pytest.param(declared(dataset={**BOTH, "system": "Be kind."}), id="another shape"),
    ],
)
def test_another_question_is_looked_at_for_itself(root: Path, other: Declared) -> None:
    spec = declared(dataset=BOTH)
    first, _ = look(root, spec)
    assert look(root, other)[1] == 1
    assert look(root, other)[1] == 0
    assert look(root, spec) == (first, 0)


def test_the_seed_of_a_split_is_part_of_the_question(root: Path) -> None:
    dataset = {"train": TRAIN, "validation": {"split": 0.3}}
    for seed in (1, 2):
        assert look(root, declared(dataset=dataset, seed=seed))[1] == 1
    assert look(root, declared(dataset=dataset, seed=2))[1] == 0
