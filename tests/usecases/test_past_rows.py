"""Where old rows are looked for, in which order, and how much of it at most."""

import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from ftops.core.canonical import sha256_of
from ftops.core.desired import DataSource, Declared
from ftops.core.history import Version
from ftops.core.names import Digest, SpecName
from ftops.dataset.changes.data_change import Side
from ftops.dataset.changes.row_index import PlacedRows, RowIndex, no_digests
from ftops.errors import DatasetError, Problem, SpecError
from ftops.ports import Blob, RowSource
from ftops.usecases import past_rows
from ftops.usecases.past_rows import PastData, Sought
from tests.fakes.clock import NOON
from tests.fakes.memory import MemoryLocks
from tests.fakes.specs import declared, desired, lock

SPEC = "specs/triage.yaml"
OLD = Digest(sha256_of("old"))
Tree = Mapping[str, str]


@dataclass
class Repository:
    """Commits by name, youngest first; restored files by folder; a spec's text is its paths."""

    trees: Mapping[str, Tree]
    locks: Mapping[str, str | None] = field(default_factory=dict)
    restored: dict[str, dict[str, str]] = field(default_factory=dict)
    reads: list[str] = field(default_factory=list)

    def head(self) -> str | None:
        return next(iter(self.trees), None)

    def is_dirty(self, paths: Sequence[str]) -> bool:
        return bool(paths)

    def versions(self, path: str) -> tuple[Version, ...]:
        return tuple(
            Version(commit=commit, committed_at=at(), author="Ann", subject=path, content=content)
            for commit, content in self.locks.items()
        )

    def commits(self, paths: Sequence[str], most: int) -> tuple[str, ...]:
        assert SPEC in paths
        return tuple(self.trees)[:most]

    def listing(self, commit: str, paths: Sequence[str]) -> Mapping[str, Blob]:
        return {
            path: Blob(id=text, size=len(text))
            for path, text in self.trees[commit].items()
            if any(f"{path}/".startswith(f"{one}/") or one == "." for one in paths)
        }

    def are_cut_off(self) -> bool:
        return not self.trees

    def restore(self, files: Mapping[str, Blob], folder: str) -> None:
        self.restored[folder] = {path: blob.id for path, blob in files.items()}

    def read_spec(self, folder: str, name: SpecName) -> Declared | None:
        text = self.restored[folder].get(SPEC)
        if text == "broken":
            raise SpecError([Problem(message="broken")])
        if text is None:
            return None
        train, _, validation = text.partition(" ")
        return declared(name, dataset={"train": train, "validation": validation or None})

    def open_rows(self, folder: str) -> RowSource:
        return FolderRows(self, folder)


@dataclass
class FolderRows:
    """The port's RowSource over restored files: their texts together are the digest."""

    repository: Repository
    folder: str

    def kept(self, digest: Digest, method: str) -> RowIndex | None:
        raise AssertionError(digest, method)

    def keep(self, rows: PlacedRows, method: str) -> None:
        raise AssertionError(rows, method)

    def source_of(self, declared: Declared, side: Side) -> DataSource:
        files = sorted(self.repository.restored[self.folder])
        if "missing" in self.repository.restored[self.folder].values():
            raise DatasetError([Problem(message="not there", path=declared.path)])
        return DataSource(paths=tuple(files), side=side)

    def read(self, source: DataSource, method: str) -> PlacedRows:
        assert method == "supervised"
        texts = [self.repository.restored[self.folder][path] for path in source.paths]
        self.repository.reads.append("".join(texts))
        digest = sha256_of("".join(texts))
        return PlacedRows(digest=digest, index=RowIndex(), files=source.paths, places=no_digests())

    def texts(self, source: DataSource, positions: Collection[int]) -> Mapping[int, bytes]:
        return {at: "".join(source.paths).encode() for at in positions}


def at() -> datetime:
    return NOON


NOW = {"train": "now.jsonl"}


