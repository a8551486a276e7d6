"""The report page's findings: errors first, and what is alike once, with all of its places."""

from collections.abc import Iterable, Sequence
from typing import Final

from ftops.dataset.finding import MEANINGS, Code
from ftops.errors import Problem
from ftops.render.problem_groups import lines_words
from ftops.render.problem_order import in_file_order
from ftops.render.report_charts import shown

MOST_FINDINGS: Final = 200
MOST_ALIKE: Final = 100


def findings_list(problems: Iterable[Problem]) -> str:
    """Return the list, shortened if it is very long."""
    kinds = _by_kind(problems)
    more = len(kinds) - MOST_FINDINGS
    drawn = "".join(_finding(first, rest) for first, *rest in kinds[:MOST_FINDINGS])
    return f'<ul class="findings">{drawn}</ul>{_more(more)}'


def _by_kind(problems: Iterable[Problem]) -> list[list[Problem]]:
    """Return findings of one code in one file together; those without a code stay alone."""
    kinds: dict[tuple[bool, str | None, str | int], list[Problem]] = {}
    for number, one in enumerate(in_file_order(problems)):
        kinds.setdefault((one.is_warning, one.path, one.code or number), []).append(one)
    return [kinds[key] for key in sorted(kinds, key=lambda key: key[0])]


def _finding(problem: Problem, others: Sequence[Problem]) -> str:
    code = problem.code or ""
    known = code in set(Code)
    kind = "warning" if problem.is_warning else "error"
    about = f' title="{shown(MEANINGS[Code(code)])}"' if known else ""
    place = f"<code>{shown(problem.place)}</code> " if problem.place else ""
    hint = f'<p class="soft">{shown(problem.hint)}</p>' if problem.hint else ""
    return (
        f'<li><span class="pill {kind}"{about}>{shown(code)}</span>'
        f'<p>{shown(problem.message)}</p><p class="soft">{place}</p>{hint}{_others(others)}</li>'
    )


def _others(problems: Sequence[Problem]) -> str:
    if not problems:
        return ""
    told = "".join(
        f'<p class="soft"><code>{shown(one.place)}</code> {shown(one.message)}</p>'
        for one in problems[:MOST_ALIKE]
    )
    rest = _more(len(problems) - MOST_ALIKE)
    summary = f"{len(problems):,} more{shown(lines_words(problems))}"
    return f"<details><summary>{summary}</summary>{told}{rest}</details>"


def _more(count: int) -> str:
    return f'<p class="soft">and {count:,} more</p>' if count > 0 else ""
