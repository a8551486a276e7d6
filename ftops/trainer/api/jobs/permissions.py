"""`/v1/fine_tuning/checkpoints/{checkpoint}/permissions`: leave for other projects."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops.trainer import ids, surroundings
from ftops.trainer.api.bodies import read_body
from ftops.trainer.api.endpoint import AFTER, Endpoint, Parameter, limit
from ftops.trainer.api.jobs import shapes
from ftops.trainer.api.jobs.requests import NewPermissions
from ftops.trainer.api.paging import MOST_LISTED, Listing, Orders, listing, window
from ftops.trainer.api.parsing import parse
from ftops.trainer.api.premises import Premises, premises_of
from ftops.trainer.api.problems import RefusalError, no_such_model
from ftops.trainer.api.vocabulary import Deleted, deleted
from ftops.trainer.store.records import Permission
from ftops.trainer.store.table import Page, Where

_LISTED = 10
_ORDERS = Orders(rising="ascending", falling="descending", usual="descending")


async def permit(request: Request) -> Response:
    """Let projects use a checkpoint."""
    asked = parse(await read_body(request), NewPermissions)
    made = await run_in_threadpool(
        _permit, premises_of(request), _checkpoint(request), asked.project_ids
    )
    return JSONResponse(listing(Page(rows=made, has_more=False), shapes.permission))


def _permit(premises: Premises, model: str, projects: list[str]) -> tuple[Permission, ...]:
    _check_model(premises, model)
    table = premises.store.permissions
    now = surroundings.now()
    with premises.store.transaction():
        for project in dict.fromkeys(projects):
            if not table.all(_given(model, project)):
                table.add(
                    Permission(
                        id=ids.permission_id(), created_at=now, checkpoint=model, project_id=project
                    )
                )
        return tuple(row for row in table.all(_given(model)) if row.project_id in projects)


def list_permissions(request: Request) -> Response:
    """List who may use a checkpoint."""
    premises, model = premises_of(request), _checkpoint(request)
    _check_model(premises, model)
    page = premises.store.permissions.page(
        window(request.query_params, default=_LISTED, orders=_ORDERS),
        _given(model, request.query_params.get("project_id")),
    )
    return JSONResponse(listing(page, shapes.permission))


def withdraw(request: Request) -> Response:
    """Take a permission back."""
    premises, model = premises_of(request), _checkpoint(request)
    permission_id = request.path_params["permission_id"]
    where = Where(text="id = ? AND checkpoint = ?", values=(permission_id, model))
    if not premises.store.permissions.remove(where):
        raise RefusalError(
            404, f"No such permission of {model}: {permission_id}", param="permission_id"
        )
    return JSONResponse(deleted(permission_id, "checkpoint.permission"))


def _checkpoint(request: Request) -> str:
    return str(request.path_params["checkpoint"])


def _check_model(premises: Premises, model: str) -> None:
    if premises.store.models.get(model) is None:
        raise no_such_model(model)


def _given(model: str, project: str | None = None) -> Where:
    if project is None:
        return Where(text="checkpoint = ?", values=(model,))
    return Where(text="checkpoint = ? AND project_id = ?", values=(model, project))


_PERMISSIONS = "/fine_tuning/checkpoints/{checkpoint}/permissions"
_GIVEN = Listing[shapes.CheckpointPermission]

ENDPOINTS = (
    Endpoint(method="POST", path=_PERMISSIONS, answer=permit, takes=NewPermissions, gives=_GIVEN),
    Endpoint(
        method="GET",
        path=_PERMISSIONS,
        answer=list_permissions,
        gives=_GIVEN,
        query=(
            AFTER,
            limit(MOST_LISTED),
            Parameter(name="order", schema={"enum": [_ORDERS.rising, _ORDERS.falling]}),
            Parameter(name="project_id", schema={"type": "string"}),
        ),
    ),
    Endpoint(
        method="DELETE",
        path=f"{_PERMISSIONS}/{{permission_id}}",
        answer=withdraw,
        gives=Deleted,
    ),
)
