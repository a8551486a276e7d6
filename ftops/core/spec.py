"""`FineTuneSpec`: what a person means by one spec, once its text was read and found right."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal

from ftops.core.names import SpecName
from ftops.core.privacy import Kind, Response, responses
from ftops.core.selection import Filter, Sample

Method = Literal["supervised", "dpo", "reinforcement"]
Auto = Literal["auto"]
Paths = str | tuple[str, ...]

MAX_SUFFIX: Final = 64
OWN_METADATA_PAIRS: Final = 12
"""The provider allows 16 pairs; four of them are ftops' stamp."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FromSpec:
    """Go on from the model that another spec of this project trains."""

    from_: SpecName


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameters:
    """How to train; everything left out is `auto`, which the provider decides."""

    n_epochs: int | Auto = "auto"
    batch_size: int | Auto = "auto"
    learning_rate_multiplier: float | Auto = "auto"
    beta: float | Auto = "auto"
    reasoning_effort: str = "auto"
    compute_multiplier: float | Auto = "auto"
    eval_interval: int | Auto = "auto"
    eval_samples: int | Auto = "auto"

    def declared(self) -> dict[str, Any]:
        """Return what was asked for beyond `auto`; a real number is a float, however written."""
        values = {one: getattr(self, one) for one in _HYPERPARAMETERS}
        return {name: value for name, value in values.items() if value != "auto"}


_HYPERPARAMETERS: Final = tuple(one.name for one in fields(Hyperparameters))


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Hold out a share of the training rows; the row's own hash and the seed decide which."""

    split: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Which files to train and validate on: paths or globs from the project's root, in order.

    Then, in this order: `filter` and `system` shape both, `sample` draws from training, and a
    split parts what is left.
    """

    train: Paths
    validation: Paths | Split | None = None
    system: str | None = None
    filter: Filter | None = None
    sample: Sample | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Presidio:
    """The language model by which names and places are found: a folder, from the root."""

    model: str
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """What personal data and secrets in the dataset do; what no list names keeps its default.

    The lists hold words of `Kind` and `Group`; `allow` is a file of digests.
    """

    block: tuple[str, ...] = ()
    warn: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    allow: str | None = None
    presidio: Presidio | None = None

    def responses(self) -> dict[Kind, Response]:
        """Return what a finding of each kind does."""
        written = {
            Response.BLOCK: self.block,
            Response.WARN: self.warn,
            Response.IGNORE: self.ignore,
        }
        return responses(written)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wandb:
    """Where Weights & Biases shall show the run."""

    project: str
    name: str | None = None
    entity: str | None = None
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """One of the provider's integrations, in OpenAI's own shape."""

    type: Literal["wandb"]
    wandb: Wandb


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTuneSpec:
    """One fine-tune: which base model, which data, how to train."""

    name: SpecName
    model: str | FromSpec
    dataset: Dataset
    suffix: str | None = None
    target: str | None = None
    method: Method = "supervised"
    hyperparameters: Hyperparameters = Hyperparameters()
    seed: int | None = None
    generation: int = 1
    privacy: Privacy = Privacy()
    grader: dict[str, Any] | None = None
    integrations: tuple[Integration, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def upstream(self) -> SpecName | None:
        """Return the spec whose model this one goes on from, if any."""
        return self.model.from_ if isinstance(self.model, FromSpec) else None
