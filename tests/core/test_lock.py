from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from ftops.core.cost import Tariff
from ftops.core.desired import Desired, pin
from ftops.core.lock import job_of, lock_for
from ftops.core.names import FileId, TargetName
from tests.fakes.specs import TARGET, TUNED, declared, desired, job, lock, pins

SPEC = desired("triage", seed=42, metadata={"version": "2.0"})


def volatile(*keys: str, **metadata: str) -> Desired:
    one = replace(declared(metadata=metadata), volatile_metadata=frozenset(keys))
    return pin(one, pins("triage"), target=TARGET, tariff=Tariff())


def test_a_lock_as_it_is_written() -> None:
    plain = lock(SPEC).to_plain()
    assert list(plain.items()) == [
        ("schema", 1),
        ("spec", "triage"),
        ("target", "openai"),
        ("fingerprint", SPEC.fingerprint),
        ("model", TUNED),
        ("job", "ftjob-1"),
        ("base_model", "gpt-4.1-mini-2025-04-14"),
        ("inputs", SPEC.inputs),
        ("resolved", {"n_epochs": 3, "seed": 42}),
        ("files", {"training_file": "file-1"}),
        ("trained_tokens", 15_000),
        ("cost_usd", 0.075),
        ("created_at", "2026-11-22T11:00:00Z"),
        ("finished_at", "2026-11-22T11:30:00Z"),
        ("metadata", {"version": "2.0"}),
    ]


def test_times_are_written_in_utc() -> None:
    there = timezone(timedelta(hours=2))
    plain = lock(SPEC, created_at=datetime(2026, 11, 22, 13, tzinfo=there)).to_plain()
    assert plain["created_at"] == "2026-11-22T11:00:00Z"


def test_a_lost_lock_comes_back_the_same() -> None:
    assert lock_for(SPEC, job(SPEC), Tariff()) == lock_for(SPEC, job(SPEC), Tariff())


def test_what_the_provider_chose_is_recorded_without_gaps() -> None:
    done = job(SPEC, hyperparameters={"n_epochs": 4, "beta": None, "batch_size": 2}, seed=None)
    assert list(lock_for(SPEC, done, Tariff()).resolved.items()) == [
        ("batch_size", 2),
        ("n_epochs", 4),
    ]


@pytest.mark.parametrize(
    ("tokens", "tariff", "usd"),
    [
        pytest.param(15_000, Tariff(), 0.075, id="what was billed"),
        pytest.param(15_000, Tariff(free=True), 0.0, id="free"),
        pytest.param(None, Tariff(), None, id="nobody counted"),
    ],
)
def test_what_it_cost(tokens: int | None, tariff: Tariff, usd: float | None) -> None:
    recorded = lock_for(SPEC, job(SPEC, trained_tokens=tokens), tariff)
    assert (recorded.trained_tokens, recorded.cost_usd) == (tokens, usd)


def test_a_tariff_without_the_price() -> None:
    unknown = desired(model="nobody-knows")
    assert lock_for(unknown, job(unknown), Tariff()).cost_usd is None


def test_both_files_are_recorded() -> None:
    done = job(SPEC, validation_file=FileId("file-2"))
    assert lock_for(SPEC, done, Tariff()).files == {
        "training_file": "file-1",
        "validation_file": "file-2",
    }


def test_a_job_without_a_model_has_no_lock() -> None:
    with pytest.raises(ValueError, match="job ftjob-1 has no model"):
        lock_for(SPEC, job(SPEC, "running"), Tariff())


def test_volatile_metadata_stays_as_launched() -> None:
    launched = volatile("commit", commit="abc", note="first")
    recorded = lock_for(launched, job(launched), Tariff())
    later = volatile("commit", commit="def", note="second")
    assert later.metadata_matches(recorded.metadata) is False
    assert recorded.relabelled(later).metadata == {"commit": "abc", "note": "second"}
    assert lock_for(later, job(launched), Tariff()).metadata == recorded.relabelled(later).metadata


def test_relabelling_changes_nothing_but_metadata() -> None:
    other = desired("triage", seed=42, metadata={"version": "3"})
    relabelled = lock(SPEC).relabelled(other)
    assert relabelled.metadata == {"version": "3"}
    assert replace(relabelled, metadata=lock(SPEC).metadata) == lock(SPEC)


@pytest.mark.parametrize(
    ("wanted", "target", "expected"),
    [
        pytest.param(SPEC, TARGET, True, id="the same"),
        pytest.param(desired("triage"), TARGET, False, id="another fingerprint"),
        pytest.param(SPEC, TargetName("local"), False, id="another target"),
    ],
)
def test_what_a_lock_is_for(wanted: Desired, target: TargetName, *, expected: bool) -> None:
    assert lock(SPEC).is_for(wanted.fingerprint, target) is expected


def test_typed_ids() -> None:
    recorded = lock(SPEC)
    assert (recorded.spec_name, recorded.model_id, job_of(recorded)) == (
        "triage",
        TUNED,
        "ftjob-1",
    )
    assert recorded.created_at.tzinfo is UTC
