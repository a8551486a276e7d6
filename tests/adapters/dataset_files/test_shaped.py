"""Shaped data is checked as it stands, pinned and staged as it is uploaded."""

import json
from pathlib import Path

import pytest

from ftops.adapters.dataset_files.privacy import DataPrivacy
from ftops.adapters.dataset_files.quality import DataQuality
from ftops.adapters.dataset_files.source import DatasetFiles
from ftops.core.desired import training_inputs
from ftops.core.privacy import Kind
from ftops.dataset.finding import Code
from tests.adapters.dataset_files.test_source import (
    TRAIN,
    VALID,
    pin,
    problems,
    row,
    rows,
    sha256,
    staged,
    write,
)
from tests.fakes.specs import declared

SYSTEM = "Be kind."
SHAPED = {"train": TRAIN, "system": SYSTEM, "sample": {"rows": 15}}


def told(number: int) -> str:
    """Return the row as it is uploaded with the system prompt."""
    messages = [{"role": "system", "content": SYSTEM}, *json.loads(row(number))["messages"]]
    return json.dumps({"messages": messages}, separators=(",", ":")) + "\n"


def test_the_pin_is_of_the_shaped_bytes_and_staging_makes_them_again(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 12))
    pins, warnings = pin(tmp_path, {"train": TRAIN, "system": SYSTEM})
    text = "".join(map(told, range(1, 13)))
    assert (pins.training.digest, pins.training.size) == (sha256(text), len(text))
    assert staged(tmp_path, pins.training).decode() == text
    assert warnings == ()
    assert pins.training.tokens > pin(tmp_path, {"train": TRAIN})[0].training.tokens


def test_the_same_rows_are_the_same_bytes_however_they_are_written(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 20))
    spaced = [
        json.dumps(json.loads(one), indent=None, separators=(" ,  ", ": "))
        for one in rows(1, 20).splitlines()
    ]
    write(tmp_path, "datasets/a.jsonl", "\ufeff" + "\r\n".join(spaced[:7]))
    write(tmp_path, "datasets/b.jsonl", "\r\n".join(spaced[7:]))
    one, _ = pin(tmp_path, SHAPED, seed=3)
    other, _ = pin(tmp_path, {**SHAPED, "train": "datasets/[ab].jsonl"}, seed=3)
    assert one.training.digest == other.training.digest
    assert staged(tmp_path, one.training) == staged(tmp_path, other.training)
    assert one.training.examples == 15
    assert pin(tmp_path, SHAPED, seed=4)[0].training.digest != one.training.digest


def test_the_fingerprint_sees_shaping_only_through_the_digest(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 12))
    spec = {"train": TRAIN, "filter": {"max_characters": 9_999}}
    loose, tight = (
        declared(dataset={**spec, "filter": {"max_characters": most}}) for most in (9_999, 10_000)
    )
    pins = [DatasetFiles(tmp_path).pin(one)[0] for one in (loose, tight)]
    assert pins[0].training.digest == pins[1].training.digest
    assert training_inputs(loose, pins[0], None) == training_inputs(tight, pins[1], None)


def test_a_cached_check_is_of_its_own_shaping(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 40))
    digests = []
    for wanted in (20, 20, 21):
        source = DatasetFiles(tmp_path)
        dataset = {"train": TRAIN, "sample": {"rows": wanted}}
        digests.append(source.pin(declared(dataset=dataset))[0].training.digest)
        source.close()
    assert digests[0] == digests[1] != digests[2]


def test_a_split_parts_what_the_sample_drew(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 80))
    dataset = {**SHAPED, "sample": {"rows": 40}, "validation": {"split": 0.25}}
    pins, _ = pin(tmp_path, dataset, seed=7)
    assert pins.validation is not None
    assert pins.training.examples + pins.validation.examples == 40
    both = [staged(tmp_path, one).decode().splitlines() for one in (pins.training, pins.validation)]
    assert set(both[0] + both[1]) <= {told(number).strip() for number in range(1, 81)}
    assert len(set(both[0] + both[1])) == 40


