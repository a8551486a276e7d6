from dataclasses import replace
from typing import get_args

import pytest

from ftops.core.names import TargetName
from ftops.core.outcome import Outcome, Settled
from ftops.core.progress import JobEvent
from ftops.core.status import Standing
from ftops.errors import Problem
from ftops.render.figures import outcomes_sentence
from ftops.render.standing_words import progress_words
from ftops.render.terminal import (
    doctor_view,
    history_view,
    jobs_log_line,
    outcomes_view,
    problems_view,
    status_view,
)
from tests.fakes.specs import desired, lock
from tests.render.paper import printed
from tests.render.samples import (
    AWAIT,
    CHAPTERS,
    CHECKS,
    OPENAI,
    OUTCOMES,
    PROBLEM,
    STANDINGS,
    TRAIN,
    event,
    step,
)

ALL_OUTCOMES = """\
   spec    outcome      model or message
✓  docs    settled      ft:gpt-4.1-mini-2025-04-14:acme::AbC123
✓  triage  settled      ft:gpt-4.1-mini-2025-04-14:acme::AbC123
✓  found   settled      ft:gpt-4.1-mini-2025-04-14:acme::AbC123
✓  former  settled      lock removed; the model ft:gpt-4.1-mini-2025-04-14:acme::AbC123 stays
…  slow    started      job ftjob-1 goes on at the provider
?  maybe   unconfirmed  no clear answer
    hint: run `ftops apply` again
✗  bot     failed       refused: quota
    hint: add credits
!  late    skipped      held: job ftjob-1 ended as failed

Done: 1 trained (15,000 tokens, $0.07), 1 recorded, 1 forgotten, 1 unchanged, 1 still running, 1
unconfirmed, 1 failed, 1 skipped."""

STATUS = """\
target openai (declared) · https://api.openai.com/v1

spec    target  sync         health       progress                      why
docs    openai  in-sync      ready
    model ft:gpt-4.1-mini-2025-04-14:acme::AbC123
    billed tokens 15,150 (estimate 15,000, +1%), cost $0.07 (as estimated)
triage  openai  out-of-sync  missing                                    its inputs changed
bot     openai  out-of-sync  missing                                    new spec
found   openai  out-of-sync  ready                                      its model exists, only the
                                                                        lock is missing
    model ft:gpt-4.1-mini-2025-04-14:acme::AbC123
tone    openai  out-of-sync  ready                                      only its metadata changed
slow    openai  out-of-sync  progressing  26% (12/45), ends ~12:30 UTC  its job is still running
maybe   openai  unknown      progressing                                an earlier creation was
                                                                        never answered
late    openai  out-of-sync  stalled                                    its job failed or was
                                                                        cancelled
gone    openai  out-of-sync  stalled                                    its model is gone from the
                                                                        provider
former  openai  out-of-sync  ready                                      no spec declares it any more

1 in-sync, 8 out-of-sync, 1 unknown; 4 ready, 2 progressing, 2 stalled, 2 missing."""

READY = """\
target openai (declared) · https://api.openai.com/v1

spec  target  sync     health  why
docs  openai  in-sync  ready
    model ft:gpt-4.1-mini-2025-04-14:acme::AbC123
    billed tokens 15,150 (estimate 15,000, +1%), cost $0.07 (as estimated)

1 in-sync; 1 ready."""

PROBLEMS = """\
datasets/a.jsonl:7: no messages

specs/triage.yaml:2:1: twice
    name: a
    ^
specs/triage.yaml:4:3: unknown key `n_epoch` [FT022]
      n_epoch: 3
      ^
  hint: did you mean `n_epochs`?

3 findings in 2 files."""

HISTORY = """\
committed (UTC)      commit     author  subject
2026-11-22 12:00:00  012345678  Ada     Drop the bot
    no lock here: removed, or not readable
2026-11-21 12:00:00  fedcba987  Grace   Train the bot
    ft:gpt-4.1-mini-2025-04-14:acme::AbC123, 15,000 trained tokens, $0.07

1 model."""

