"""`FineTuneSpec`: what a person writes about one fine-tune, parsed once."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    StrictStr,
    field_validator,
    model_validator,
)

from ftops.core.names import SPEC_NAME_PATTERN, SpecName

Method = Literal["supervised", "dpo", "reinforcement"]
Auto = Literal["auto"]

MAX_SUFFIX: Final = 64
OWN_METADATA_PAIRS: Final = 12
"""The provider allows 16 pairs; four of them are ftops' stamp."""
MAX_METADATA_KEY: Final = 64
MAX_METADATA_VALUE: Final = 512
STAMP_PREFIX: Final = "ftops_"

_METHOD_ONLY: Final[Mapping[str, str]] = {
    "beta": "dpo",
    "reasoning_effort": "reinforcement",
    "compute_multiplier": "reinforcement",
    "eval_interval": "reinforcement",
    "eval_samples": "reinforcement",
}


class Written(BaseModel):
    """What people write: frozen, and every unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)


class FromSpec(Written):
    """Go on from the model that another spec of this project trains."""

    from_: Annotated[
        StrictStr,
        Field(alias="from", pattern=SPEC_NAME_PATTERN, description="The other spec's name."),
    ]


class Hyperparameters(Written):
    """How to train; everything left out is `auto`, which the provider decides.

    Bounds as in https://platform.openai.com/docs/api-reference/fine-tuning/create.
    """

    n_epochs: Annotated[StrictInt, Field(ge=1, le=50)] | Auto = "auto"
    batch_size: Annotated[StrictInt, Field(ge=1, le=256)] | Auto = "auto"
    learning_rate_multiplier: Annotated[StrictFloat | StrictInt, Field(gt=0)] | Auto = "auto"
    beta: Annotated[StrictFloat | StrictInt, Field(gt=0, le=2)] | Auto = "auto"
    reasoning_effort: Literal["default", "low", "medium", "high"] | Auto = "auto"
    compute_multiplier: Annotated[StrictFloat | StrictInt, Field(gt=0.00001, le=10)] | Auto = "auto"
    eval_interval: Annotated[StrictInt, Field(ge=1)] | Auto = "auto"
    eval_samples: Annotated[StrictInt, Field(ge=1)] | Auto = "auto"

    def declared(self) -> dict[str, Any]:
        """Return what was asked for beyond `auto`, numbers in one canonical form."""
        real = {"learning_rate_multiplier", "beta", "compute_multiplier"}
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {
            name: float(value) if name in real else value
            for name, value in values.items()
            if value != "auto"
        }


class Split(Written):
    """Hold out a share of the training rows; the row's own hash and the seed decide which."""

    split: Annotated[
        StrictFloat, Field(gt=0, le=0.5, description="Share of the rows to hold out, such as 0.1.")
    ]


Paths = (
    Annotated[StrictStr, Field(min_length=1)]
    | Annotated[list[Annotated[StrictStr, Field(min_length=1)]], Field(min_length=1)]
)


class Dataset(Written):
    """Which files to train and validate on: paths or globs from the project's root, in order."""

    train: Annotated[Paths, Field(description="A path, a glob or a list; concatenated in order.")]
    validation: Annotated[
        Paths | Split | None, Field(description="Paths like `train`, or `{split: 0.1}`.")
    ] = None


class Wandb(Written):
    """Where Weights & Biases shall show the run."""

    project: StrictStr
    name: StrictStr | None = None
    entity: StrictStr | None = None
    tags: list[StrictStr] | None = None


class Integration(Written):
    """One of the provider's integrations, in OpenAI's own shape."""

    type: Literal["wandb"]
    wandb: Wandb


class FineTuneSpec(Written):
    """One fine-tune as declared, templates already rendered."""

    name: Annotated[
        StrictStr, Field(pattern=SPEC_NAME_PATTERN, description="Unique in the project.")
    ]
    model: Annotated[
        Annotated[StrictStr, Field(min_length=1)] | FromSpec,
        Field(description="The base model, or `{from: other-spec}` to go on from another spec's."),
    ]
    suffix: Annotated[
        StrictStr | None,
        Field(description="Becomes part of the model's name; 1 to 64 of a-z, 0-9 and -."),
    ] = None
    target: Annotated[
        StrictStr | None, Field(description="Where to train: openai, local or one of ftops.yaml's.")
    ] = None
    method: Method = "supervised"
    hyperparameters: Hyperparameters = Hyperparameters()
    seed: Annotated[StrictInt, Field(ge=0, le=2147483647)] | None = None
    generation: Annotated[
        StrictInt, Field(ge=1, description="Raise it to train the very same inputs again.")
    ] = 1
    dataset: Dataset
    grader: Annotated[
        dict[str, Any] | None,
        Field(description="reinforcement only: the grader, in OpenAI's shape."),
    ] = None
    integrations: list[Integration] = Field(default_factory=list, max_length=5)
    metadata: dict[StrictStr, StrictStr] = Field(
        default_factory=dict,
        max_length=OWN_METADATA_PAIRS,
        description="Free pairs of text; they never cause training.",
    )

    @field_validator("suffix")
    @classmethod
    def _suffix_is_plain(cls, suffix: str | None) -> str | None:
        if suffix is not None and not re.match(rf"^[a-z0-9-]{{1,{MAX_SUFFIX}}}\Z", suffix):
            raise ValueError(f"must be 1 to {MAX_SUFFIX} characters of a-z, 0-9 and -")
        return suffix

    @field_validator("metadata")
    @classmethod
    def _metadata_fits(cls, metadata: dict[str, str]) -> dict[str, str]:
        for key, value in metadata.items():
            if not key or len(key) > MAX_METADATA_KEY or set(key) & set("[]"):
                raise ValueError(
                    f"key {key!r} must be 1 to {MAX_METADATA_KEY} characters, no brackets"
                )
            if len(value) > MAX_METADATA_VALUE:
                raise ValueError(f"{key}: longer than {MAX_METADATA_VALUE} characters")
            if key.startswith(STAMP_PREFIX):
                raise ValueError(f"{key}: names that start with {STAMP_PREFIX} are ftops' own")
        return metadata

    @model_validator(mode="after")
    def _method_fits(self) -> Self:
        for name, method in _METHOD_ONLY.items():
            if getattr(self.hyperparameters, name) != "auto" and self.method != method:
                raise ValueError(f"hyperparameters.{name} belongs to method {method}")
        if self.grader is not None and self.method != "reinforcement":
            raise ValueError("grader belongs to method reinforcement")
        if self.method == "reinforcement" and self.grader is None:
            raise ValueError("method reinforcement needs a grader")
        if self.method == "reinforcement" and self.dataset.validation is None:
            raise ValueError("method reinforcement needs dataset.validation")
        return self

    @property
    def upstream(self) -> SpecName | None:
        """Return the spec whose model this one goes on from, if any."""
        return SpecName(self.model.from_) if isinstance(self.model, FromSpec) else None

    @property
    def base_name(self) -> str:
        """Return the base model as people would say it."""
        return self.model if isinstance(self.model, str) else f"from {self.model.from_}"