def found_in(
    repository: Repository, dataset: Mapping[str, object] = NOW, side: Side = "train"
) -> tuple[str, ...] | None:
    """Return the files in which the old rows were found."""
    past = PastData(
        history=repository,
        files=repository,
        scratch=lambda: nullcontext("scratch"),
        open_rows=repository.open_rows,
        read_spec=repository.read_spec,
    )
    today = declared(dataset=dict(dataset))
    with past.find(Sought(declared=today, side=side, digest=OLD, locks=MemoryLocks())) as found:
        if found is None:
            return None
        assert found.placed.digest == OLD
        assert found.texts([3]) == {3: "".join(found.source.paths).encode()}
        return found.source.paths


@pytest.mark.parametrize(
    ("trees", "found"),
    [
        pytest.param({}, None, id="no commit"),
        pytest.param({"a": {"now.jsonl": "old"}}, ("now.jsonl",), id="without a spec then"),
        pytest.param({"a": {"now.jsonl": "other"}}, None, id="other rows"),
        pytest.param({"a": {"elsewhere": "old"}}, None, id="rows elsewhere"),
        pytest.param(
            {"b": {"now.jsonl": "new"}, "a": {"now.jsonl": "old"}},
            ("now.jsonl",),
            id="further back",
        ),
        pytest.param(
            {"a": {SPEC: "then.jsonl", "then.jsonl": "old", "now.jsonl": "new"}},
            ("then.jsonl",),
            id="under another path then",
        ),
        pytest.param(
            {"a": {SPEC: "broken", "now.jsonl": "old"}}, ("now.jsonl",), id="a broken spec then"
        ),
        pytest.param(
            {"b": {"now.jsonl": "missing"}, "a": {"now.jsonl": "old"}},
            ("now.jsonl",),
            id="data that cannot be read is passed over",
        ),
        pytest.param(
            {"a": {SPEC: "data/*.jsonl", "data/b.jsonl": "d", "data/a.jsonl": "ol", "data/c": "x"}},
            ("data/a.jsonl", "data/b.jsonl"),
            id="a glob then",
        ),
        pytest.param(
            {"a": {SPEC: "**/a.jsonl", "a.jsonl": "o", "x/y/a.jsonl": "ld"}},
            ("a.jsonl", "x/y/a.jsonl"),
            id="folders of any depth, and none",
        ),
    ],
)
def test_where_old_rows_are_found(trees: Mapping[str, Tree], found: object) -> None:
    assert found_in(Repository(trees)) == found


def test_validation_is_looked_for_where_a_spec_has_it() -> None:
    trees = {"b": {SPEC: "now.jsonl"}, "a": {SPEC: "now.jsonl valid.jsonl", "valid.jsonl": "old"}}
    assert found_in(Repository(trees), side="validation") == ("valid.jsonl",)
    assert found_in(Repository({"b": trees["b"]}), side="validation") is None
    apart = {"train": "now.jsonl", "validation": {"split": 0.5}}
    assert found_in(Repository({"a": {"now.jsonl": "old"}}), apart, "validation") == ("now.jsonl",)


def test_commits_whose_lock_has_the_digest_come_first() -> None:
    then = lock(desired("triage", rows="old"))
    content = json.dumps({**then.to_plain(), "inputs": {"dataset": {"train": OLD}}})
    trees = {"b": {"now.jsonl": "new"}, "a": {"now.jsonl": "old"}}
    repository = Repository(trees, locks={"b": "no lock", "x": None, "a": content})
    assert found_in(repository) == ("now.jsonl",)
    assert repository.reads == ["old"]
    unlocked = Repository(trees, locks={"b": "no lock"})
    assert found_in(unlocked) == ("now.jsonl",)
    assert unlocked.reads == ["new", "old"]


def test_the_same_state_is_read_once_and_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    same = Repository({name: {"now.jsonl": "new"} for name in "abc"})
    assert found_in(same) is None
    assert same.reads == ["new"]
    monkeypatch.setattr(past_rows, "MOST_COMMITS", 2)
    many = Repository({name: {"now.jsonl": name} for name in "abc"})
    assert found_in(many) is None
    assert many.reads == ["a", "b"]


def test_no_more_is_taken_out_of_git_than_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past_rows, "MOST_BYTES", 5)
    repository = Repository({name: {"now.jsonl": name * 2} for name in "abcd"})
    assert found_in(repository) is None
    assert repository.reads == ["aa", "bb"]