DOCTOR = """\
   check   result       detail
✓  key     ok           OPENAI_API_KEY is set
✗  target  failed       no answer
    hint: check OPENAI_BASE_URL
?  clock   not checked  no target to compare with

1 of 3 checks failed, 1 could not be made."""


TIMED = replace(
    TRAIN,
    desired=replace(
        TRAIN.desired, estimate=replace(TRAIN.desired.estimate, usd=None, usd_per_hour=100)
    ),
)


def test_the_samples_hold_every_kind_of_outcome() -> None:
    assert {type(outcome) for outcome in OUTCOMES} == set(get_args(Outcome))


def test_outcomes_of_every_kind() -> None:
    assert printed(outcomes_view(OUTCOMES)) == ALL_OUTCOMES


@pytest.mark.parametrize(
    ("outcomes", "sentence"),
    [
        pytest.param((), "Done: nothing.", id="nothing"),
        pytest.param(OUTCOMES[:1], "Done: 1 unchanged.", id="kept"),
        pytest.param(
            [Settled(change=TRAIN, lock=lock(TRAIN.desired, cost_usd=None, trained_tokens=None))],
            "Done: 1 trained (0 tokens, no price known).",
            id="a provider that tells no tokens",
        ),
        pytest.param(
            [OUTCOMES[1], Settled(change=TRAIN, lock=lock(TRAIN.desired, cost_usd=None))],
            "Done: 2 trained (30,000 tokens, $0.07, 1 without a price).",
            id="one price of two",
        ),
        pytest.param(
            [OUTCOMES[1], Settled(change=TIMED, lock=lock(TIMED.desired, cost_usd=None))],
            "Done: 2 trained (30,000 tokens, $0.07, 1 billed by training time).",
            id="one by its time",
        ),
    ],
)
def test_outcomes_in_one_sentence(outcomes: list[Outcome], sentence: str) -> None:
    assert outcomes_sentence(outcomes) == sentence


def test_status_of_everything() -> None:
    assert printed(status_view(STANDINGS, [OPENAI])) == STATUS


def test_status_without_running_jobs_needs_no_progress() -> None:
    assert printed(status_view(STANDINGS[:1], [OPENAI])) == READY


def test_status_of_nothing() -> None:
    assert printed(status_view([], [])).endswith("No specs.")


@pytest.mark.parametrize(
    ("latest", "ends", "words"),
    [
        pytest.param(None, False, "running", id="nothing measured"),
        pytest.param(event("job started"), False, "running", id="no step"),
        pytest.param(step(12), True, "26% (12/45), ends ~12:30 UTC", id="a share and an end"),
        pytest.param(step(12, None), False, "step 12", id="no known end"),
        pytest.param(event("Step 9/10: training loss=1"), False, "90% (9/10)", id="by message"),
        pytest.param(event("Step 1/0: broken"), False, "step 1", id="no division by zero"),
        pytest.param(step(50), False, "100% (50/45)", id="never above a hundred"),
        pytest.param(event(step=float("nan")), False, "26% (12/45)", id="no number at all"),
        pytest.param(event("x", step=10**400), False, "running", id="too large a number"),
        pytest.param(event("x", step=True), False, "running", id="true is no number"),
    ],
)
def test_progress_in_words(latest: JobEvent | None, ends: bool, words: str) -> None:  # noqa: FBT001 - a column of the table
    status = next(one.status for one in STANDINGS if one.status.spec == AWAIT.desired.name)
    assert status.job is not None
    if not ends:
        status = replace(status, job=replace(status.job, estimated_finish=None))
    standing = Standing(status=status, target=TargetName("openai"), latest=latest)
    assert progress_words(standing) == words


def test_findings_are_grouped_by_file() -> None:
    found = [
        PROBLEM,
        Problem(message="no messages", path="datasets/a.jsonl", line=7),
        Problem(message="twice", path=PROBLEM.path, line=2, column=1, excerpt="name: a\n^"),
    ]
    assert printed(problems_view(found)) == PROBLEMS


def test_a_finding_without_a_file() -> None:
    assert printed(problems_view([Problem(message="odd")])) == "odd\n\n1 finding."


def test_the_caret_stands_under_wide_characters() -> None:
    wide = replace(PROBLEM, excerpt="日本: x", column=3, hint=None)
    assert printed(problems_view([wide])).splitlines()[1:3] == ["    日本: x", "        ^"]


