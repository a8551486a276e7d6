"""Tests of the journal: what is begun is on disk, and only a torn last line is forgiven."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ftops.adapters.own_folder.journal_file import JournalFile
from ftops.core.names import Fingerprint, JobId, SpecName
from ftops.core.observed import OpenIntent
from ftops.errors import RecordError
from ftops.ports import Journal
from tests.fakes.full_disk import files_no_larger_than

A, B = Fingerprint("a" * 64), Fingerprint("b" * 64)
BEGUN = datetime(2026, 11, 22, 10, 0, 0, 250000, tzinfo=UTC)
OF_A = OpenIntent(fingerprint=A, spec=SpecName("triage"), begun_at=BEGUN, seen=2)
OF_B = replace(OF_A, fingerprint=B, spec=SpecName("support"), seen=0)


def journal(root: Path, *, project: str = "acme", target: str = "openai") -> JournalFile:
    return JournalFile(root, project=project, target=target)


def path(root: Path) -> Path:
    return root / ".ftops" / "journal.jsonl"


def test_a_journal_that_was_never_written_has_no_intents_and_is_not_made(tmp_path: Path) -> None:
    ours: Journal = journal(tmp_path)
    assert ours.open_intents() == ()
    ours.close(A, "recorded")
    assert list(tmp_path.iterdir()) == []


def test_an_intent_is_on_disk_once_begun(tmp_path: Path) -> None:
    journal(tmp_path).begin(OF_A)
    assert journal(tmp_path).open_intents() == (OF_A,)
    assert (tmp_path / ".ftops" / ".gitignore").is_file()
    assert json.loads(path(tmp_path).read_text(encoding="utf-8")) == {
        "event": "begun",
        "project": "acme",
        "target": "openai",
        "fingerprint": A,
        "spec": "triage",
        "begun_at": "2026-11-22T10:00:00.250000Z",
        "seen": 2,
    }


def test_an_end_closes_its_own_intent_alone(tmp_path: Path) -> None:
    ours = journal(tmp_path)
    ours.begin(OF_A)
    ours.begin(OF_B)
    ours.close(A, "refused: quota")
    assert ours.open_intents() == (OF_B,)


def test_an_end_without_a_beginning_is_not_written(tmp_path: Path) -> None:
    ours = journal(tmp_path)
    ours.begin(OF_A)
    ours.close(A, "recorded")
    before = path(tmp_path).read_bytes()
    ours.close(A, "recorded")
    ours.close(B, "recorded")
    assert path(tmp_path).read_bytes() == before


def test_a_fingerprint_begun_again_counts_once_by_its_last_beginning(tmp_path: Path) -> None:
    again = replace(OF_A, seen=3)
    ours = journal(tmp_path)
    ours.begin(OF_A)
    ours.begin(again)
    assert ours.open_intents() == (again,)


def test_one_file_holds_several_targets_and_projects_apart(tmp_path: Path) -> None:
    journal(tmp_path).begin(OF_A)
    elsewhere = journal(tmp_path, target="local")
    stranger = journal(tmp_path, project="other")
    elsewhere.begin(OF_B)
    stranger.close(A, "recorded")
    assert journal(tmp_path).open_intents() == (OF_A,)
    assert elsewhere.open_intents() == (OF_B,)
    assert stranger.open_intents() == ()


@pytest.mark.parametrize(
    "torn",
    [
        pytest.param(b'{"event":"begun","proj', id="half a line"),
        pytest.param(b"\0" * 100, id="NULs that a crash left"),
        pytest.param(b'{"event":"closed"}', id="a whole line without its newline"),
        pytest.param(b"x" * 200_000, id="longer than one look back"),
    ],
)
def test_a_torn_last_line_is_passed_over_and_written_over(tmp_path: Path, torn: bytes) -> None:
    ours = journal(tmp_path)
    ours.begin(OF_A)
    with path(tmp_path).open("ab") as stream:
        stream.write(torn)
    assert ours.open_intents() == (OF_A,)
    ours.begin(OF_B)
    assert ours.open_intents() == (OF_A, OF_B)


def test_a_file_that_is_all_one_torn_line_starts_anew(tmp_path: Path) -> None:
    path(tmp_path).parent.mkdir()
    path(tmp_path).write_bytes(b"y" * 100_000)
    journal(tmp_path).begin(OF_A)
    assert journal(tmp_path).open_intents() == (OF_A,)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"not json", id="no JSON"),
        pytest.param(b"", id="a blank line"),
        pytest.param(b"\0\0", id="NULs"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
        pytest.param(b'{"event":"paused"}', id="a word of a newer ftops"),
        pytest.param(b'{"event":"closed","project":"acme"}', id="a missing key"),
        pytest.param(
            b'{"event":"begun","project":"acme","target":"openai","fingerprint":"a","spec":"s",'
            b'"begun_at":"2026-11-22T10:00:00","seen":0}',
            id="a time without its zone",
        ),
    ],
)
def test_a_damaged_line_is_told_with_its_number(tmp_path: Path, line: bytes) -> None:
    ours = journal(tmp_path)
    ours.begin(OF_A)
    with path(tmp_path).open("ab") as stream:
        stream.write(line + b"\n")
    with pytest.raises(RecordError, match=r"\.ftops/journal\.jsonl:2: ") as caught:
        ours.open_intents()
    assert caught.value.hint is not None


def test_threads_never_mix_their_lines(tmp_path: Path) -> None:
    ours = journal(tmp_path)
    intents = [replace(OF_A, fingerprint=Fingerprint(f"{number:064x}")) for number in range(20)]
    with ThreadPoolExecutor(max_workers=4) as threads:
        list(threads.map(ours.begin, intents))
    assert set(ours.open_intents()) == set(intents)


@pytest.mark.parametrize(
    "deed", [pytest.param("begin", id="writing"), pytest.param("open_intents", id="reading")]
)
def test_a_folder_in_its_place_is_told(tmp_path: Path, deed: str) -> None:
    path(tmp_path).mkdir(parents=True)
    ours = journal(tmp_path)
    with pytest.raises(RecordError, match=r"journal\.jsonl cannot be") as caught:
        _ = ours.begin(OF_A) if deed == "begin" else ours.open_intents()  # type: ignore[func-returns-value]
    assert caught.value.hint is not None


def test_an_intent_that_does_not_fit_on_the_disk_is_an_error_and_leaves_no_damage(
    tmp_path: Path,
) -> None:
    ours = journal(tmp_path)
    ours.begin(OF_A)
    size = path(tmp_path).stat().st_size
    with files_no_larger_than(size + 50), pytest.raises(RecordError, match="cannot be written"):
        ours.begin(OF_B)
    assert ours.open_intents() == (OF_A,)
    ours.begin(OF_B)
    assert ours.open_intents() == (OF_A, OF_B)


def test_jobs_that_answers_named_are_on_disk(tmp_path: Path) -> None:
    answered = replace(OF_A, jobs=(JobId("ftjob-1"), JobId("ftjob-2")))
    ours = journal(tmp_path)
    ours.begin(OF_A)
    ours.begin(answered)
    assert journal(tmp_path).open_intents() == (answered,)
