"""`FineTuneSpec` as people write it: what may stand under each key, and what goes together."""

import re
from typing import Annotated, Any, Literal, Self

import msgspec
from pydantic import (
    Field,
    StrictFloat,
    StrictInt,
    StrictStr,
    field_validator,
    model_validator,
)

from ftops.adapters.spec_files.written.base import Written
from ftops.adapters.spec_files.written.selection import Filter, SampleRows, SampleShare
from ftops.core import spec as core
from ftops.core.misfit import MisfitError, misfits_of
from ftops.core.names import SPEC_NAME_PATTERN
from ftops.core.privacy import Group, Kind, Response, repeated_words, words_without_a_model
from ftops.core.spec import MAX_SUFFIX, OWN_METADATA_PAIRS, Auto, Method

Name = Annotated[
    StrictStr,
    Field(
        pattern=SPEC_NAME_PATTERN,
        json_schema_extra={
            "patternErrorMessage": "must be 1 to 63 characters of a-z, 0-9 and - (the first no -)"
        },
    ),
]


class FromSpec(Written):
    """Go on from the model that another spec of this project trains."""

    from_: Annotated[Name, Field(alias="from", description="The other spec's name.")]


class Hyperparameters(Written):
    """How to train; everything left out is `auto`, which the provider decides.

    Bounds as in https://platform.openai.com/docs/api-reference/fine-tuning/create.
    """

    n_epochs: Annotated[
        Annotated[StrictInt, Field(ge=1, le=50)] | Auto,
        Field(description="How often the training goes over all examples."),
    ] = "auto"
    batch_size: Annotated[
        Annotated[StrictInt, Field(ge=1, le=256)] | Auto,
        Field(description="How many examples go into one step."),
    ] = "auto"
    learning_rate_multiplier: Annotated[
        Annotated[StrictFloat, Field(gt=0)] | Auto,
        Field(description="Scales the provider's own learning rate; smaller forgets less."),
    ] = "auto"
    beta: Annotated[
        Annotated[StrictFloat, Field(gt=0, le=2)] | Auto,
        Field(description="dpo only: higher keeps the answers closer to the base model's."),
    ] = "auto"
    reasoning_effort: Annotated[
        Literal["default", "low", "medium", "high"] | Auto,
        Field(description="reinforcement only: how long the model may think."),
    ] = "auto"
    compute_multiplier: Annotated[
        Annotated[StrictFloat, Field(gt=0.00001, le=10)] | Auto,
        Field(description="reinforcement only: how much is explored, relative to the default."),
    ] = "auto"
    eval_interval: Annotated[
        Annotated[StrictInt, Field(ge=1)] | Auto,
        Field(description="reinforcement only: training steps between two evaluations."),
    ] = "auto"
    eval_samples: Annotated[
        Annotated[StrictInt, Field(ge=1)] | Auto,
        Field(description="reinforcement only: answers sampled per evaluated example."),
    ] = "auto"


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
    """Which files to train and validate on: paths or globs from the project's root, in order.

    Then, in this order: `filter` and `system` shape both, `sample` draws from training, and a
    split parts what is left.
    """

    train: Annotated[Paths, Field(description="A path, a glob or a list; concatenated in order.")]
    validation: Annotated[
        Paths | Split | None, Field(description="Paths like `train`, or `{split: 0.1}`.")
    ] = None
    system: Annotated[
        Annotated[StrictStr, Field(min_length=1)] | None,
        Field(description="A system prompt for the rows that have none."),
    ] = None
    filter: Annotated[Filter | None, Field(description="Which rows to keep.")] = None
    sample: Annotated[
        SampleRows | SampleShare | None,
        Field(description="Train on some rows only: `{rows: 500}` or `{share: 0.2}`."),
    ] = None


Watched = list[Kind | Group]


class Presidio(Written):
    """Also look for names and places, with a language model of yours and the extra `ftops[pii]`."""

    model: Annotated[
        StrictStr,
        Field(min_length=1, description="The folder of a spaCy model, from the project's root."),
    ]
    language: Annotated[
        StrictStr,
        Field(pattern="^[a-z]{2,3}$", description="The language that the model is for."),
    ] = "en"


