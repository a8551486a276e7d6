"""A fine-tune that somebody considers: its data checked in memory, its cost, its files."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from ftops.core.cost import Tariff, epochs_for
from ftops.core.names import SPEC_NAME_PATTERN
from ftops.core.spec import MAX_SUFFIX
from ftops.dataset.amounts import Role
from ftops.dataset.check import Checked, check_stream
from ftops.dataset.counting.tally import counting_for
from ftops.dataset.counting.tokens import context_limit
from ftops.dataset.finding import Finding
from ftops.render.spec_text import spec_text

MOST_FINDINGS: Final = 100

Rate = Annotated[float, Field(gt=0, le=100)]


class DraftHyperparameters(BaseModel):
    """What is asked for; all else is left to the provider."""

    model_config = ConfigDict(extra="forbid")

    n_epochs: Annotated[int, Field(ge=1, le=50)] | None = None
    batch_size: Annotated[int, Field(ge=1, le=256)] | None = None
    learning_rate_multiplier: Rate | None = None
    beta: Annotated[float, Field(gt=0, le=2)] | None = None


class Draft(BaseModel):
    """The form of the page; nothing in it is kept."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(pattern=SPEC_NAME_PATTERN)]
    model: Annotated[str, Field(min_length=1, max_length=200)]
    method: Literal["supervised", "dpo"] = "supervised"
    suffix: Annotated[str, Field(pattern="^[a-z0-9-]+$", max_length=MAX_SUFFIX)] | None = None
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    hyperparameters: DraftHyperparameters = DraftHyperparameters()
    training: Annotated[str, Field(min_length=1)]
    validation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One thing found in pasted data."""

    line: int | None
    column: int | None
    code: str
    severity: str
    message: str
    where: str
    hint: str | None
    excerpt: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SideView:
    """One dataset as it was found; `omitted` findings are not shown."""

    side: str
    path: str
    is_legal: bool
    digest: str
    size: int
    examples: int
    tokens: int
    tokens_exact: bool
    errors: int
    findings: tuple[FindingView, ...]
    omitted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What would be trained and what it would cost, and the files that declare it."""

    is_legal: bool
    sides: tuple[SideView, ...]
    epochs: int
    epochs_assumed: bool
    trained_tokens: int
    usd: float | None
    spec_path: str
    spec: str
    commands: tuple[str, ...]


def judged(draft: Draft, tariff: Tariff) -> Judgement:
    """Check a draft as `ftops validate` would check its files."""
    sides = tuple(_sides(draft))
    training = sides[0]
    epochs, assumed = epochs_for(draft.hyperparameters.n_epochs, training.examples)
    trained = training.tokens * epochs
    spec_path = f"specs/{draft.name}.yaml"
    return Judgement(
        is_legal=all(one.is_legal for one in sides),
        sides=sides,
        epochs=epochs,
        epochs_assumed=assumed,
        trained_tokens=trained,
        usd=tariff.cost(draft.model, trained, draft.method),
        spec_path=spec_path,
        spec=spec_text(_fields(draft, sides)),
        commands=_commands(draft.name, (spec_path, *(one.path for one in sides))),
    )


def _sides(draft: Draft) -> Iterator[SideView]:
    yield _side(draft, "training", f"datasets/{draft.name}.train.jsonl", draft.training)
    if draft.validation:
        yield _side(draft, "validation", f"datasets/{draft.name}.valid.jsonl", draft.validation)


def _side(draft: Draft, role: Role, path: str, text: str) -> SideView:
    whole = text if text.endswith("\n") else f"{text}\n"
    checked = check_stream(
        io.BytesIO(whole.encode("utf-8", "surrogatepass")),
        method=draft.method,
        role=role,
        limit=context_limit(draft.model),
        counting=counting_for(draft.model),
    )
    return _found(role, path, checked)


def _found(role: Role, path: str, checked: Checked) -> SideView:
    shown = checked.findings[:MOST_FINDINGS]
    return SideView(
        side=role,
        path=path,
        is_legal=checked.is_legal,
        digest=checked.digest,
        size=checked.size,
        examples=checked.examples,
        tokens=checked.tokens,
        tokens_exact=checked.tokens_exact,
        errors=checked.errors,
        findings=tuple(map(_finding, shown)),
        omitted=len(checked.findings) - len(shown) + checked.findings_omitted,
    )


def _finding(found: Finding) -> FindingView:
    return FindingView(
        line=found.line,
        column=found.column,
        code=found.code,
        severity=found.severity,
        message=found.message,
        where=found.path,
        hint=found.hint,
        excerpt=found.excerpt,
    )


def _fields(draft: Draft, sides: tuple[SideView, ...]) -> dict[str, Any]:
    names = {"training": "train", "validation": "validation"}
    fields: dict[str, Any] = {
        "name": draft.name,
        "model": draft.model,
        "suffix": draft.suffix,
        "method": draft.method,
        "hyperparameters": draft.hyperparameters.model_dump(exclude_none=True),
        "seed": draft.seed,
        "dataset": {names[one.side]: one.path for one in sides},
    }
    return {key: value for key, value in fields.items() if value not in (None, {})}


def _commands(name: str, paths: tuple[str, ...]) -> tuple[str, ...]:
    return (
        f"ftops validate {name}",
        f"ftops plan {name}",
        f"git add {' '.join(paths)}",
        f"git commit -m 'Declare {name}'",
        f"ftops apply {name}",
    )
