"""Tests of where a job's id goes when the journal cannot take it, and of its way back."""

import os
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ftops.adapters.own_folder.emergency_files import EmergencyFiles
from ftops.adapters.own_folder.journal_file import JournalFile
from ftops.core.names import FileId, Fingerprint, JobId, SpecName
from ftops.core.observed import OpenIntent
from ftops.errors import RecordError
from tests.fakes.full_disk import files_no_larger_than

A = Fingerprint("a" * 64)
BEGUN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
INTENT = OpenIntent(
    fingerprint=A,
    spec=SpecName("triage"),
    begun_at=BEGUN,
    training_file=FileId("file-1"),
    told_at=BEGUN,
)
NAMED = INTENT.naming(JobId("ftjob-1"))


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The machine's temporary folder."""
    folder = tmp_path / "shared"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def root(tmp_path: Path, shared: Path) -> Path:
    folder = tmp_path / "project"
    (folder / ".ftops").mkdir(parents=True)
    assert shared.is_dir()
    return folder


def files(root: Path, target: str = "openai") -> EmergencyFiles:
    return EmergencyFiles(root, project="acme", target=target)


def block_own_folder(root: Path) -> None:
    (root / ".ftops").rmdir()
    (root / ".ftops").write_text("no folder", encoding="utf-8")


def test_an_id_is_kept_in_the_own_folder(root: Path, shared: Path) -> None:
    place = files(root).keep(NAMED)
    assert place.startswith(f".ftops/emergency-{A}-")
    assert files(root).read() == (NAMED,)
    assert list(shared.iterdir()) == []
    assert (root / place).stat().st_mode & 0o777 == 0o600


def test_where_the_own_folder_takes_nothing_the_temporary_one_does(
    root: Path, shared: Path
) -> None:
    block_own_folder(root)
    place = files(root).keep(NAMED)
    assert Path(place).parent == shared
    assert files(root).read() == (NAMED,)


def test_checkouts_and_targets_keep_apart(root: Path, tmp_path: Path) -> None:
    block_own_folder(root)
    files(root).keep(NAMED)
    other = tmp_path / "other"
    other.mkdir()
    assert files(other).read() == ()
    assert files(root, "azure").read() == ()
    files(root, "azure").keep(INTENT)
    files(root).drop(A)
    assert (files(root).read(), files(root, "azure").read()) == ((), (INTENT,))


def test_nowhere_is_an_error(root: Path, shared: Path) -> None:
    block_own_folder(root)
    shared.rmdir()
    with pytest.raises(RecordError, match="neither"):
        files(root).keep(NAMED)
    assert files(root).read() == ()


def test_a_full_disk_leaves_no_half_a_file(root: Path, shared: Path) -> None:
    with files_no_larger_than(50), pytest.raises(RecordError, match="neither"):
        files(root).keep(NAMED)
    assert list((root / ".ftops").iterdir()) == list(shared.iterdir()) == []


def test_no_temporary_folder_at_all_is_no_place(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> str:
        raise FileNotFoundError("no usable temporary directory")

    monkeypatch.setattr(tempfile, "gettempdir", none)
    assert files(root).keep(NAMED).startswith(".ftops/")
    files(root).drop(A)
    assert files(root).read() == ()


def test_a_damaged_file_stops_and_says_how_to_go_on(root: Path) -> None:
    place = files(root).keep(NAMED)
    (root / place).write_bytes(b'{"event":"begun"')
    with pytest.raises(
        RecordError, match=r"emergency-a+-\w+\.json: this file is damaged"
    ) as caught:
        files(root).read()
    assert "ftops adopt" in str(caught.value.hint)


def test_a_folder_of_that_name_is_told(root: Path) -> None:
    (root / ".ftops" / "emergency-x.json").mkdir()
    with pytest.raises(RecordError, match=r"emergency-x\.json cannot be read"):
        files(root).read()


def planted(root: Path, shared: Path) -> Path:
    block_own_folder(root)
    return shared / Path(files(root).keep(NAMED)).name


def test_a_link_in_the_temporary_folder_says_nothing(root: Path, shared: Path) -> None:
    place = planted(root, shared)
    real = place.rename(shared / "elsewhere")
    place.symlink_to(real)
    assert files(root).read() == ()
    assert files(root).keep(NAMED) == str(place)
    assert not place.is_symlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_somebody_else_s_file_in_the_temporary_folder_says_nothing(
    root: Path, shared: Path
) -> None:
    os.chown(planted(root, shared), 12345, 12345)
    assert files(root).read() == ()


def test_a_pipe_in_the_temporary_folder_says_nothing(root: Path, shared: Path) -> None:
    place = planted(root, shared)
    place.unlink()
    os.mkfifo(place)
    assert files(root).read() == ()


def journal(root: Path) -> JournalFile:
    return JournalFile(root, project="acme", target="openai")


def test_the_journal_knows_what_was_rescued_and_takes_it_back(root: Path) -> None:
    ours = journal(root)
    ours.begin(INTENT)
    ours.rescue(NAMED)
    assert ours.open_intents() == (NAMED,)
    ours.prove_writable()
    assert files(root).read() == ()
    assert journal(root).open_intents() == (NAMED,)


@pytest.mark.parametrize("deed", ["begin", "close"])
def test_what_the_journal_writes_later_counts(root: Path, deed: str) -> None:
    ours = journal(root)
    ours.begin(INTENT)
    ours.rescue(NAMED)
    if deed == "begin":
        ours.begin(replace(NAMED, seen=3))
    else:
        ours.close(A, "recorded")
    assert [one.seen for one in ours.open_intents()] == ([3] if deed == "begin" else [])


def test_a_journal_that_may_be_written_leaves_nothing_behind(root: Path) -> None:
    (root / ".ftops" / ".ftops-tmp-of-a-killed-run").touch()
    journal(root).prove_writable()
    assert sorted(one.name for one in (root / ".ftops").iterdir()) == [
        ".gitignore",
        "journal.jsonl",
    ]


def test_a_journal_that_cannot_be_written_is_told_before_anything_is_sent(root: Path) -> None:
    (root / ".ftops" / "journal.jsonl").mkdir()
    with pytest.raises(RecordError, match=r"journal\.jsonl cannot be written"):
        journal(root).prove_writable()
