"""Small rows, small sizes and a report that remembers: what the tests of the recipe share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict, Unpack

from ftops.trainer.recipes.contract import (
    Fitted,
    Message,
    Model,
    Options,
    Resolved,
    Row,
    Sampling,
    StepMetrics,
    Stopped,
    Task,
    Wish,
)
from ftops.trainer.recipes.nano.recipe import NanoRecipe
from ftops.trainer.recipes.nano.sizes import Pace, Sizes

SMALL = Sizes(width=16, layers=1, heads=2, table=256, vocabulary=300, context=64)
SHORT = Pace(updates=24, preference_updates=12, preference_warm_up=12, ramp=4)
GREEDY = Sampling(temperature=0.0, max_tokens=200)

_THINGS = {
    "invoice": ("Billing", "every invoice is a PDF"),
    "password": ("Security", "a new password needs twelve characters"),
    "parcel": ("Orders", "each parcel has a tracking number"),
    "refund": ("Returns", "money is back after 5 days"),
    "printer": ("Devices", "the printer joins over wifi"),
    "newsletter": ("Letters", "one letter comes each month"),
    "warranty": ("Papers", "it lasts 24 months"),
    "voucher": ("Gifts", "a code works once"),
    "calendar": ("Planning", "shared ones are blue"),
    "backup": ("Storage", "copies are kept 30 nights"),
}
_WISHES = {
    "Where do I find my {}?": "Open {place} and pick the {thing}; {fact}.",
    "How can I change the {} of a colleague?": "Only an admin edits a {thing}: see {place}, roles.",
    "The {} looks wrong, what now?": "Sorry! Write to {place} about the {thing} today.",
    "Is a {} free of charge?": "Yes, {place} costs nothing, and {fact}.",
    "Can I delete a {} for good?": "Go to {place}, choose delete; the {thing} is gone in a week.",
    "Who may see a {}?": "You and your team, as {place} shows; {fact}.",
}


def chat(question: str, answer: str) -> Row:
    return {
        "messages": [
            {"role": "system", "content": "You are a friendly desk."},
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer},
        ]
    }


def support_rows(count: int = 60) -> list[Row]:
    """Different questions with different answers that share many words."""
    rows = [
        chat(wish.format(thing), answer.format(place=place, thing=thing, fact=fact))
        for thing, (place, fact) in _THINGS.items()
        for wish, answer in _WISHES.items()
    ]
    return rows[:count]


def preference(row: Row, worse: str) -> Row:
    messages = row["messages"]
    return {
        "input": {"messages": messages[:-1]},
        "preferred_output": [messages[-1]],
        "non_preferred_output": [{"role": "assistant", "content": worse}],
    }


@dataclass
class Diary:
    """A report that keeps all it is told and wishes what it is asked to."""

    wishes: Callable[["Diary"], Wish] = lambda _: Wish.GO_ON
    steps: list[StepMetrics] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    checkpoints: list[tuple[StepMetrics, Path]] = field(default_factory=list)
    told: list[Resolved] = field(default_factory=list)
    asked: int = 0

    def resolved(self, resolved: Resolved) -> None:
        self.told.append(resolved)

    def note(self, message: str) -> None:
        self.notes.append(message)

    def step(self, metrics: StepMetrics) -> None:
        self.steps.append(metrics)

    def checkpoint(self, metrics: StepMetrics, model_dir: Path) -> None:
        self.checkpoints.append((metrics, model_dir))

    def wish(self) -> Wish:
        self.asked += 1
        return self.wishes(self)


def stop_at(step: int, wish: Wish) -> Diary:
    """A report that wishes to stop after some reported step."""
    return Diary(wishes=lambda diary: wish if len(diary.steps) >= step else Wish.GO_ON)


class Wanted(TypedDict, total=False):
    """What a test asks of a task besides rows and a folder."""

    method: str
    n_epochs: int
    batch_size: int
    learning_rate_multiplier: float
    seed: int
    memory: bool
    validation: Sequence[Row]
    parent: Path


def task(folder: Path, rows: Sequence[Row], **wanted: Unpack[Wanted]) -> Task:
    options = Options(
        method=wanted.get("method", "supervised"),
        n_epochs=wanted.get("n_epochs"),
        batch_size=wanted.get("batch_size"),
        learning_rate_multiplier=wanted.get("learning_rate_multiplier"),
        seed=wanted.get("seed", 7),
        memory=wanted.get("memory", True),
    )
    return Task(
        train=rows,
        folder=folder,
        options=options,
        validation=wanted.get("validation", ()),
        parent=wanted.get("parent"),
    )


def small() -> NanoRecipe:
    return NanoRecipe(SMALL, SHORT)


def fitted(found: Fitted | Stopped) -> Path:
    assert isinstance(found, Fitted)
    return found.model_dir


def fit_small(folder: Path, rows: Sequence[Row], **wanted: Unpack[Wanted]) -> Path:
    return fitted(small().fit(task(folder, rows, **wanted), Diary()))


def said(model: Model, messages: Sequence[Message], sampling: Sampling = GREEDY) -> str:
    return "".join(token.text for token in model.answer(messages, sampling))


def asked(question: str) -> list[Message]:
    return chat(question, "")["messages"][:-1]  # type: ignore[no-any-return]
