"""Results as Markdown, for comments on pull requests and for the summaries of pipelines."""

from collections.abc import Mapping, Sequence
from typing import Final

from ftops.core.names import SpecName
from ftops.core.notes import TargetFacts
from ftops.core.outcome import Outcome, Settled
from ftops.core.plan import Change, Keep, Plan, kind_of, spec_of, target_of
from ftops.core.progress import Unwritten
from ftops.core.status import Standing
from ftops.dataset.changes.data_change import NO_CHANGES, DataChanges
from ftops.dataset.quality.figures import Quality
from ftops.errors import Problem
from ftops.render.bill_words import bill_words
from ftops.render.change_words import MARK_OF, change_lines, row_words, untold
from ftops.render.event_words import announcement
from ftops.render.explain import details_of
from ftops.render.explain_outcome import hint_of, outcome_kind, result_words, settled_lock
from ftops.render.figures import outcomes_sentence, plan_sentence
from ftops.render.markdown_text import code, folded, marker, prose, table
from ftops.render.problem_groups import group_problems, lines_words
from ftops.render.quality_words import HEADER, quality_cells, sampling_notes
from ftops.render.standing_words import progress_words
from ftops.render.words import (
    MARKS,
    OUTCOME_MARKS,
    REASONS,
    assumption_words,
    plural,
    unchecked_words,
)

MOST: Final = 50


def plan_markdown(
    plan: Plan,
    targets: Sequence[TargetFacts],
    warnings: Sequence[Problem],
    data: DataChanges = NO_CHANGES,
) -> str:
    """Return a plan: a table of what would change, the details folded away, and the digest."""
    changes = [change for change in plan.changes if not isinstance(change, Keep)]
    kept = [change for change in plan.changes if isinstance(change, Keep)]
    blocks = [
        [marker("plan"), "### ftops plan"],
        [f"**{prose(plan_sentence(plan))}**"],
        _targets(targets),
        table(("", "spec", "target", "change", "why"), map(_change_cells, changes))
        if changes
        else [],
        _details(changes, data),
        _rows(data),
        _names("Unchanged", [spec_of(change) for change in kept]),
        [f"- **note:** {prose(note)}" for note in plan.notes],
        _assumed(plan),
        _findings("Warnings", warnings),
        [f"digest {code(plan.digest)}"],
    ]
    return _joined(blocks)


def outcomes_markdown(outcomes: Sequence[Outcome]) -> str:
    """Return what became of a plan, with the ids to call."""
    changed = [one for one in outcomes if not _is_kept(one)]
    kept = [spec_of(one.change) for one in outcomes if _is_kept(one)]
    blocks = [
        [marker("outcomes"), "### ftops apply"],
        [f"**{prose(outcomes_sentence(outcomes))}**"],
        table(("", "spec", "outcome", "model or message"), map(_outcome_cells, changed))
        if changed
        else [],
        _names("Unchanged", kept),
    ]
    return _joined(blocks)


def unwritten_markdown(event: Unwritten) -> str:
    """Return a paragraph about a job whose usual record cannot be written."""
    return f"\n**{prose(event.spec)}:** {prose(announcement(event))}\n"


def status_markdown(standings: Sequence[Standing], targets: Sequence[TargetFacts]) -> str:
    """Return each spec's standing as a table."""
    header = ("spec", "target", "sync", "health", "progress", "model", "bill", "why")
    blocks = [
        [marker("status"), "### ftops status"],
        _targets(targets),
        table(header, map(_standing_cells, standings)) if standings else ["No specs."],
    ]
    return _joined(blocks)


def problems_markdown(
    problems: Sequence[Problem],
    assessed: Mapping[SpecName, Quality] | None = None,
    *,
    unchecked: Sequence[str] | None = None,
) -> str:
    """Return findings by file, the quality of the data if it was looked at, and what was not."""
    blocks = [
        [marker("problems"), "### ftops validate"],
        _findings("Findings", problems) or ["No findings."],
        _quality(assessed or {}),
        [prose(unchecked_words(unchecked))] if unchecked else [],
    ]
    return _joined(blocks)


