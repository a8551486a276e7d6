"""The one seam between the training server and whatever trains: a recipe fits rows and answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

Row = dict[str, Any]
"""One dataset row as parsed JSON, already checked: `{"messages": […]}`, or for dpo
`{"input": {"messages": […]}, "preferred_output": […], "non_preferred_output": […]}`."""

Message = dict[str, Any]
"""One chat message as parsed JSON: `role`, `content` (text or text parts), perhaps `weight`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a job asks for; `None` means auto. `learning_rate_multiplier` and `beta` are > 0."""

    method: str
    n_epochs: int | None = None
    batch_size: int | None = None
    learning_rate_multiplier: float | None = None
    beta: float | None = None
    seed: int
    memory: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What auto became, fixed before the first step.

    `steps` counts reported steps of the whole run; `passes` is the number of optimiser updates
    that one reported step stands for.
    """

    n_epochs: int
    batch_size: int
    learning_rate_multiplier: float
    beta: float | None = None
    steps: int
    passes: int
    trained_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepMetrics:
    """What one reported step measured: losses in nats per token, accuracies in 0…1.

    `train_loss` is what the model answers with (for a recipe with a memory: the mixture);
    `train_lm_loss` is the network alone. `full_valid_*` appear at the end of each epoch.
    """

    step: int
    total_steps: int
    epoch: int
    train_loss: float
    train_mean_token_accuracy: float
    train_lm_loss: float | None = None
    valid_loss: float | None = None
    valid_mean_token_accuracy: float | None = None
    valid_lm_loss: float | None = None
    full_valid_loss: float | None = None
    full_valid_mean_token_accuracy: float | None = None


class Wish(StrEnum):
    """What the server wants of a running fit; asked after every reported step."""

    GO_ON = "go on"
    PAUSE = "pause"
    CANCEL = "cancel"


class Report(Protocol):
    """Where a fit tells what it does; the worker turns this into events and checkpoints."""

    def resolved(self, resolved: Resolved) -> None: ...
    def note(self, message: str) -> None: ...
    def step(self, metrics: StepMetrics) -> None: ...
    def checkpoint(self, metrics: StepMetrics, model_dir: Path) -> None: ...
    def wish(self) -> Wish: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One fit: the rows, the options, the folder it owns, and the model it goes on from, if any.

    `base` is what the server's configuration says of the base model, empty for a recipe that needs
    nothing. The recipe keeps resumable state and `checkpoints/step-N/` folders under `folder`;
    started again with the same task it goes on from the newest whole state and ends with the same
    weights.
    """

    train: Sequence[Row]
    validation: Sequence[Row] = field(default=())
    options: Options
    folder: Path
    parent: Path | None = None
    base: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A finished fit: the folder to answer from (the last checkpoint's)."""

    model_dir: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A fit that obeyed a wish; a paused one can be resumed by calling `fit` again."""

    wish: Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How to draw an answer; `temperature` 0 is greedy, `stop` strings are not part of it."""

    temperature: float = 1.0
    top_p: float = 1.0
    max_tokens: int = 256
    stop: tuple[str, ...] = ()
    seed: int | None = None
    top_logprobs: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One drawn token: its text, its log-probability in nats and the likeliest alternatives.

    The text is whole UTF-8: bytes of a split character wait for the next token.
    """

    text: str
    logprob: float
    top: tuple[tuple[str, float], ...] = ()


class UntrainableError(ValueError):
    """A task that cannot be trained here as it stands; the words are for whoever declared it."""


class Answer(Protocol):
    """One answer being drawn: iterate for tokens, then read why it ended.

    `finish_reason` is `stop` or `length`; `prompt_tokens` and `completion_tokens` count in the
    model's own vocabulary.
    """

    @property
    def prompt_tokens(self) -> int: ...
    @property
    def completion_tokens(self) -> int: ...
    @property
    def finish_reason(self) -> str: ...
    def __iter__(self) -> Iterator[Token]: ...


class Model(Protocol):
    """A fitted model, loaded; safe to use from several threads at once."""

    def answer(self, messages: Sequence[Message], sampling: Sampling) -> Answer: ...


class Recipe(Protocol):
    """A way to train and answer; chosen by the base model's name.

    `base` is what the server's configuration says of the base model now, as in a task.
    """

    name: str
    methods: frozenset[str]

    def fit(self, task: Task, report: Report) -> Fitted | Stopped: ...
    def load(self, model_dir: Path, *, base: Mapping[str, Any]) -> Model: ...
