"""A training server in a process of its own, with a door for seeds and true placeholders."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from ftops.trainer.app import create_app
from ftops.trainer.settings import Settings
from tests.conformance.placeholders import Placeholders
from tests.conformance.seeds import seed
from tests.trainer.counting_settings import COUNTING


def seeded_app(folder: Path) -> Starlette:
    settings = Settings(
        store=folder / "store",
        recipes=COUNTING,
        max_running=0,
        # The seeded job's worker is this process: nobody may lose patience with it.
        stuck_seconds=float("inf"),
        obey_seconds=float("inf"),
    )
    app = create_app(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with app.router.lifespan_context(app):
            yield

    async def reseed(request: Request) -> Response:
        asked = await request.json()
        store = app.state.premises.store
        await run_in_threadpool(seed, store, asked["models"], paused=asked["paused"])
        return Response()

    routes = [Route("/seed", reseed, methods=["POST"]), Mount("/", Placeholders(app))]
    return Starlette(routes=routes, lifespan=lifespan)


if __name__ == "__main__":
    uvicorn.run(seeded_app(Path(sys.argv[1])), port=int(sys.argv[2]), log_level="warning")