def _joined(blocks: Sequence[Sequence[str]]) -> str:
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _targets(targets: Sequence[TargetFacts]) -> list[str]:
    return [f"- target {code(one.target)} ({prose(one.why)}): {code(one.where)}" for one in targets]


def _change_cells(change: Change) -> tuple[str, ...]:
    kind = kind_of(change)
    return (
        code(MARKS[kind]),
        code(spec_of(change)),
        code(target_of(change)),
        kind,
        prose(REASONS[change.reason]),
    )


def _details(changes: Sequence[Change], data: DataChanges) -> list[str]:
    lines: list[str] = []
    for change in changes:
        lines.append(f"- {code(spec_of(change))}")
        told = data.get(spec_of(change))
        more = () if told is None else change_lines(told)
        lines += [f"  - {prose(line)}" for line in (*details_of(change), *more)]
    return folded("Details", lines) if lines else []


def _rows(data: DataChanges) -> list[str]:
    """Return the rows that were asked for, a block that opens for each side of each spec."""
    lines: list[str] = []
    for name, change in data.items():
        for side in change.sides:
            told = [
                f"- {code(MARK_OF[one.what])} {prose(row_words(one))}" for one in side.told[:MOST]
            ]
            rest = untold(side) + len(side.told[MOST:])
            told += [f"- +{rest} more"] if rest else []
            if told:
                lines += folded(f"Rows of {code(name)}: {side.side}", told)
    return lines


def _names(title: str, names: Sequence[str]) -> list[str]:
    listed = ", ".join(map(code, names))
    return folded(f"{title}: {plural(len(names), 'spec')}", [listed]) if names else []


def _assumed(plan: Plan) -> list[str]:
    told = assumption_words(change.desired.estimate for change in plan.trains)
    return [prose(told)] if told else []


def _is_kept(outcome: Outcome) -> bool:
    return isinstance(outcome, Settled) and isinstance(outcome.change, Keep)


def _outcome_cells(outcome: Outcome) -> tuple[str, ...]:
    kind, hint, lock = outcome_kind(outcome), hint_of(outcome), settled_lock(outcome)
    told = prose(result_words(outcome)) if lock is None else code(lock.model)
    return (
        OUTCOME_MARKS[kind],
        code(spec_of(outcome.change)),
        kind,
        told if hint is None else f"{told}<br>hint: {prose(hint)}",
    )


def _standing_cells(standing: Standing) -> tuple[str, ...]:
    status = standing.status
    return (
        code(status.spec),
        code(standing.target),
        status.sync,
        status.health,
        prose(progress_words(standing)),
        "" if status.model is None else code(status.model),
        prose(bill_words(standing.bill)),
        prose(REASONS[status.reason]),
    )


def _quality(assessed: Mapping[SpecName, Quality]) -> list[str]:
    if not assessed:
        return []
    cells = ((code(name), *quality_cells(name, one)[1:]) for name, one in assessed.items())
    lines = table(HEADER, cells)
    notes = dict.fromkeys(note for one in assessed.values() for note in sampling_notes(one))
    return [*lines, "", *(f"- {prose(note)}" for note in notes)] if notes else lines


def _findings(title: str, problems: Sequence[Problem]) -> list[str]:
    if not problems:
        return []
    files, hidden = group_problems(problems, every=False)
    lines: list[str] = []
    for alike in (kind for kinds in files for kind in kinds):
        lines += map(_finding, alike.shown)
        lines += _others(alike.others)
    if hidden:
        lines.append(f"- +{hidden:,} more")
    return [f"**{title}: {len(problems):,}**", "", *lines]


def _others(problems: Sequence[Problem]) -> list[str]:
    if not problems:
        return []
    number = code(problems[0].code or "")
    return [f"- +{len(problems):,} more {number} {prose(lines_words(problems))}".rstrip()]


def _finding(problem: Problem) -> str:
    place = f"{code(problem.place)} " if problem.place else ""
    number = f" {code(problem.code)}" if problem.code else ""
    hint = f"<br>hint: {prose(problem.hint)}" if problem.hint else ""
    return f"- {place}{prose(problem.message)}{number}{hint}"
