"""Models as OpenAI's JSON objects."""

from typing import Literal, TypedDict

from ftops.trainer.store.records import TunedModel


class Model(TypedDict):
    """A base, or a model that a job made."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str
    shutdown_date: None


class ModelList(TypedDict):
    """All models at once."""

    object: Literal["list"]
    data: list[Model]


def model(row: TunedModel) -> Model:
    """Write a tuned model; nothing here is ever shut down."""
    return _model(row.id, row.created_at, "user-local")


def base_model(name: str) -> Model:
    """Write a recipe as the base model it is asked for by."""
    return _model(name, 0, "ftops")


def _model(name: str, created: int, owner: str) -> Model:
    return {
        "id": name,
        "object": "model",
        "created": created,
        "owned_by": owner,
        "shutdown_date": None,
    }
