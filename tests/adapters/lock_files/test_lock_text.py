"""Tests of a lock's text: the same lock gives the same bytes, and damage is told with its line."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftops.adapters.lock_files.lock_text import HEADER, lock_from_text, lock_to_text
from ftops.core.lock import Lock
from ftops.errors import LockTooNew, LockUnreadable
from tests.fakes.specs import lock

WHERE = "specs/triage.lock"

PLAIN = Lock(
    spec="triage",
    target="openai",
    fingerprint="f" * 64,
    model="ft:gpt-4.1-mini-2025-04-14:acme::AbC123",
    job="ftjob-1",
    base_model="gpt-4.1-mini-2025-04-14",
    inputs={
        "model": "gpt-4.1-mini-2025-04-14",
        "method": "supervised",
        "hyperparameters": {"learning_rate_multiplier": 1e-05, "n_epochs": 3},
        "suffix": "017",
        "generation": 1,
        "dataset": {"train": "0" * 64},
        "grader": {"type": "multi", "graders": [], "weights": [0.5, 1]},
    },
    resolved={"batch_size": 4, "n_epochs": 3, "seed": 42},
    files={"training_file": "file-1"},
    trained_tokens=123456,
    cost_usd=1.85,
    created_at=datetime(2026, 11, 22, 10, 0, tzinfo=UTC),
    finished_at=None,
    metadata={"version": "2.0", "training_date": "2024-12-25", "description": "Größer & besser"},
)

TEXT = f"""\
# Written by ftops. Commit it; do not edit it.
schema: 1
spec: triage
target: openai
fingerprint: {"f" * 64}
model: ft:gpt-4.1-mini-2025-04-14:acme::AbC123
job: ftjob-1
base_model: gpt-4.1-mini-2025-04-14
inputs:
  model: gpt-4.1-mini-2025-04-14
  method: supervised
  hyperparameters:
    learning_rate_multiplier: 1.0e-05
    n_epochs: 3
  suffix: "017"
  generation: 1
  dataset:
    train: "{"0" * 64}"
  grader:
    type: multi
    graders: []
    weights:
    - 0.5
    - 1
resolved:
  batch_size: 4
  n_epochs: 3
  seed: 42
files:
  training_file: file-1
trained_tokens: 123456
cost_usd: 1.85
created_at: 2026-11-22T10:00:00Z
finished_at: null
metadata:
  version: "2.0"
  training_date: "2024-12-25"
  description: Größer & besser