@pytest.mark.parametrize(
    ("excerpt", "column"),
    [
        pytest.param("x" * 500, 400, id="a caret beyond the cut"),
        pytest.param("x", None, id="no column"),
        pytest.param("x", 0, id="an impossible column"),
    ],
)
def test_an_excerpt_without_a_caret(excerpt: str, column: int | None) -> None:
    shown = printed(problems_view([replace(PROBLEM, excerpt=excerpt, column=column)]))
    assert "^" not in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_many_findings_of_one_code_are_told_by_their_lines() -> None:
    found = [replace(PROBLEM, line=line, excerpt=None, hint=None) for line in range(1, 63)]
    shown = printed(problems_view(found, more="ask for all"))
    assert shown.count("unknown key") == 3
    assert "\n  +59 more [FT022] in lines 4, 5, 6, 7, 8, 9, 10, 11, …\n" in shown
    assert shown.endswith("62 findings in 1 file.\nhint: ask for all")
    every = printed(problems_view(found, every=True, more="ask for all"))
    assert every.count("unknown key") == 62
    assert "more" not in every
    assert "ask" not in every


def test_others_in_one_line_or_in_none() -> None:
    alike = [replace(PROBLEM, line=9, excerpt=None)] * 5
    assert "+2 more [FT022] in line 9\n" in printed(problems_view(alike))
    nowhere = [replace(one, line=None) for one in alike]
    assert "+2 more [FT022]\n" in printed(problems_view(nowhere))


def test_many_different_findings_are_counted() -> None:
    found = [replace(PROBLEM, code=f"X{number}", excerpt=None) for number in range(62)]
    found += [replace(PROBLEM, path="z.yaml", code="X", excerpt=None)]
    shown = printed(problems_view(found))
    assert shown.count("unknown key") == 50
    assert "+13 more\n" in shown
    assert "z.yaml" not in shown
    assert "63 findings in 2 files." in shown


def test_findings_without_a_code_are_never_alike() -> None:
    found = [replace(PROBLEM, code=None, line=line) for line in range(1, 8)]
    assert printed(problems_view(found)).count("unknown key") == 7


def test_warnings_say_so_and_are_counted_beside_errors() -> None:
    unwise = replace(PROBLEM, code="X", is_warning=True)
    shown = printed(problems_view([PROBLEM, unwise]))
    assert shown.startswith(f"warning: {unwise.place}: unknown key")
    assert f"\n\nerror: {PROBLEM.place}: unknown key" in shown
    assert shown.endswith("2 findings in 1 file: 1 error, 1 warning.")
    assert printed(problems_view([unwise])).endswith("1 finding in 1 file.")


def test_no_number_of_warnings_hides_an_error() -> None:
    unwise = [replace(PROBLEM, path=f"a/{n}", code="X", is_warning=True) for n in range(99)]
    shown = printed(problems_view([*unwise, replace(PROBLEM, path="z", message="it is wrong")]))
    assert shown.count("warning: ") == 49
    assert "\n\nerror: z:4:3: it is wrong" in shown
    assert "+50 more" in shown


def test_history() -> None:
    assert printed(history_view(CHAPTERS)) == HISTORY


def test_history_of_a_model_nobody_priced() -> None:
    free = lock(desired("bot"), trained_tokens=None, cost_usd=None)
    shown = printed(history_view([replace(CHAPTERS[1], lock=free)]))
    assert "    ft:gpt-4.1-mini-2025-04-14:acme::AbC123\n" in shown


def test_a_checkup() -> None:
    assert printed(doctor_view(CHECKS)) == DOCTOR


def test_a_checkup_without_a_failure() -> None:
    assert printed(doctor_view(CHECKS[:1])).endswith("No check failed.")


def test_a_log_line() -> None:
    assert (
        jobs_log_line(event("Step 12/45: training loss=1.23"))
        == "2026-11-22 12:00:05  info  Step 12/45: training loss=1.23"
    )


def test_a_log_line_is_one_line() -> None:
    assert "\n" not in jobs_log_line(event("a\nb"))
