"""Rows that say again what another row says: copies, near copies, contradictions and leaks."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from ftops.dataset.finding import Code, Finding
from ftops.dataset.quality.example import Example
from ftops.dataset.quality.figures import Group, Leaks
from ftops.dataset.quality.groups import group_of, in_order
from ftops.dataset.quality.near import near_groups
from ftops.dataset.quality.warn import counted, listed, warn

MOST_GROUPS: Final = 100
"""So many groups are told of one kind, the largest ones; the rest is counted."""

Examples = Sequence[Example]


def find_repeats(examples: Examples) -> list[Group]:
    """Return the groups of equal rows."""
    return [group_of([one]) for one in examples if one.rows > 1]


def find_near_copies(examples: Examples) -> list[Group]:
    """Return the groups of rows that differ in few words; in them, equal rows count as one."""
    groups = near_groups([one.words_said for one in examples])
    return [
        Group(rows=len(group), places=in_order(examples[index].places[0] for index in group))
        for group in groups
    ]


def find_conflicts(examples: Examples) -> list[Group]:
    """Return the groups of rows with one prompt and different answers."""
    by_prompt: dict[bytes, list[Example]] = defaultdict(list)
    for one in examples:
        by_prompt[one.key[0]].append(one)
    return [group_of(same) for same in by_prompt.values() if len(same) > 1]


def find_leaks(training: Examples, validation: Examples) -> tuple[list[Example], list[Example]]:
    """Return the validation rows whose prompt training has, and those that it nearly has."""
    prompts = {one.key[0] for one in training}
    leaked = [one for one in validation if one.key[0] in prompts]
    others = [one for one in validation if one.key[0] not in prompts]
    texts = [one.question for one in (*others, *training)]
    nearly = {
        index
        for group in near_groups(texts)
        if group[-1] >= len(others)
        for index in group
        if index < len(others)
    }
    return leaked, [others[index] for index in sorted(nearly)]


def extra_rows(groups: Iterable[Group]) -> int:
    """Return how many rows could go if one of each group stayed."""
    return sum(group.rows - 1 for group in groups)


def largest(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Return the groups worth telling, in the order of the files."""
    chosen = sorted(groups, key=lambda group: -group.rows)[:MOST_GROUPS]
    return tuple(sorted(chosen, key=_where))


def judge_copies(repeats: Sequence[Group], near: Sequence[Group]) -> Iterable[Finding]:
    """Yield a warning for rows that are there twice, or nearly so."""
    if repeats:
        first = min(repeats, key=_where)
        message = f"{counted(extra_rows(repeats), 'repeat')} of other rows: {_told(repeats)}."
        hint = "Keep one of each; what stands there twice is learned twice as hard."
        yield warn(Code.REPEATED_ROWS, message, first.places[1:], hint)
    if near:
        first = min(near, key=_where)
        message = f"{counted(extra_rows(near), 'near repeat')} of other rows: {_told(near)}."
        hint = "Keep the best of each, or make them differ: variety is what the model learns from."
        yield warn(Code.NEAR_COPIES, message, first.places[1:], hint)


def judge_conflicts(conflicts: Sequence[Group]) -> Iterable[Finding]:
    """Yield a warning for prompts with several answers."""
    if conflicts:
        first = min(conflicts, key=_where)
        prompts = counted(len(conflicts), "prompt")
        message = f"{prompts} with different answers: {_told(conflicts)}."
        hint = "Keep the right answer of each, unless variety is what you want to teach."
        yield warn(Code.CONFLICTING_ANSWERS, message, first.places[1:], hint)


def judge_leaks(
    leaked: Examples, nearly: Examples, looked_at: int
) -> tuple[Leaks, Iterable[Finding]]:
    """Return the leaks in figures, and the warnings about them."""
    findings = []
    rows = sum(one.rows for one in leaked)
    if leaked:
        places = group_of(leaked).places
        message = f"{counted(rows, 'validation row')} with a prompt of training: {listed(places)}."
        hint = "Take them out of one of the two; a loss on known rows measures memory."
        findings.append(warn(Code.LEAKED_ROWS, message, places, hint))
    near_rows = sum(one.rows for one in nearly)
    if nearly:
        places = group_of(nearly).places
        row = counted(near_rows, "validation row")
        message = f"{row} with almost a prompt of training: {listed(places)}."
        hint = "Replace them by questions that training does not show."
        findings.append(warn(Code.NEARLY_LEAKED_ROWS, message, places, hint))
    return Leaks(rows=looked_at, leaked_rows=rows, nearly_leaked_rows=near_rows), findings


def judge_pairs(examples: Examples) -> Iterable[Finding]:
    """Yield a warning for preferences between an answer and itself."""
    same = [one for one in examples if one.rejected is not None and one.rejected == one.answer]
    if same:
        group = group_of(same)
        rows = counted(group.rows, "row")
        message = f"{rows} with one answer both preferred and avoided: {listed(group.places)}."
        hint = "Nothing is learned from them; write the answer to avoid, or drop the row."
        yield warn(Code.SAME_ANSWERS, message, group.places, hint)


def _where(group: Group) -> tuple[str, int]:
    return group.places[0].file or "", group.places[0].line


def _told(groups: Sequence[Group]) -> str:
    most = 3
    ordered = sorted(groups, key=_where)
    told = "; ".join(listed(group.places, group.rows) for group in ordered[:most])
    return told + (f"; and {len(groups) - most:,} more groups" if len(groups) > most else "")
