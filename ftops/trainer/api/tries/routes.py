"""The routes of workers on other machines: order and data out, events and checkpoints in."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import msgspec
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from ftops.trainer import ids
from ftops.trainer.api.problems import RefusalError
from ftops.trainer.api.tries.visits import Visit, admitted
from ftops.trainer.checkpoints import is_checkpoint_name
from ftops.trainer.running.archive import ArchiveError, pack
from ftops.trainer.running.attempt_folder import LOG, Result, as_path, plain_order
from ftops.trainer.running.told_lines import LineError, append_lines, placed
from ftops.trainer.running.work_folder import (
    keep_checkpoint,
    keep_state,
    pack_for_next_try,
    take_checkpoint,
)

MAX_BODY_BYTES = 8 * 1024 * 1024
DIGEST = "x-sha256"


def order(request: Request) -> Response:
    """Say what to do; the places in it are names of what can be fetched."""
    told = admitted(request).order
    named = replace(
        told,
        training_file=Path("training"),
        validation_file=None if told.validation_file is None else Path("validation"),
        work=Path("work"),
        parent=None if told.parent is None else Path("parent"),
    )
    return Response(plain_order(named), media_type="application/json")


def fetch(request: Request) -> Response:
    """Hand out rows, the parent, or what an earlier try saved."""
    visit = admitted(request)
    match request.path_params["what"]:
        case "training":
            return FileResponse(visit.order.training_file)
        case "validation" if visit.order.validation_file is not None:
            return FileResponse(visit.order.validation_file)
        case "work":
            staged = _staged(visit)
            pack_for_next_try(visit.work, staged)
        case "parent" if visit.order.parent is not None:
            staged = _staged(visit)
            pack(
                visit.order.parent,
                sorted(each.name for each in visit.order.parent.iterdir()),
                staged,
            )
        case _:
            raise RefusalError(HTTPStatus.NOT_FOUND, "This try needs no such thing.")
    return FileResponse(staged, background=BackgroundTask(staged.unlink))


async def word(request: Request) -> Response:
    """Take a sign of life, and say what is wished."""
    visit = await run_in_threadpool(admitted, request)
    if request.query_params.get("alive") == "true":
        visit.folder.beat()
    return JSONResponse({"control": visit.folder.control()})


async def lines(request: Request) -> Response:
    """Take what the worker told, each line once."""
    visit = await run_in_threadpool(admitted, request)
    after = request.query_params.get("after", "")
    if not after.isdecimal():
        raise RefusalError(HTTPStatus.BAD_REQUEST, "Say after how many lines these come.")
    told = (await _body(request)).splitlines()
    try:
        count = await run_in_threadpool(append_lines, visit.folder, visit.work, told, int(after))
    except LineError as error:
        raise RefusalError(HTTPStatus.BAD_REQUEST, f"{error}.") from error
    return JSONResponse({"lines": count})


async def checkpoint(request: Request) -> Response:
    """Take a checkpoint's folder."""
    visit = await run_in_threadpool(admitted, request)
    name = request.path_params["name"]
    if not is_checkpoint_name(name):
        raise RefusalError(HTTPStatus.BAD_REQUEST, f"{name!r} is no checkpoint's name.")
    async with _received(request, visit) as archive:
        await run_in_threadpool(_keep_checkpoint, visit, name, archive)
    return JSONResponse({})


async def state(request: Request) -> Response:
    """Take a state to go on from."""
    visit = await run_in_threadpool(admitted, request)
    async with _received(request, visit) as archive:
        await run_in_threadpool(_keep_state, visit, archive)
    return JSONResponse({})


async def log(request: Request) -> Response:
    """Take what the worker printed."""
    visit = await run_in_threadpool(admitted, request)
    (visit.folder.path / LOG).write_bytes(await _body(request))
    return JSONResponse({})


async def result(request: Request) -> Response:
    """Take how it ended."""
    visit = await run_in_threadpool(admitted, request)
    try:
        told = msgspec.json.decode(await _body(request), type=Result, dec_hook=as_path)
        if told.model_dir is not None:
            told = replace(told, model_dir=_model_dir(visit, told.model_dir))
    except (msgspec.DecodeError, LineError) as error:
        raise RefusalError(HTTPStatus.BAD_REQUEST, f"{error}.") from error
    await run_in_threadpool(visit.folder.write_result, told)
    return JSONResponse({})


ROUTES = (
    Route("/{try_id}/order", order, methods=["GET"]),
    Route("/{try_id}/fetch/{what}", fetch, methods=["GET"]),
    Route("/{try_id}/word", word, methods=["POST"]),
    Route("/{try_id}/lines", lines, methods=["POST"]),
    Route("/{try_id}/checkpoints/{name}", checkpoint, methods=["POST"]),
    Route("/{try_id}/state", state, methods=["POST"]),
    Route("/{try_id}/log", log, methods=["POST"]),
    Route("/{try_id}/result", result, methods=["POST"]),
)


def _model_dir(visit: Visit, named: Path) -> Path:
    place = placed(str(named), visit.work)
    if place is None:
        raise LineError(f"there is no checkpoint {named}")
    return place


def _keep_checkpoint(visit: Visit, name: str, archive: Path) -> None:
    try:
        unpacked = take_checkpoint(visit.work, name, archive)
    except ArchiveError as error:
        raise RefusalError(HTTPStatus.BAD_REQUEST, f"{error}.") from error
    # Together with the look whether the try is still the last: none can begin in between.
    with visit.store.transaction():
        visit.check()
        keep_checkpoint(visit.work, unpacked)


def _keep_state(visit: Visit, archive: Path) -> None:
    with visit.store.transaction():
        visit.check()
        keep_state(visit.work, archive)


def _staged(visit: Visit) -> Path:
    return visit.store.incoming_folder / ids.random_word()


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise RefusalError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "This is too much at once.")
    except ClientDisconnect as error:
        raise RefusalError(HTTPStatus.BAD_REQUEST, "The body ended too early.") from error
    return bytes(body)


@asynccontextmanager
async def _received(request: Request, visit: Visit) -> AsyncIterator[Path]:
    """Write a body of any size to disk, and refuse one that is not whole."""
    staged, digest = _staged(visit), hashlib.sha256()
    try:
        with staged.open("wb") as stream:
            async for chunk in request.stream():
                digest.update(chunk)
                stream.write(chunk)
        if digest.hexdigest() != request.headers.get(DIGEST):
            raise RefusalError(HTTPStatus.BAD_REQUEST, "The body is not what was sent.")
        yield staged
    except ClientDisconnect as error:
        raise RefusalError(HTTPStatus.BAD_REQUEST, "The body ended too early.") from error
    finally:
        staged.unlink(missing_ok=True)
