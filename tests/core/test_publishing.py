from datetime import timedelta

import pytest

from ftops.core.lock import Lock
from ftops.core.names import SpecName
from ftops.core.publishing import LockFile, Sorted, commit_message, is_younger, sort_for
from tests.fakes.specs import desired, lock

PATH = "specs/triage.lock"
TRIAGE, TONE, DOCS = SpecName("triage"), SpecName("tone"), SpecName("docs")


def changed(blob: str | None, known: str | None) -> LockFile:
    return LockFile(path=PATH, content=None if blob is None else b"x", blob=blob, known=known)


@pytest.mark.parametrize(
    ("ours", "theirs", "part"),
    [
        pytest.param(changed("b", None), None, "fresh", id="new here"),
        pytest.param(changed("b", "a"), "a", "fresh", id="changed here only"),
        pytest.param(changed(None, "a"), "a", "fresh", id="removed here only"),
        pytest.param(changed("b", "a"), "b", "", id="changed alike"),
        pytest.param(changed(None, "a"), None, "", id="removed by both"),
        pytest.param(changed("b", None), "c", "clashing", id="new in both"),
        pytest.param(changed("b", "a"), "c", "clashing", id="changed in both"),
        pytest.param(changed("b", "a"), None, "clashing", id="changed here, removed there"),
        pytest.param(changed(None, "a"), "c", "clashing", id="removed here, changed there"),
    ],
)
def test_locks_are_sorted_by_what_the_tip_has(
    ours: LockFile, theirs: str | None, part: str
) -> None:
    tip = {"specs/other.lock": "z"} if theirs is None else {PATH: theirs}
    expected = Sorted(
        fresh=(ours,) if part == "fresh" else (), clashing=(ours,) if part == "clashing" else ()
    )
    assert sort_for(tip, [ours]) == expected


OLD = lock(desired("triage"))
YOUNG = lock(desired("triage"), created_at=OLD.created_at + timedelta(hours=1))


@pytest.mark.parametrize(
    ("ours", "theirs", "wins"),
    [
        pytest.param(YOUNG, OLD, True, id="a younger job"),
        pytest.param(OLD, YOUNG, False, id="an older job"),
        pytest.param(OLD, OLD, True, id="other words for one job"),
        pytest.param(OLD, None, True, id="nothing readable there"),
        pytest.param(None, OLD, False, id="removed here"),
    ],
)
def test_the_younger_jobs_lock_is_the_later_word(
    ours: Lock | None, theirs: Lock | None, *, wins: bool
) -> None:
    assert is_younger(ours, theirs) is wins


@pytest.mark.parametrize(
    ("locks", "skip_ci", "subject"),
    [
        pytest.param({TRIAGE: OLD}, False, "Record triage", id="one"),
        pytest.param({TRIAGE: OLD}, True, "Record triage [skip ci]", id="one, pushed"),
        pytest.param({TRIAGE: OLD, TONE: YOUNG}, False, "Record 2 models", id="several"),
        pytest.param({DOCS: None}, False, "Forget docs", id="one removed"),
        pytest.param({DOCS: None, TRIAGE: OLD}, False, "Record triage, forget docs", id="both"),
    ],
)
def test_a_commit_says_what_it_records(
    locks: dict[SpecName, Lock | None], subject: str, *, skip_ci: bool
) -> None:
    message = commit_message(locks, skip_ci=skip_ci)
    head, blank, *lines = message.splitlines()
    assert (head, blank) == (subject, "")
    for name, one in locks.items():
        words = "no spec declares it any more" if one is None else f"{one.model} (job {one.job})"
        assert f"{name}: {words}" in lines
