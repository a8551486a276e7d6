"""What clients send to make and ask jobs."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from ftops.trainer.api.parsing import Metadata

Auto = Literal["auto"]
Epochs = Annotated[int, Meta(ge=1, le=50)]
BatchSize = Annotated[int, Meta(ge=1, le=256)]
Positive = Annotated[float, Meta(gt=0)]
Beta = Annotated[float, Meta(gt=0, le=2)]


class Hyperparameters(Struct, frozen=True, forbid_unknown_fields=True):
    """The knobs of both methods; `memory` is our own: off shows what the weights alone hold."""

    n_epochs: Epochs | Auto | None = None
    batch_size: BatchSize | Auto | None = None
    learning_rate_multiplier: Positive | Auto | None = None
    beta: Beta | Auto | None = None
    memory: bool | None = None


class MethodSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What stands under the method's own name."""

    hyperparameters: Hyperparameters | None = None


class Method(Struct, frozen=True, forbid_unknown_fields=True):
    """How to train."""

    type: Literal["supervised", "dpo", "reinforcement"]
    supervised: MethodSettings | None = None
    dpo: MethodSettings | None = None
    reinforcement: dict[str, Any] | None = None


class NewJob(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a job creation."""

    model: Annotated[str, Meta(min_length=1, max_length=256)]
    training_file: Annotated[str, Meta(min_length=1, max_length=256)]
    validation_file: str | None = None
    method: Method | None = None
    hyperparameters: Hyperparameters | None = None
    suffix: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    seed: Annotated[int, Meta(ge=0, le=2147483647)] | None = None
    integrations: Annotated[list[dict[str, Any]], Meta(max_length=5)] | None = None
    metadata: Metadata | None = None


class NewPermissions(Struct, frozen=True, forbid_unknown_fields=True):
    """The body that lets other projects use a checkpoint."""

    project_ids: Annotated[list[Annotated[str, Meta(min_length=1)]], Meta(min_length=1)]
