from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ftops.core.names import FileId, ModelId, TargetName, upload_name
from ftops.core.observed import Observed, ObservedFile, ObservedJob, OpenIntent
from ftops.core.surplus import Needed, Surplus, find_surplus, total
from tests.fakes.clock import NOON
from tests.fakes.specs import TUNED, data_pin, desired, intent, job, lock, models

OLD = desired("old")
NAME = upload_name(data_pin("old").digest)
FILE = ObservedFile(id=FileId("file-1"), name=NAME, size=4096)
DAY = timedelta(days=1)


def made(**fields: Any) -> ObservedJob:  # noqa: ANN401 - any field of the job
    """Return an old job of ours whose model nothing needs."""
    plain = job(OLD, created_at=NOON - 9 * DAY, finished_at=NOON - 8 * DAY)
    return replace(plain, **fields)


def seen(*jobs: ObservedJob, intents: tuple[OpenIntent, ...] = ()) -> Observed:
    return Observed(
        at=NOON, jobs=jobs or (made(),), files=(FILE,), models=models(), open_intents=intents
    )


def found(
    observed: Observed | None = None,
    needed: Needed | None = None,
    everyone: tuple[ObservedJob, ...] = (),
) -> Surplus:
    return find_surplus(observed or seen(), everyone, needed or Needed(), 7 * DAY)


def test_a_model_and_its_file_that_nothing_needs_are_found() -> None:
    surplus = found()
    assert [(one.id, one.spec, one.job) for one in surplus.models] == [(TUNED, "old", "ftjob-1")]
    assert surplus.files == (FILE,)
    assert not surplus.is_empty
    assert total({TargetName("openai"): surplus}) == (1, 1)


@pytest.mark.parametrize(
    ("needed", "files_stay"),
    [
        pytest.param(Needed(models=frozenset({TUNED})), False, id="a lock names the model"),
        pytest.param(Needed().with_locks([lock(OLD)]), True, id="a lock names both"),
        pytest.param(Needed(fingerprints=frozenset({OLD.fingerprint})), True, id="it is declared"),
    ],
)
def test_a_needed_model_stays(needed: Needed, *, files_stay: bool) -> None:
    surplus = found(needed=needed)
    assert surplus.models == ()
    assert (surplus.files == ()) is files_stay


@pytest.mark.parametrize(
    "observed",
    [
        pytest.param(seen(made(finished_at=NOON - DAY)), id="it is young"),
        pytest.param(seen(made(finished_at=None, created_at=NOON)), id="its end is not told"),
        pytest.param(seen(job(OLD, "running", created_at=NOON - 9 * DAY)), id="its job runs"),
        pytest.param(replace(seen(), models={}), id="it is gone already"),
        pytest.param(
            seen(intents=(replace(intent(OLD), jobs=(made().id,)),)), id="its job is not settled"
        ),
    ],
)
def test_a_model_that_may_be_needed_stays(observed: Observed) -> None:
    assert found(observed).models == ()


@pytest.mark.parametrize(
    ("change", "everyone", "needed"),
    [
        pytest.param({"files": ()}, (), Needed(), id="it is gone already"),
        pytest.param({}, (), Needed(files=frozenset({FILE.id})), id="a lock names it"),
        pytest.param({}, (), Needed(names=frozenset({NAME})), id="declared data would find it"),
        pytest.param({}, (job(OLD, id="ftjob-9", metadata={}),), Needed(), id="others use it"),
        pytest.param(
            {"jobs": (made(), made(id="ftjob-2", finished_at=NOON))},
            (),
            Needed(),
            id="a young job of ours used it",
        ),
        pytest.param(
            {"files": (replace(FILE, name="rows.jsonl"),)}, (), Needed(), id="its name is not ours"
        ),
        pytest.param({"jobs": ()}, (), Needed(), id="no job of ours tells whose it is"),
    ],
)
def test_a_file_that_may_be_needed_stays(
    change: dict[str, Any], everyone: tuple[ObservedJob, ...], needed: Needed
) -> None:
    assert found(replace(seen(), **change), needed, everyone).files == ()


def test_a_failed_job_leaves_its_file() -> None:
    dead = replace(job(OLD, "failed"), finished_at=NOON - 8 * DAY, validation_file=FileId("file-2"))
    surplus = found(seen(dead), everyone=(dead,))
    assert (surplus.models, surplus.files) == ((), (FILE,))
    assert found(replace(seen(dead), files=())).is_empty


def test_locks_add_up() -> None:
    other = replace(lock(OLD), model="ft:other", files={"validation_file": "file-9"})
    needed = Needed(models=frozenset({ModelId("kept")})).with_locks([lock(OLD), other])
    assert needed.models == {"kept", TUNED, "ft:other"}
    assert needed.files == {"file-1", "file-9"}
