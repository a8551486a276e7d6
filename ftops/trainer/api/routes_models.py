"""`/v1/models`."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ftops.trainer.api import shapes
from ftops.trainer.api.premises import premises_of
from ftops.trainer.api.problems import RefusalError, no_such_model


def list_models(request: Request) -> Response:
    """List the recipes and everything they made."""
    premises = premises_of(request)
    bases = [shapes.base_model(name) for name in premises.settings.recipes]
    tuned = [shapes.model(row) for row in premises.store.models.all()]
    return JSONResponse({"object": "list", "data": bases + tuned})


def retrieve(request: Request) -> Response:
    """Show a model."""
    premises = premises_of(request)
    name = request.path_params["model"]
    if name in premises.settings.recipes:
        return JSONResponse(shapes.base_model(name))
    row = premises.store.models.get(name)
    if row is None:
        raise no_such_model(name)
    return JSONResponse(shapes.model(row))


def delete(request: Request) -> Response:
    """Delete a tuned model."""
    premises = premises_of(request)
    name = request.path_params["model"]
    if name in premises.settings.recipes:
        raise RefusalError(
            403, f"Model {name} is a base model and cannot be deleted.", param="model"
        )
    row = premises.store.models.get(name)
    if row is None:
        raise no_such_model(name)
    premises.store.forget_model(row)
    premises.loaded.drop(name)
    return JSONResponse(shapes.deleted(name, "model"))


ROUTES = (
    Route("/models", list_models, methods=["GET"]),
    Route("/models/{model}", retrieve, methods=["GET"]),
    Route("/models/{model}", delete, methods=["DELETE"]),
)
