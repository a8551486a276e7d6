from dataclasses import replace
from datetime import timedelta

import pytest

from ftops.core.names import Digest, FileId, JobId, ModelId, upload_name
from ftops.core.observed import (
    JobStatus,
    Observed,
    ObservedFile,
    OpenIntent,
    eldest_first,
    find_upload,
    read_status,
)
from tests.fakes.clock import NOON
from tests.fakes.specs import TUNED, desired, intent, job, models, stamp

SPEC = desired()


@pytest.mark.parametrize(
    ("word", "status", "final", "dead"),
    [
        ("validating_files", JobStatus.VALIDATING_FILES, False, False),
        ("queued", JobStatus.QUEUED, False, False),
        ("running", JobStatus.RUNNING, False, False),
        ("pausing", JobStatus.PAUSING, False, False),
        ("paused", JobStatus.PAUSED, False, False),
        ("succeeded", JobStatus.SUCCEEDED, True, False),
        ("failed", JobStatus.FAILED, True, True),
        ("cancelled", JobStatus.CANCELLED, True, True),
        ("canceled", JobStatus.CANCELLED, True, True),
        ("Succeeded", JobStatus.SUCCEEDED, True, False),
        ("pending", JobStatus.QUEUED, False, False),
        ("notRunning", JobStatus.QUEUED, False, False),
        ("evaluating", JobStatus.UNRECOGNISED, False, False),
        ("", JobStatus.UNRECOGNISED, False, False),
        (None, JobStatus.UNRECOGNISED, False, False),
    ],
)
def test_status_words(word: str | None, status: JobStatus, *, final: bool, dead: bool) -> None:
    read = read_status(word)
    assert (read, read.is_final, read.is_dead) == (status, final, dead)


def test_what_a_stamp_says() -> None:
    stamped = job(SPEC, metadata={**stamp(SPEC), "ftops_commit": "abc", "version": "2"})
    assert (stamped.fingerprint, stamped.stamped_spec) == (SPEC.fingerprint, SPEC.name)
    assert stamped.own_metadata == {"version": "2"}
    assert stamped.is_of("acme")
    assert not stamped.is_of("another")


def test_a_job_without_a_stamp_is_nobodys() -> None:
    plain = job(SPEC, metadata={"version": "2"})
    assert (plain.fingerprint, plain.stamped_spec, plain.is_of("acme")) == (None, None, False)
    assert Observed(at=NOON, jobs=(plain,)).jobs_of(SPEC.fingerprint) == ()


def test_eldest_first_with_ties_by_id() -> None:
    young = job(SPEC, id=JobId("a"), created_at=NOON)
    second, first = job(SPEC, id=JobId("c")), job(SPEC, id=JobId("b"))
    assert eldest_first([young, second, first]) == (first, second, young)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        pytest.param(TUNED, True, id="listed"),
        pytest.param(ModelId("ft:gone"), False, id="not listed"),
        pytest.param(None, False, id="none"),
    ],
)
def test_whether_a_model_is_there(model: ModelId | None, *, expected: bool) -> None:
    assert Observed(at=NOON, models=models()).has_model(model) is expected


@pytest.mark.parametrize(
    ("open_intent", "jobs", "expected"),
    [
        pytest.param(intent(SPEC), 0, True, id="young, and nothing listed"),
        pytest.param(intent(SPEC, seconds_ago=599), 0, True, id="just young enough"),
        pytest.param(intent(SPEC, seconds_ago=600), 0, False, id="too old"),
        pytest.param(intent(SPEC), 1, False, id="it has become the one job listed"),
        pytest.param(intent(SPEC, seen=1), 1, True, id="the one job listed was known before"),
        pytest.param(intent(SPEC, seen=1), 2, False, id="it has become the second"),
        pytest.param(intent(desired(seed=1)), 0, False, id="another fingerprint's"),
    ],
)
def test_whether_a_creation_may_still_turn_up(
    open_intent: OpenIntent, jobs: int, *, expected: bool
) -> None:
    listed = tuple(job(SPEC, "failed", id=JobId(f"ftjob-{n}")) for n in range(jobs))
    observed = Observed(at=NOON, jobs=listed, open_intents=(open_intent,))
    assert (observed.intent_of(SPEC.fingerprint) is open_intent) is expected


def test_the_window_follows_the_settle_time() -> None:
    short = Observed(
        at=NOON, open_intents=(intent(SPEC),), confirmation_window=timedelta(seconds=60)
    )
    assert short.intent_of(SPEC.fingerprint) is None


DIGEST = Digest("ab" * 32)
UPLOAD = ObservedFile(id=FileId("file-2"), name=upload_name(DIGEST), size=10, status="processed")


@pytest.mark.parametrize(
    ("file", "found"),
    [
        pytest.param(UPLOAD, True, id="same name and size"),
        pytest.param(replace(UPLOAD, status=None), True, id="a status nobody tells"),
        pytest.param(replace(UPLOAD, status="uploaded"), True, id="not yet processed"),
        pytest.param(replace(UPLOAD, status="error"), False, id="refused"),
        pytest.param(replace(UPLOAD, status="deleted"), False, id="deleted"),
        pytest.param(replace(UPLOAD, size=11), False, id="another size"),
        pytest.param(replace(UPLOAD, name="train.jsonl"), False, id="another name"),
    ],
)
def test_an_earlier_upload(file: ObservedFile, *, found: bool) -> None:
    assert (find_upload([file], DIGEST, 10) is file) is found


def test_of_two_uploads_the_first_by_id() -> None:
    first = replace(UPLOAD, id=FileId("file-1"))
    assert find_upload([UPLOAD, first], DIGEST, 10) == first


def test_an_upload_is_named_by_its_bytes() -> None:
    assert upload_name(DIGEST) == f"ftops-{'ab' * 16}.jsonl"