def test_validation_files_are_shaped_too_but_never_drawn_from(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 20))
    write(tmp_path, VALID, rows(21, 40))
    pins, _ = pin(tmp_path, {**SHAPED, "validation": VALID})
    assert pins.validation is not None
    assert staged(tmp_path, pins.validation).decode() == "".join(map(told, range(21, 41)))


def test_every_row_must_be_legal_also_one_that_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 20) + "{}\n")
    found = problems(tmp_path, {**SHAPED, "filter": {"contains": "Question"}})
    assert [(place, field) for place, _, field in found] == [(f"{TRAIN}:21:1", "dataset.train")]


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        pytest.param(
            {"filter": {"contains": "nobody says this"}}, "has 0 example(s)", id="a filter"
        ),
        pytest.param({"sample": {"rows": 9}}, "has 9 example(s)", id="a sample"),
    ],
)
def test_too_few_rows_left_are_told(
    tmp_path: Path, dataset: dict[str, object], message: str
) -> None:
    write(tmp_path, TRAIN, rows(1, 20))
    found = problems(tmp_path, {"train": TRAIN, **dataset})
    assert [(place, field) for place, _, field in found] == [
        ("specs/triage.yaml:1", "dataset.train")
    ]
    assert message in found[0][1]


def test_rows_that_are_cut_are_told_of_what_is_uploaded(tmp_path: Path) -> None:
    turns = [("user", "word " * 70_000), ("assistant", "Yes.")]
    long = json.dumps({"messages": [{"role": who, "content": said} for who, said in turns]})
    write(tmp_path, TRAIN, rows(1, 20) + long + "\n")
    model = "gpt-4.1-mini-2025-04-14"
    kept, dropped = (
        pin(tmp_path, {"train": TRAIN, "filter": {"max_characters": most}}, model=model)[1]
        for most in (1_000_000, 1_000)
    )
    assert [one.code for one in kept] == [Code.EXAMPLES_CUT]
    assert dropped == ()


def test_quality_and_privacy_look_at_what_is_uploaded_at_its_lines(tmp_path: Path) -> None:
    mail = row(3).replace("Answer 3.", "Write to ann@acme.io.")
    write(tmp_path, TRAIN, rows(1, 30) + mail + "\n")
    spec = declared(dataset={"train": TRAIN, "system": SYSTEM, "filter": {"contains": "Question"}})
    bare = declared(dataset={"train": TRAIN, "filter": {"without": "@"}})
    figures = DataQuality(tmp_path).quality(spec).training
    assert figures.legal_rows == 31
    assert DataQuality(tmp_path).quality(bare).training.legal_rows == 30
    guard = DataPrivacy(tmp_path)
    scanned = guard.look(spec)
    assert (scanned.counts, scanned.findings[0].line) == ({Kind.EMAIL: 1}, 31)
    assert guard.look(bare).counts == {}


def test_a_secret_in_the_system_prompt_is_found(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 12))
    spec = declared(dataset={"train": TRAIN, "system": "Mail ann@acme.io."})
    assert DataPrivacy(tmp_path).look(spec).counts == {Kind.EMAIL: 12}


def test_quality_follows_a_split_of_shaped_rows(tmp_path: Path) -> None:
    write(tmp_path, TRAIN, rows(1, 80))
    write(tmp_path, VALID, rows(81, 90))
    parted = declared(dataset={**SHAPED, "sample": {"rows": 40}, "validation": {"split": 0.25}})
    pins, _ = DatasetFiles(tmp_path).pin(parted)
    quality = DataQuality(tmp_path).quality(parted)
    assert pins.validation is not None
    assert quality.validation is not None
    assert quality.training.legal_rows == pins.training.examples
    assert quality.validation.legal_rows == pins.validation.examples
    beside = DataQuality(tmp_path).quality(declared(dataset={**SHAPED, "validation": VALID}))
    assert beside.validation is not None
    assert (beside.training.legal_rows, beside.validation.legal_rows) == (15, 10)
