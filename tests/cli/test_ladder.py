"""A job whose id no file of the project takes is told on the terminal and to the pipeline."""

import tempfile
from pathlib import Path

import pytest

from ftops.adapters.own_folder.journal_file import JournalFile
from ftops.core.observed import OpenIntent
from ftops.errors import RecordError
from tests.cli.lab import NEW_JOB
from tests.cli.scene import Scene

SUMMARY = "GITHUB_STEP_SUMMARY"
BEGIN = JournalFile.begin


@pytest.fixture
def full(at: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A journal that fills up as soon as a job runs; the temporary folder is all that is left."""
    shared = tmp_path / "shared"
    shared.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(shared))

    def refuse_answers(journal: JournalFile, intent: OpenIntent) -> None:
        if intent.jobs:
            raise RecordError(".ftops/journal.jsonl cannot be written: No space left on device")
        BEGIN(journal, intent)

    monkeypatch.setattr(JournalFile, "begin", refuse_answers)
    assert at.lab.requests == []
    return shared


@pytest.mark.parametrize("words", [("--quiet",), (), ("--no-color",)])
def test_the_id_is_told_whatever_else_is_not(
    at: Scene, full: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    page = tmp_path / "summary.md"
    at.env.setenv(SUMMARY, str(page))
    ran = at.ftops(*words, "apply", "--yes", "--no-wait")
    assert ran.code == 0, ran.err
    (kept,) = (at.checkout.root / ".ftops").glob("emergency-*.json")
    assert list(full.iterdir()) == []
    for told in (ran.err.replace("\n", " "), page.read_text(encoding="utf-8")):
        assert "ftops adopt triage ftjob-" in told
        assert "No space left on device" in told
        assert kept.name in told


def test_the_next_apply_takes_it_back_and_pays_nothing(
    at: Scene, full: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert full.is_dir()
    at.ftops("apply", "--yes", "--no-wait")
    monkeypatch.setattr(JournalFile, "begin", BEGIN)
    assert at.ftops("apply", "--yes").code == 0
    assert list((at.checkout.root / ".ftops").glob("emergency-*")) == []
    assert at.lab.acts[NEW_JOB] == 1


def test_a_summary_that_cannot_be_written_is_no_harm(at: Scene, full: Path) -> None:
    at.env.setenv(SUMMARY, str(full / "no" / "such" / "page"))
    ran = at.ftops("apply", "--yes", "-o", "json", "--no-wait")
    assert ran.code == 0
    assert '"type": "unwritten"' in ran.err