class Privacy(Written):
    """What personal data and secrets in the dataset do; what no list names keeps its default.

    Secrets, financial data and national ids block, the rest warns.
    """

    block: Annotated[
        Watched, Field(description="Kinds and groups that stop everything before the upload.")
    ] = Field(default_factory=list)
    warn: Annotated[Watched, Field(description="Kinds and groups that are only told.")] = Field(
        default_factory=list
    )
    ignore: Annotated[
        Watched, Field(description="Kinds and groups that are neither told nor stop anything.")
    ] = Field(default_factory=list)
    allow: Annotated[
        Annotated[StrictStr, Field(min_length=1)] | None,
        Field(description="A file with the sha256 of each value that is meant to be there."),
    ] = None
    presidio: Annotated[
        Presidio | None,
        Field(description="Also look for names and places; needs the extra `ftops[pii]`."),
    ] = None

    @model_validator(mode="after")
    def _each_word_stands_once_and_means_something(self) -> Self:
        written, has_model = self._written(), self.presidio is not None
        misfits = [
            *repeated_words(written),
            *words_without_a_model(written, has_model=has_model),
        ]
        if misfits:
            raise MisfitError(misfits)
        return self

    def _written(self) -> dict[Response, Watched]:
        return {
            Response.BLOCK: self.block,
            Response.WARN: self.warn,
            Response.IGNORE: self.ignore,
        }


class Wandb(Written):
    """Where Weights & Biases shall show the run."""

    project: Annotated[StrictStr, Field(description="The project that gets the run.")]
    name: Annotated[StrictStr | None, Field(description="The run's display name.")] = None
    entity: Annotated[StrictStr | None, Field(description="The team or user it belongs to.")] = None
    tags: Annotated[list[StrictStr] | None, Field(description="Tags for the run.")] = None


class Integration(Written):
    """One of the provider's integrations, in OpenAI's own shape."""

    type: Annotated[Literal["wandb"], Field(description="Which integration.")]
    wandb: Annotated[Wandb, Field(description="Where Weights & Biases shall show the run.")]


class FineTuneSpec(Written):
    """One fine-tune: which base model, which data, how to train."""

    name: Annotated[Name, Field(description="Unique in the project.")]
    model: Annotated[
        Annotated[StrictStr, Field(min_length=1)] | FromSpec,
        Field(description="The base model, or `{from: other-spec}` to go on from another spec's."),
    ]
    suffix: Annotated[
        StrictStr | None,
        Field(
            description="Becomes part of the model's name: 1 to 64 of a-z, 0-9, -; or a template."
        ),
    ] = None
    target: Annotated[
        StrictStr | None, Field(description="Where to train: openai, local or one of ftops.yaml's.")
    ] = None
    method: Annotated[
        Method,
        Field(description="Learn answers as written, preferences (dpo), or from a grader."),
    ] = "supervised"
    hyperparameters: Annotated[
        Hyperparameters, Field(description="How to train; what is left out is `auto`.")
    ] = Hyperparameters()
    seed: Annotated[
        Annotated[StrictInt, Field(ge=0, le=2147483647)] | None,
        Field(description="Makes chance repeatable, as far as the provider can."),
    ] = None
    generation: Annotated[
        StrictInt, Field(ge=1), Field(description="Raise it to train the very same inputs again.")
    ] = 1
    dataset: Annotated[Dataset, Field(description="Which files to train and validate on.")]
    privacy: Annotated[
        Privacy,
        Field(
            description="What personal data and secrets in the dataset do; never causes training."
        ),
    ] = Privacy()
    grader: Annotated[
        dict[str, Any] | None,
        Field(description="reinforcement only: the grader, in OpenAI's shape."),
    ] = None
    integrations: Annotated[
        list[Integration],
        Field(description="The provider's integrations, such as Weights & Biases."),
    ] = Field(default_factory=list, max_length=5)
    metadata: Annotated[
        dict[StrictStr, StrictStr],
        Field(
            description="Free pairs of text; they never cause training. Values may be templates."
        ),
    ] = Field(default_factory=dict, max_length=OWN_METADATA_PAIRS)

    @field_validator("suffix")
    @classmethod
    def _suffix_is_plain(cls, suffix: str | None) -> str | None:
        if suffix is not None and not re.match(rf"^[a-z0-9-]{{1,{MAX_SUFFIX}}}\Z", suffix):
            raise ValueError(f"must be 1 to {MAX_SUFFIX} characters of a-z, 0-9 and -")
        return suffix

    @model_validator(mode="after")
    def _keys_go_together(self) -> Self:
        misfits = misfits_of(self.model_dump())
        if misfits:
            raise MisfitError(misfits)
        return self

    def meant(self) -> core.FineTuneSpec:
        """Return the spec in the core's terms."""
        return msgspec.convert(self.model_dump(mode="json"), core.FineTuneSpec)
