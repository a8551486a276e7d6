import re
from dataclasses import replace

import pytest

from ftops.core.names import TargetName
from ftops.core.plan import Plan
from ftops.render.markdown import (
    outcomes_markdown,
    plan_markdown,
    problems_markdown,
    status_markdown,
)
from ftops.render.markdown_text import code, prose
from tests.render.samples import (
    CHANGES,
    KEEP,
    OPENAI,
    OUTCOMES,
    PLAN,
    PROBLEM,
    STANDINGS,
    TRAIN,
)

PLAN_TEXT = """\
<!-- ftops plan -->
### ftops plan

**Plan: 1 to train (20,000 trained tokens, <span>$</span>0.10), 1 unchanged.**

- target `openai` (declared): `https://api.openai.com/v1`

|  | spec | target | change | why |
| --- | --- | --- | --- | --- |
| `+` | `triage` | `openai` | train | its inputs changed |

<details>
<summary>Details</summary>

- `triage`
  - 5,000 tokens × 4 epochs = 20,000 trained tokens, <span>$</span>0.10
  - dataset.train: da92… → 0f91…
  - n\\_epochs: 3 → 4

</details>

<details>
<summary>Unchanged: 1 spec</summary>

`docs`

</details>

- **note:** the base stops answering on 2027-01-14

Estimated: prices of 2026-11-22 where ftops.yaml has none.

**Warnings: 1**

- `specs/triage.yaml:4:3` unknown key `n_epoch` `FT022`<br>hint: did you mean `n_epochs`?

digest `5f668d0c20f120bc78da705c2f322115636a600a5ae4f7f67555a252177719e4`"""  # noqa: RUF001 - the times sign is meant

OUTCOMES_TEXT = """\
<!-- ftops outcomes -->
### ftops apply

**Done: 1 trained (15,000 tokens, <span>$</span>0.07), 1 unchanged, 1 failed.**

|  | spec | outcome | model or message |
| --- | --- | --- | --- |
| ✓ | `triage` | settled | `ft:gpt-4.1-mini-2025-04-14:acme::AbC123` |
| ✗ | `bot` | failed | refused: quota<br>hint: add credits |

<details>
<summary>Unchanged: 1 spec</summary>

`docs`

</details>"""


def test_a_plan() -> None:
    plan = Plan(changes=(KEEP, TRAIN), notes=PLAN.notes)
    assert plan_markdown(plan, [OPENAI], [PROBLEM]) == PLAN_TEXT


def test_a_plan_with_nothing_to_do_has_no_table() -> None:
    shown = plan_markdown(Plan(changes=(KEEP,)), [OPENAI], [])
    assert "| spec |" not in shown
    assert "Nothing to do: 1 spec in sync." in shown


def test_outcomes() -> None:
    shown = outcomes_markdown([OUTCOMES[0], OUTCOMES[1], OUTCOMES[6]])
    assert shown == OUTCOMES_TEXT


def test_outcomes_of_every_kind_are_rows() -> None:
    shown = outcomes_markdown(OUTCOMES)
    assert all(f"`{name}`" in shown for name in ("former", "slow", "maybe", "late"))
    assert "lock removed" in shown
    assert "| spec |" not in outcomes_markdown(OUTCOMES[:1])


def test_status_of_every_kind_of_change() -> None:
    lines = status_markdown(STANDINGS, [OPENAI]).splitlines()
    assert lines[0] == "<!-- ftops status -->"
    assert sum(line.startswith("| `") for line in lines) == len(CHANGES)
    assert "26% (12/45), ends \\~12:30 UTC" in "\n".join(lines)


def test_status_of_nothing() -> None:
    assert status_markdown([], []).endswith("No specs.")


def test_findings() -> None:
    shown = problems_markdown([replace(PROBLEM, code=None, hint=None, path=None)])
    assert shown.endswith("**Findings: 1**\n\n- `4:3` unknown key `n_epoch`")


def test_no_findings() -> None:
    assert problems_markdown([]).endswith("No findings.")


def test_many_findings_are_counted() -> None:
    shown = problems_markdown([replace(PROBLEM, code=None, line=line) for line in range(1, 56)])
    assert shown.count("unknown key") == 50
    assert shown.endswith("- +5 more")


def test_of_findings_alike_a_few_are_shown_and_hide_no_others() -> None:
    alike = [replace(PROBLEM, line=line) for line in range(1, 1_056)]
    last = replace(PROBLEM, line=2_000, code="FT099", message="the one that matters")
    shown = problems_markdown([*alike, last])
    assert shown.count("unknown key") == 3
    assert "- +1,052 more `FT022` in lines 4, 5, 6, 7, 8, 9, 10, 11, …\n" in shown
    assert "the one that matters" in shown


def test_a_finding_without_a_place() -> None:
    nowhere = replace(PROBLEM, path=None, line=None, column=None, code=None, hint=None)
    assert problems_markdown([nowhere]).endswith("- unknown key `n_epoch`")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a|b", "a\\|b", id="a pipe"),
        pytest.param("<b onclick=x>&", "&lt;b onclick=x&gt;&amp;", id="HTML"),
        pytest.param("a\n\n# b", "a  #<!-- --> b", id="line ends and headings"),
        pytest.param("*a* _b_ ~c~", "\\*a\\* \\_b\\_ \\~c\\~", id="emphasis"),
        pytest.param("![x](http://e)", "\\!\\[x\\](http:\\//e)", id="an image"),
        pytest.param("see www.evil.com", "see www\\.evil.com", id="a bare link"),
        pytest.param("@everyone #12", "@<!-- -->everyone #<!-- -->12", id="mentions"),
        pytest.param("$x$", "<span>$</span>x<span>$</span>", id="a formula"),
        pytest.param("run `ftops apply`!", "run `ftops apply`\\!", id="our code stays code"),
        pytest.param("a ` b", "a \\` b", id="a lone backtick"),
        pytest.param("`a` ` b", "\\`a\\` \\` b", id="an odd backtick"),
        pytest.param("`` @x", " @<!-- -->x", id="empty code"),
        pytest.param("`a|b`", "<code>a&#124;b</code>", id="a pipe within code"),
        pytest.param("\\| \x1b[31m\u202e", "\\\\\\| \N{REPLACEMENT CHARACTER}", id="controls"),
    ],
)
def test_prose_shows_and_does_nothing(text: str, shown: str) -> None:
    assert prose(text).strip() == shown.strip()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("ft:gpt-4.1:a::b", "`ft:gpt-4.1:a::b`", id="plain"),
        pytest.param("a|b", "<code>a&#124;b</code>", id="a pipe"),
        pytest.param("a`<b>", "<code>a&#96;&#60;b&#62;</code>", id="a backtick and HTML"),
        pytest.param("", "", id="nothing"),
        pytest.param("a\nb", "`a b`", id="a line end"),
    ],
)
def test_code_cannot_be_left(text: str, shown: str) -> None:
    assert code(text) == shown


def test_every_row_of_every_table_has_as_many_cells_as_its_header() -> None:
    hostile = "a|b`c\n| d |"
    plan = Plan(changes=CHANGES, notes=(hostile,))
    status = [replace(one, target=TargetName(hostile)) for one in STANDINGS]
    for text in (plan_markdown(plan, [OPENAI], []), status_markdown(status, [])):
        rows = [line for line in text.splitlines() if line.startswith("|")]
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1
