"""What was looked for and found of personal data and secrets, and what nobody looked for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.text import Text

from ftops.core.names import SpecName
from ftops.core.privacy import Kind
from ftops.dataset.privacy.scanned import NOT_CHECKED, Scanned, unchecked_by
from ftops.errors import Problem
from ftops.render.json_parts import problem_part
from ftops.render.layout import Row, rows, safe
from ftops.render.plain_data import document
from ftops.render.problem_order import in_file_order
from ftops.render.words import plural, unchecked_words

_PSEUDONYMOUS: Final = (
    "Pseudonymous is not anonymous: who has the key can tell which value a stand-in is."
)


def privacy_view(scanned: Mapping[SpecName, Scanned]) -> RenderableType:
    """Show what each spec's data has, a line a spec."""
    found = (
        Row(cells=(safe(name, "bold"), safe(f"{one.rows:,}"), safe(counts_words(one.counts))))
        for name, one in sorted(scanned.items())
    )
    models = {name: one.model for name, one in sorted(scanned.items()) if one.model is not None}
    by_model = (
        safe(f"Names and places of {name} were looked for with {model}.", "dim")
        for name, model in models.items()
    )
    return Group(
        rows(("spec", "rows", "found"), found),
        *by_model,
        safe(not_checked(scanned.values()), "dim"),
    )


def anonymised_view(counts: Mapping[Kind, int], rewritten: int, of_rows: int) -> RenderableType:
    """Show what got a stand-in."""
    found = (
        Row(cells=(safe(kind), safe(f"{count:,}")))
        for kind, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    )
    table: list[RenderableType] = []
    if counts:
        table = [rows(("kind", "replaced"), found), Text()]
    changed = f"{plural(rewritten, 'row')} of {of_rows:,} written anew."
    return Group(
        *table, safe(changed, "bold"), safe(not_checked(), "dim"), safe(_PSEUDONYMOUS, "dim")
    )


def not_checked(scanned: Iterable[Scanned] = (), *more: str) -> str:
    """Return the sentence about what no look finds."""
    return unchecked_words([*unchecked_in(scanned), *more])


def not_checked_view(unchecked: Sequence[str]) -> RenderableType:
    """Show under all other checks what no finding says anything about."""
    return Group(Text(), safe(unchecked_words(unchecked), "dim"))


def unchecked_in(scanned: Iterable[Scanned]) -> tuple[str, ...]:
    """Return what nobody looked for in datasets."""
    return unchecked_by(one.model for one in scanned)


def privacy_json(problems: Sequence[Problem], scanned: Mapping[SpecName, Scanned]) -> str:
    """Return findings and counts, by spec."""
    return document(
        {
            "problems": [problem_part(one) for one in in_file_order(problems)],
            "privacy": privacy_parts(scanned),
            "not_checked": list(unchecked_in(scanned.values())),
        }
    )


def anonymised_json(counts: Mapping[Kind, int], rewritten: int, of_rows: int) -> str:
    """Return what got a stand-in."""
    return document(
        {
            "rows": of_rows,
            "rewritten": rewritten,
            "replaced": dict(sorted(counts.items())),
            "not_checked": list(NOT_CHECKED),
        }
    )


def privacy_parts(scanned: Mapping[SpecName, Scanned]) -> dict[str, Any]:
    """Return the counts of each spec's data."""
    return {
        name: {
            "rows": one.rows,
            "found": dict(sorted(one.counts.items())),
            "model": one.model,
        }
        for name, one in sorted(scanned.items())
    }


def counts_words(counts: Mapping[Kind, int]) -> str:
    """Return how many values of each kind were found."""
    words = [f"{count:,} {kind}" for kind, count in sorted(counts.items())]
    return ", ".join(words) or "nothing"
