"""`/v1/models`."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops.trainer.api.endpoint import Endpoint
from ftops.trainer.api.models import shapes
from ftops.trainer.api.premises import premises_of
from ftops.trainer.api.problems import RefusalError, no_such_model
from ftops.trainer.api.vocabulary import Deleted, deleted


def list_models(request: Request) -> Response:
    """List the base models and everything they made."""
    premises = premises_of(request)
    bases = [shapes.base_model(name) for name in premises.settings.base_models]
    tuned = [shapes.model(row) for row in premises.store.models.all()]
    return JSONResponse({"object": "list", "data": bases + tuned})


def retrieve(request: Request) -> Response:
    """Show a model."""
    premises = premises_of(request)
    name = request.path_params["model"]
    if name in premises.settings.base_models:
        return JSONResponse(shapes.base_model(name))
    row = premises.store.models.get(name)
    if row is None:
        raise no_such_model(name)
    return JSONResponse(shapes.model(row))


def delete(request: Request) -> Response:
    """Delete a tuned model."""
    premises = premises_of(request)
    name = request.path_params["model"]
    if name in premises.settings.base_models:
        raise RefusalError(
            403, f"Model {name} is a base model and cannot be deleted.", param="model"
        )
    row = premises.store.models.get(name)
    if row is None:
        raise no_such_model(name)
    premises.store.forget_model(row)
    premises.loaded.drop(name)
    return JSONResponse(deleted(name, "model"))


_MODEL = "/models/{model}"

ENDPOINTS = (
    Endpoint(method="GET", path="/models", answer=list_models, gives=shapes.ModelList),
    Endpoint(method="GET", path=_MODEL, answer=retrieve, gives=shapes.Model),
    Endpoint(method="DELETE", path=_MODEL, answer=delete, gives=Deleted),
)