"""


def test_a_lock_is_written_in_this_form() -> None:
    assert lock_to_text(PLAIN) == TEXT


def test_it_is_read_back_the_same() -> None:
    assert lock_from_text(TEXT, WHERE) == PLAIN


@pytest.mark.parametrize(
    "text",
    [
        "2.0", "1e-5", "1.0e+3", ".5", "017", "0o17", "0x1f", "1:30", "2024-12-25",
        "2024-12-25T10:00:00Z", "no", "on", "Yes", "true", "null", "~", "", " ", " lead", "trail ",
        "# hash", "a: b", "- dash", "? ask", "@at", "`tick", "%percent", "!tag", "&anchor",
        "*alias", "|", ">", "{", "[", "'", '"', "\\", "=", "<<", "<<<<<<< HEAD", "---", "...",
        "two\nlines", "tab\there", "\u0085\u2028", "ünï", "😀", ".inf", ".nan", "1_000", "9" * 80,
        "x" * 512, "\x07 bell", "\ufeff",
    ],
)  # fmt: skip
def test_a_text_stays_a_text_for_every_reader(text: str) -> None:
    written = lock_to_text(replace(PLAIN, metadata={"note": text, text or "k": "v"}))
    assert lock_from_text(written, WHERE).metadata == {"note": text, text or "k": "v"}
    assert yaml.safe_load(written)["metadata"]["note"] == text


@pytest.mark.parametrize(
    ("hidden", "spelled"),
    [
        pytest.param("\u202e", "\\u202E", id="the rest of the line turned around"),
        pytest.param("\u2066", "\\u2066", id="an isolate"),
        pytest.param("\u200b", "\\u200B", id="a space without width"),
        pytest.param("\x1b", "\\e", id="a terminal's escape"),
        pytest.param("\x9b", "\\x9B", id="a terminal's escape in one byte"),
        pytest.param("\U000e0041", "\\U000E0041", id="a tag that no font shows"),
    ],
)
def test_what_no_eye_sees_is_spelled_out(hidden: str, spelled: str) -> None:
    hostile = replace(
        PLAIN,
        model=f"ft:gpt:{hidden}é",
        job=f"ftjob-{hidden}",
        base_model=hidden,
        resolved={hidden: hidden},
        metadata={"note": "ünï"},
    )
    written = lock_to_text(hostile)
    assert hidden not in written
    assert written.count(spelled) == 5
    assert "ünï" in written
    assert lock_from_text(written, WHERE) == hostile


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=9), inner, max_size=3)
    ),
    max_leaves=8,
)


# Drawing nested values is slow on a machine with other things to do; the law is not about speed.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(inputs=st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=9), values))
def test_whatever_a_lock_holds_is_read_back_the_same(inputs: dict[str, object]) -> None:
    written = lock_to_text(replace(PLAIN, inputs=inputs))
    read = lock_from_text(written, WHERE)
    assert read.inputs == inputs
    assert lock_to_text(read) == written


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
def test_no_text_brings_a_traceback(text: str) -> None:
    with pytest.raises(LockUnreadable):
        lock_from_text(text, WHERE)


@given(st.integers(0, len(TEXT) - 1))
def test_a_lock_cut_anywhere_never_passes_for_a_whole_one(length: int) -> None:
    """Only a cut between two pairs of metadata shows nothing; that costs a relabelling at most."""
    half = TEXT[:length]
    if half.endswith(('"2.0"\n', '"2024-12-25"\n')):
        return
    with pytest.raises(LockUnreadable):
        lock_from_text(half, WHERE)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        pytest.param("", 1, "it is empty", id="an empty file"),
        pytest.param(HEADER, 1, "it is empty", id="nothing but the header"),
        pytest.param(TEXT[:-3], 38, "its last line is cut off", id="cut off in a line"),
        pytest.param(
            TEXT.partition("cost_usd")[0], None, "cost_usd: field required", id="cut in half"
        ),
        pytest.param("\0" * 512, 1, "it has NUL bytes", id="NULs after a power cut"),
        pytest.param(TEXT + "\0\n", 39, "it has NUL bytes", id="NULs at the end"),
        pytest.param("\ufeff" + TEXT, 1, "byte order mark", id="a byte order mark"),
        pytest.param(TEXT.replace("\n", "\r\n"), 1, "CR LF", id="converted line ends"),
        pytest.param(
            TEXT.replace("job: ftjob-1\n", "<<<<<<< HEAD\njob: a\n=======\njob: b\n>>>>>>> x\n"),
            7,
            "merge conflict",
            id="a merge conflict",
        ),
        pytest.param(TEXT + "job: ftjob-2\n", 39, "the key 'job' stands here twice", id="twice"),
        pytest.param(
            TEXT.replace("  batch_size: 4\n", "  n_epochs: 9\n"), 27, "twice", id="twice, deeper"
        ),
        pytest.param("- a list\n", 1, "no mapping", id="a list"),
        pytest.param("just words\n", 1, "no mapping", id="words"),
        pytest.param(TEXT + "---\nspec: other\n", 39, "second document", id="two documents"),
        pytest.param(TEXT.replace("job: ", "job: &a "), 7, "anchors", id="an anchor"),
        pytest.param("a: *b\n", 1, "anchors", id="an alias"),
        pytest.param(TEXT.replace("job: ", "job: !!python/name:os.system "), 7, "tags", id="a tag"),
        pytest.param(TEXT.replace("job: ", "job:\t[ "), 8, "did not find", id="broken YAML"),
        pytest.param(TEXT.replace("job: ", "job: \x07"), 7, "characters", id="a control code"),
        pytest.param("1: one\n", 1, "a key is no text", id="a key that is a number"),
        pytest.param(f"a: {'[' * 99}{']' * 99}\n", 1, "too deep", id="nested deep"),
        pytest.param(
            f"a: {'[' * 200_000}\n", 1, "too deep", id="nested deeper than a stack can be"
        ),
        pytest.param(
            TEXT.replace("trained_tokens: 123456", "trained_tokens: many"),
            31,
            "trained_tokens: input should be a valid integer",
            id="a wrong type",
        ),
        pytest.param(
            TEXT.replace('version: "2.0"', "version: 2.0"), 36, "metadata.version", id="a number"
        ),
        pytest.param(
            TEXT.replace("10:00:00Z", "10 o'clock"), 33, "created_at", id="no moment in time"
        ),
        pytest.param(TEXT.replace("f" * 64, "f" * 63), 5, "fingerprint", id="a short fingerprint"),
        pytest.param(TEXT + "colour: red\n", 39, "colour: extra", id="an unknown key"),
        pytest.param(TEXT.replace("schema: 1", "schema: 0"), 2, "schema", id="a schema of none"),
        pytest.param(TEXT.replace("schema: 1", "schema: true"), 2, "schema", id="a true schema"),
        pytest.param(TEXT.replace("schema: 1", "schema: 1.0"), 2, "schema", id="a real schema"),
        pytest.param(TEXT.replace("schema: 1", 'schema: "1"'), 2, "schema", id="a worded schema"),
        pytest.param(TEXT.replace("schema: 1\n", ""), None, "schema", id="no schema"),
    ],
)
def test_damage_is_told_with_its_line(text: str, line: int | None, message: str) -> None:
    with pytest.raises(LockUnreadable) as caught:
        lock_from_text(text, WHERE)
    place = WHERE if line is None else f"{WHERE}:{line}"
    assert caught.value.message.startswith(f"{place}: this lock is damaged: ")
    assert message in caught.value.message
    assert f"git checkout -- {WHERE}" in (caught.value.hint or "")


def test_a_rehearsals_lock_has_no_other_copy_to_restore() -> None:
    with pytest.raises(LockUnreadable) as caught:
        lock_from_text("", ".ftops/targets/local/triage.lock")
    assert (caught.value.hint or "").startswith("delete it: ")


def test_a_lock_of_a_newer_ftops_is_not_guessed_at() -> None:
    text = TEXT.replace("schema: 1", "schema: 2") + "colour: red\n"
    with pytest.raises(LockTooNew, match=r"specs/triage\.lock: a newer ftops") as caught:
        lock_from_text(text, WHERE)
    assert "upgrade" in (caught.value.hint or "")


def test_the_lock_of_a_real_job_round_trips() -> None:
    assert lock_from_text(lock_to_text(lock()), WHERE) == lock()
