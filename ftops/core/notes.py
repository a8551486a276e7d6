"""What a person should know before saying yes: stand-ins and calendars."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ftops.core.lifecycle import SOON, closing_note, describe, shutdown_of
from ftops.core.names import ModelId, TargetName
from ftops.core.observed import Observed
from ftops.core.plan import Keep, Plan, Relabel, rivals_to, spec_of
from ftops.core.rivals import NOT_BEGUN


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFacts:
    """One target of a run: why it was chosen, where it answers, and whose calendar applies.

    `stands_in` names the recipe that stands in for bases it cannot train (ftops' own server);
    `is_openai` says that OpenAI's own calendar applies.
    """

    target: TargetName
    why: str
    where: str
    stands_in: str | None = None
    is_openai: bool = False


def notes_about(facts: TargetFacts, plan: Plan, observed: Observed) -> tuple[str, ...]:
    """Return the notes about one target's part of a plan, most urgent facts included once."""
    today = observed.at.date()
    doubles = _doubles(facts, plan)
    if facts.stands_in is not None:
        return (*doubles, *_stand_ins(facts, facts.stands_in, plan, observed))
    notes = doubles + _shutdowns(facts, plan, observed, today)
    if facts.is_openai and plan.trains:
        notes.append(closing_note(today))
    return tuple(dict.fromkeys(notes))


def _doubles(facts: TargetFacts, plan: Plan) -> list[str]:
    """Return what each job is that makes a model once more, and what apply does about it."""
    return [
        f"job {rival.id} ({rival.provider_status}) on {facts.target} makes the model of "
        f"{spec_of(change)} once more: "
        + (
            "apply ends it, it has not begun"
            if rival.status in NOT_BEGUN
            else f"end it with `ftops cancel {rival.id}`"
        )
        for change in plan.changes
        for rival in rivals_to(change)
    ]


def _stand_ins(facts: TargetFacts, recipe: str, plan: Plan, observed: Observed) -> Iterator[str]:
    """Yield a note for each base that the server does not have itself."""
    for base in sorted({change.desired.root_model for change in plan.trains} - {recipe}):
        if not observed.has_model(ModelId(base)):
            yield f"on {facts.target}, {recipe} stands in for {base}: a rehearsal on a tiny model"


def _shutdowns(facts: TargetFacts, plan: Plan, observed: Observed, today: date) -> list[str]:
    wanted = [change.desired.root_model for change in plan.trains]
    kept = [one.lock.model_id for one in plan.changes if isinstance(one, Keep | Relabel)]
    found = [shutdown_of(model, observed, use_table=facts.is_openai) for model in wanted + kept]
    return [
        describe(one, today) for one in found if one is not None and one.days_left(today) <= SOON
    ]
