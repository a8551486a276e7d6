"""Changed data in words, in a terminal and in a comment."""

from dataclasses import replace

import pytest

from ftops.core.against_lock import AgainstLock
from ftops.dataset.changes.data_change import DataChange, Edit, RowChanges, RowTold, SideChange
from ftops.render.change_words import bill_words, change_lines, row_words
from ftops.render.markdown import plan_markdown
from ftops.render.terminal import plan_view
from tests.render.paper import printed
from tests.render.samples import CHANGED, OPENAI, PLAN, TRAIN

ROWS = RowChanges(before=3, after=3, added=(), removed=(), edited=(), is_reordered=False)

SHOWN = """\
+  triage  train    its inputs changed
    5,000 tokens × 4 epochs = 20,000 trained tokens, $0.10
    dataset.train: da92… → 0f91…
    n_epochs: 3 → 4
    train: 48 rows → 50: 2 added, 1 edited, 47 same
    validation: the old rows are not to be had
    against the locked run: 15,000 → 20,000 trained tokens (+5,000), $0.07 → $0.10 (+$0.03)
    ~ datasets/triage.train.jsonl:7 messages[1].content: Lost. → On its way.
    + datasets/triage.train.jsonl:49 Do you open on Sundays? → No.
    +1 more row: `ftops plan --diff -o json` tells more
+  bot"""  # noqa: RUF001 - the times sign is meant


def test_a_terminal_shows_figures_then_rows() -> None:
    assert SHOWN in printed(plan_view(PLAN, [OPENAI], [], CHANGED))


def test_a_comment_folds_the_rows_away() -> None:
    told = plan_markdown(PLAN, [OPENAI], [], CHANGED)
    assert "  - train: 48 rows → 50: 2 added, 1 edited, 47 same\n" in told
    assert "<summary>Rows of `triage`: train</summary>" in told
    assert "\n- +1 more\n" in told


def test_rows_of_other_people_are_shown_and_do_nothing() -> None:
    hostile = "\x1b[31m<script>@everyone [a](http://x.test) | `rm`\N{RIGHT-TO-LEFT OVERRIDE}"
    told = RowTold(what="added", file=hostile, line=1, gist=hostile)
    side = SideChange(side="train", rows=replace(ROWS, added=(0,)), told=(told,))
    changes = {TRAIN.desired.name: DataChange(sides=(side,))}
    for text in (
        printed(plan_view(PLAN, [OPENAI], [], changes)),
        plan_markdown(PLAN, [OPENAI], [], changes),
    ):
        assert "\x1b" not in text
        assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in text
    assert "<script>" not in plan_markdown(PLAN, [OPENAI], [], changes)
    assert "@everyone" not in plan_markdown(PLAN, [OPENAI], [], changes)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(ROWS, "train: the same 3 rows, written otherwise", id="other spaces"),
        pytest.param(
            replace(ROWS, is_reordered=True), "train: the same 3 rows, in another order", id="order"
        ),
        pytest.param(
            replace(ROWS, removed=(0,), after=2, is_reordered=True),
            "train: 3 rows → 2: 1 removed, 2 same, others moved",
            id="fewer, and moved",
        ),
    ],
)
def test_a_side_in_a_line(rows: RowChanges, expected: str) -> None:
    assert list(change_lines(DataChange(sides=(SideChange(side="train", rows=rows),)))) == [
        expected
    ]


def against(
    old: int | None, usd: tuple[float | None, float | None], *, exact: bool = True
) -> AgainstLock:
    return AgainstLock(
        old_tokens=old, new_tokens=900, old_usd=usd[0], new_usd=usd[1], is_exact=exact
    )


STOOD_IN = replace(against(None, (0.0, 0.0)), stand_in="ftops-nano")


@pytest.mark.parametrize(
    ("bill", "expected"),
    [
        pytest.param(STOOD_IN, "ftops-nano stood in, which counts other tokens", id="a rehearsal"),
        pytest.param(against(None, (None, None)), "it told no trained tokens", id="unknown"),
        pytest.param(
            against(1000, (None, 2.0)), "1,000 → 900 trained tokens (-100)", id="no price"
        ),
        pytest.param(against(1000, (0.0, 0.0)), "1,000 → 900 trained tokens (-100)", id="free"),
        pytest.param(
            against(1000, (5.0, 4.5), exact=False),
            "1,000 → ~900 trained tokens (-100), $5.00 → ~$4.50 (-$0.50)",
            id="cheaper, about",
        ),
        pytest.param(
            against(1000, (0.004, 0.003)),
            "1,000 → 900 trained tokens (-100), less than a cent each",
            id="less than a cent",
        ),
        pytest.param(
            against(1000, (0.184, 0.207), exact=False),
            "1,000 → ~900 trained tokens (-100), $0.18 → ~$0.21 (+$0.03)",
            id="the difference is of the cents shown",
        ),
        pytest.param(
            against(1000, (0.211, 0.209)),
            "1,000 → 900 trained tokens (-100), $0.21 → $0.21 (the same)",
            id="the same cents",
        ),
        pytest.param(
            against(1000, (0.004, 0.05)),
            "1,000 → 900 trained tokens (-100), <$0.01 → $0.05 (+$0.05)",
            id="from less than a cent",
        ),
    ],
)
def test_the_bill_in_a_line(bill: AgainstLock, expected: str) -> None:
    assert bill_words(bill) == f"against the locked run: {expected}"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(
            RowTold(what="removed", old_row=7),
            "old row 7: its text is not to be had",
            id="a removed row without its text",
        ),
        pytest.param(
            RowTold(what="edited", file="a", line=2, gist="x", edits=()),
            "a:2 only a value that is hidden differs",
            id="only a private value",
        ),
        pytest.param(
            RowTold(
                what="edited",
                file="a",
                line=2,
                gist="x",
                edits=(
                    Edit(path="tools", old=None, new="[1]"),
                    Edit(path="messages[2]", old="{}", new=None),
                ),
            ),
            "a:2 tools: + [1]; messages[2]: - {}",
            id="what came and what went",
        ),
    ],
)
def test_a_row_in_a_line(told: RowTold, expected: str) -> None:
    assert row_words(told) == expected
