from dataclasses import replace
from typing import get_args

import pytest

from ftops.core.lock import Lock
from ftops.core.names import Fingerprint
from ftops.core.observed import JobStatus
from ftops.core.plan import Change, Hold, Plan, Reason
from ftops.render.explain import details_of, model_of
from ftops.render.figures import plan_sentence
from ftops.render.terminal import plan_view, valid_view
from tests.fakes.specs import desired, job, lock, pins
from tests.render.paper import printed
from tests.render.samples import (
    AWAIT,
    CHANGES,
    HOLD,
    KEEP,
    LOCAL,
    MANY,
    OPENAI,
    PLAN,
    PROBLEM,
    RECORD,
    TRAIN,
    TRAIN_NEW,
)

WHOLE = """\
target openai (declared) · https://api.openai.com/v1

   spec    change   why
=  docs    keep     in sync
+  triage  train    its inputs changed
    5,000 tokens × 4 epochs = 20,000 trained tokens, $0.10
    dataset.train: da92… → 0f91…
    n_epochs: 3 → 4
+  bot     train    new spec
    5,000 tokens × 3 epochs (auto) ≈ 15,000 trained tokens, ~$0.07
~  found   record   its model exists, only the lock is missing
    model ft:gpt-4.1-mini-2025-04-14:acme::AbC123 of job ftjob-1
~  tone    relabel  only its metadata changed
    metadata.version: 1.0 → 2.0
…  slow    await    its job is still running
    job ftjob-1: running, ends about 12:30 UTC
?  maybe   confirm  an earlier creation was never answered
    begun 2026-11-22 11:59:00 UTC; apply looks for it first
!  late    hold     its job failed or was cancelled
    job ftjob-1 ended as failed: line 7 is not JSON (invalid_training_file)
    hint: see `ftops logs late`; train it again with `ftops apply --retry late`
!  gone    hold     its model is gone from the provider
    model ft:gpt-4.1-mini-2025-04-14:acme::AbC123
    hint: see `ftops logs gone`; train it again with `ftops apply --retry gone`
-  former  forget   no spec declares it any more
    the lock goes; the model ft:gpt-4.1-mini-2025-04-14:acme::AbC123 stays on openai

note: the base stops answering on 2027-01-14
warning: specs/triage.yaml:4:3: unknown key `n_epoch` [FT022]
      n_epoch: 3
      ^
  hint: did you mean `n_epochs`?

Estimated: auto epochs by OpenAI's cookbook; prices of 2026-11-22 where ftops.yaml has none.
Plan: 2 to train (~35,000 trained tokens, ~$0.17), 1 to wait for, 1 to look for, 1 to record, 1 to
relabel, 1 to forget, 2 held, 1 unchanged.
digest d56b6a743c6fd7ac9cdb8daf097d386af63d71b795310004a020c9b7b3547700"""  # noqa: RUF001 - the times sign is meant

SETTLED = """\
target openai (declared) · https://api.openai.com/v1
target local (--target) · http://127.0.0.1:5001/v1

   spec  target  change  why
=  docs  openai  keep    in sync

Nothing to do: 1 spec in sync.
digest 561f081f2bb333ebd4e9d74d5592279d0e2ddc4af266d0e3d450a6cd94ac633c"""

NARROW = """\
…  slow  await   its job is still
                 running
    job ftjob-1: running, ends
    about 12:30 UTC"""

VALID = """\
   spec    data
✓  triage  50 examples
    5,000 tokens × 4 epochs = 20,000 trained tokens, $0.10
✓  bot     50 examples, 10 for validation
    5,000 tokens × 3 epochs (auto) ≈ 15,000 trained tokens, ~$0.07

Estimated: auto epochs by OpenAI's cookbook; prices of 2026-11-22 where ftops.yaml has none.
2 specs valid: ~35,000 trained tokens, ~$0.17."""  # noqa: RUF001 - the times sign is meant


def test_the_samples_hold_every_kind_of_change() -> None:
    assert {type(change) for change in CHANGES} == set(get_args(Change))


def test_a_plan_of_everything() -> None:
    assert printed(plan_view(PLAN, [OPENAI], [PROBLEM])) == WHOLE


def test_a_settled_plan_over_two_targets() -> None:
    assert printed(plan_view(Plan(changes=(KEEP,)), [OPENAI, LOCAL], [])) == SETTLED


def test_a_plan_without_specs_has_no_table() -> None:
    shown = printed(plan_view(Plan(changes=()), [OPENAI], []))
    assert "change" not in shown
    assert "Nothing to do: 0 specs in sync." in shown


def test_a_narrow_terminal_wraps_within_the_last_column() -> None:
    assert NARROW in printed(plan_view(Plan(changes=(AWAIT,)), [], []), width=34)


def test_the_narrowest_terminal_loses_no_word() -> None:
    shown = printed(plan_view(Plan(changes=(AWAIT,)), [OPENAI], []), width=12)
    assert "".join("itsjobisstillrunning") in shown.replace("\n", "").replace(" ", "")


def test_many_warnings_are_counted() -> None:
    warnings = [replace(PROBLEM, line=line, excerpt=None, hint=None) for line in range(1, 14)]
    shown = printed(plan_view(Plan(changes=(KEEP,)), [], warnings))
    assert shown.count("warning: ") == 10
    assert "+3 more warnings: `ftops validate` shows them" in shown


