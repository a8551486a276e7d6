"""Quality as people see it in a terminal and in a comment."""

from dataclasses import replace

import pytest

from ftops.dataset.quality.figures import Bar, Share, Spread
from ftops.render.markdown import problems_markdown
from ftops.render.quality_words import sampling_notes, shares_words
from ftops.render.terminal import quality_view, report_view
from tests.render.paper import printed
from tests.render.quality_samples import ASSESSED, FIGURES, FINE, QUALITY, REPORT, SAMPLED

TABLE = """
quality  rows   repeats  near  conflicts  leaks  tokens a row
triage   60     2        1     1          3      ~12 to 90, median 24
tone     9,000  2        1     1          -      ~12 to 90, median 24
figures are of a sample of 60 of 9,000 rows, the same every time
left out as not legal: 1 row"""

FULL = """\
datasets/triage.jsonl
rows               60
repeats            2 equal, 1 nearly equal
conflicts          1 prompt with several answers
tokens a row       ~12 to 90, median 24
tokens an answer   ~4 to 60, median 11
turns a row        1
said by assistant  ~700 tokens in 60 messages
said by user       ~600 tokens in 60 messages
said by system     ~200 tokens in 58 messages
system prompts     1 wording, 2 rows without
languages          English 40, German 2
refusals           1 answer
boilerplate        is there anything else? 30
lengths            10 ▃█ 20+ tokens

personal data and secrets: nothing
Not checked: names of people, postal addresses and other free text, pictures, whether answers are
right, whether rows suit their purpose.

No findings."""

MARKDOWN = """\
<!-- ftops problems -->
### ftops validate

No findings.

| quality | rows | repeats | near | conflicts | leaks | tokens a row |
| --- | --- | --- | --- | --- | --- | --- |
| `triage` | 60 | 2 | 1 | 1 | 3 | ~12 to 90, median 24 |
| `tone` | 9,000 | 2 | 1 | 1 | - | ~12 to 90, median 24 |

- figures are of a sample of 60 of 9,000 rows, the same every time
- left out as not legal: 1 row"""


def test_a_line_for_each_spec() -> None:
    assert printed(quality_view(ASSESSED)) == TABLE


def test_one_dataset_in_full() -> None:
    assert printed(report_view(FINE)) == FULL


def test_both_sides_the_leaks_and_the_findings() -> None:
    shown = printed(report_view(REPORT))
    assert "\n\ndatasets/triage.valid.jsonl\nrows               10\n" in shown
    assert "of 10 validation rows compared: 1 with a prompt of training, 2 nearly" in shown
    assert "datasets/triage.jsonl:9: 2 repeats of other rows" in shown
    assert "personal data and secrets: 2 email" in shown
    assert "No findings" not in shown


def test_exact_counts_are_not_marked() -> None:
    exact = replace(FINE.quality.training, tokens_exact=True)
    shown = printed(report_view(replace(FINE, quality=replace(FINE.quality, training=exact))))
    assert "~" not in shown


def test_the_last_bar_ends_with_its_last_number() -> None:
    figures = replace(
        FIGURES, histogram=(Bar(start=49, end=50, rows=2), Bar(start=50, end=51, rows=9))
    )
    shown = printed(report_view(replace(FINE, quality=replace(SAMPLED, training=figures))))
    assert "lengths            49 ▂█ 50 tokens" in shown


def test_a_comment_on_a_pull_request() -> None:
    assert problems_markdown([], ASSESSED) == MARKDOWN
    assert "quality" not in problems_markdown([])
    assert "sample" not in problems_markdown([], dict.fromkeys(ASSESSED, QUALITY))


def test_an_empty_dataset_has_no_lengths_to_draw() -> None:
    figures = replace(FIGURES, histogram=(), languages=(), system_prompts=(), labels=())
    empty = replace(FINE, quality=replace(SAMPLED, training=figures))
    shown = printed(report_view(empty))
    assert "lengths" not in shown
    assert "too little text to tell" in shown
    assert "system prompts     none" in shown


def test_rows_without_answers_have_no_figure_for_them() -> None:
    none = replace(
        FIGURES, answer_tokens=Spread(least=0, quarter=0, median=0, three_quarters=0, most=0)
    )
    shown = printed(report_view(replace(FINE, quality=replace(SAMPLED, training=none))))
    assert "tokens an answer" not in shown


def test_labels_are_told() -> None:
    figures = replace(FIGURES, labels=(Share(name="refund", rows=40), Share(name="other", rows=20)))
    shown = printed(report_view(replace(FINE, quality=replace(SAMPLED, training=figures))))
    assert "labels             refund 40, other 20" in shown


@pytest.mark.parametrize(
    ("count", "told"),
    [
        pytest.param(1, "0 9", id="one"),
        pytest.param(7, "0 9, 1 9, 2 9, 3 9, 4 9, 2 more", id="many"),
    ],
)
def test_shares_are_told_up_to_a_number(count: int, told: str) -> None:
    assert shares_words([Share(name=str(number), rows=9) for number in range(count)]) == told


def test_figures_of_all_rows_need_no_note() -> None:
    assert list(sampling_notes(QUALITY)) == []
