"""A look for personal data is remembered like a check, and what blocks is looked for anew."""

import json
from pathlib import Path

import pytest
from typing_extensions import override

from ftops.adapters.dataset_files.name_models import NameModel
from ftops.adapters.dataset_files.privacy import INDEX, DataPrivacy
from ftops.adapters.dataset_files.reading import OpenFiles
from ftops.cache.index_file import IndexFile
from ftops.cache.stamp import Stamps
from ftops.core.desired import Declared
from ftops.dataset.privacy.scanned import Rules, Scanned
from tests.fakes.specs import declared

TRAIN = "datasets/t.jsonl"
SECRET = "my key is sk-proj-" + "aB3dE5gH7jK9mN1pQ4sT6vW8" * 2  # the scanner's own shape of a key


class Watched(DataPrivacy):
    """Counts the files that are really read."""

    looks = 0

    @override
    def _look_through(
        self, files: OpenFiles, rules: Rules, model: NameModel | None, key: tuple[str, Stamps]
    ) -> Scanned:
        self.looks += 1
        return super()._look_through(files, rules, model, key)


def write(root: Path, text: str) -> None:
    turns = [{"role": "user", "content": text}, {"role": "assistant", "content": "Yes."}]
    path = root / TRAIN
    path.parent.mkdir(exist_ok=True)
    path.write_text((json.dumps({"messages": turns}) + "\n") * 10, encoding="utf-8")
    about = path.stat()
    while (IndexFile(root / ".ftops" / "cache", "privacy").tick() or (0, 0))[
        1
    ] <= about.st_mtime_ns:
        pass


def look(root: Path, spec: Declared | None = None) -> tuple[Scanned, int]:
    guard = Watched(root)
    scanned = guard.look(spec or declared(dataset={"train": TRAIN}))
    assert guard.look(spec or declared(dataset={"train": TRAIN})) == scanned
    guard.close()
    return scanned, guard.looks


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        pytest.param("Hello?", 0, id="nothing is in it"),
        pytest.param("write to ann@acme-shop.com", 0, id="a warning"),
        pytest.param(SECRET, 1, id="something that blocks"),
    ],
)
def test_what_does_not_block_is_remembered(tmp_path: Path, text: str, looks: int) -> None:
    write(tmp_path, text)
    first, _ = look(tmp_path)
    assert bool(first.findings) is (text != "Hello?")
    assert look(tmp_path) == (first, looks)


def test_other_data_and_other_rules_are_looked_at_again(tmp_path: Path) -> None:
    write(tmp_path, "Hello?")
    assert look(tmp_path)[1] == 1
    allowed = declared(dataset={"train": TRAIN}, privacy={"block": ["email"]})
    assert [look(tmp_path, allowed)[1] for _ in range(2)] == [1, 0]
    write(tmp_path, SECRET)
    assert look(tmp_path)[1] == 1


def test_a_damaged_memory_is_none(tmp_path: Path) -> None:
    write(tmp_path, "Hello?")
    first, _ = look(tmp_path)
    (tmp_path / ".ftops" / "cache" / INDEX).write_bytes(b"ftops cache 1\nnonsense")
    assert look(tmp_path) == (first, 1)


def test_nothing_is_written_without_a_look(tmp_path: Path) -> None:
    DataPrivacy(tmp_path).close()
    assert not (tmp_path / ".ftops").exists()