def test_many_warnings_of_one_code_hide_no_other() -> None:
    many = [replace(PROBLEM, line=line, excerpt=None, hint=None) for line in range(1, 14)]
    other = replace(PROBLEM, line=99, code="FT003", message="a mark", excerpt=None, hint=None)
    shown = printed(plan_view(Plan(changes=(KEEP,)), [], [*many, other]))
    assert shown.count("warning: ") == 10
    assert shown.index(":9:") < shown.index("a mark")
    assert "+4 more warnings: `ftops validate` shows them" in shown


def test_valid_specs_with_their_tokens() -> None:
    bot = replace(TRAIN_NEW.desired, pins=pins("bot", "held out"))
    assert printed(valid_view([TRAIN.desired, bot])) == VALID


def test_valid_specs_without_tokens() -> None:
    shown = printed(valid_view([TRAIN.desired], with_tokens=False))
    assert "tokens" not in shown
    assert "1 spec valid." in shown


FREE = replace(
    TRAIN, desired=replace(TRAIN.desired, estimate=replace(TRAIN.desired.estimate, usd=0))
)
TIMED = replace(
    TRAIN_NEW,
    desired=replace(
        TRAIN_NEW.desired, estimate=replace(TRAIN_NEW.desired.estimate, usd=None, usd_per_hour=100)
    ),
)
UNPRICED = replace(TRAIN, desired=desired("other", model="llama-9"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param(
            (TRAIN,), "Plan: 1 to train (20,000 trained tokens, $0.10).", id="an exact price"
        ),
        pytest.param(
            (TRAIN_NEW,),
            "Plan: 1 to train (~15,000 trained tokens, ~$0.07).",
            id="an estimated price",
        ),
        pytest.param(
            (FREE, KEEP), "Plan: 1 to train (20,000 trained tokens, $0.00), 1 unchanged.", id="free"
        ),
        pytest.param(
            (UNPRICED,), "Plan: 1 to train (~15,000 trained tokens, no price known).", id="no price"
        ),
        pytest.param(
            (TRAIN, UNPRICED),
            "Plan: 2 to train (~35,000 trained tokens, ~$0.10, 1 without a price).",
            id="one price",
        ),
        pytest.param(
            (TIMED, TIMED),
            "Plan: 2 to train (~30,000 trained tokens, billed by training time).",
            id="all by their time",
        ),
        pytest.param(
            (TRAIN, TIMED, UNPRICED),
            "Plan: 3 to train (~50,000 trained tokens, ~$0.10, 1 billed by training time, "
            "1 without a price).",
            id="one of each",
        ),
        pytest.param((HOLD, KEEP), "Plan: 1 held, 1 unchanged.", id="only held"),
        pytest.param((KEEP, KEEP), "Nothing to do: 2 specs in sync.", id="nothing"),
    ],
)
def test_a_plan_in_one_sentence(changes: tuple[Change, ...], sentence: str) -> None:
    assert plan_sentence(Plan(changes=changes)) == sentence


OTHER = lock(desired("late"), fingerprint=Fingerprint("0" * 64))


@pytest.mark.parametrize(
    ("with_lock", "with_job", "known"),
    [
        pytest.param(lock(desired("late")), False, True, id="the lock's own model"),
        pytest.param(OTHER, False, False, id="an older training's model is another matter"),
        pytest.param(None, True, True, id="the job's model"),
        pytest.param(None, False, False, id="none at all"),
    ],
)
def test_the_model_of_a_held_spec(with_lock: Lock | None, with_job: bool, known: bool) -> None:  # noqa: FBT001 - columns of the table
    held = Hold(
        desired=desired("late"),
        reason=Reason.MODEL_MISSING,
        job=job(desired("late")) if with_job else None,
        lock=with_lock,
    )
    assert (model_of(held) is not None) is known


def test_a_running_job_without_an_estimate_names_no_end() -> None:
    waiting = replace(AWAIT, job=replace(AWAIT.job, estimated_finish=None))
    assert details_of(waiting) == ("job ftjob-1: running",)


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        pytest.param(
            (*MANY, RECORD),
            """\
   spec   change  why
~  found  record  its model exists, only the lock is missing
    model ft:gpt-4.1-mini-2025-04-14:acme::AbC123 of job ftjob-1
21 unchanged specs not listed: `ftops plan -o json` has every one

Plan: 1 to record, 21 unchanged.""",
            id="what changes is not lost among them",
        ),
        pytest.param(
            MANY,
            """\
21 unchanged specs not listed: `ftops plan -o json` has every one

Nothing to do: 21 specs in sync.""",
            id="nothing else is there",
        ),
        pytest.param(
            (*MANY, replace(KEEP, rivals=(job(status=JobStatus.RUNNING),))),
            """\
   spec  change  why
=  docs  keep    in sync
21 unchanged specs not listed: `ftops plan -o json` has every one

Plan: 22 unchanged.""",
            id="one that is made twice is listed",
        ),
    ],
)
def test_many_unchanged_specs_are_counted(changes: tuple[Change, ...], lines: str) -> None:
    told = printed(plan_view(Plan(changes=changes), (OPENAI,), ()))
    assert lines in told


def test_as_many_as_fit_on_a_screen_are_listed() -> None:
    told = printed(plan_view(Plan(changes=MANY[1:]), (OPENAI,), ()))
    assert all(one.desired.name in told for one in MANY[1:])
