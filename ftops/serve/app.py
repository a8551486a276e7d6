"""The application: every route behind its gate, and nothing that could write."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from ftops.serve import problems
from ftops.serve.access.front_door import FrontDoor
from ftops.serve.access.gate import GuardedRoute
from ftops.serve.api import ask, declare, jobs, metrics, models, session, state, usage, webhook
from ftops.serve.pages import jobs as job_pages
from ftops.serve.pages import models as model_pages
from ftops.serve.pages import new_tune, overview, plan, reference, trouble
from ftops.serve.pages import usage as usage_page
from ftops.serve.premises import Premises
from ftops.version import __version__

API = (jobs, declare, models, ask, state, usage, session, metrics, webhook)
PAGES = (overview, job_pages, model_pages, plan, new_tune, usage_page, reference)
ABOUT = "Status, logs and curves of this project's fine-tunes, and its models to ask. Read-only."


def create_app(premises: Premises) -> FastAPI:
    """Return the application; while it runs, the watch looks in the background."""

    @asynccontextmanager
    async def opened(_: FastAPI) -> AsyncIterator[None]:
        premises.bell.open(asyncio.get_running_loop())
        premises.watch.listeners.append(premises.bell.ring)
        premises.watch.start()
        try:
            yield
        finally:
            premises.bell.close()
            await asyncio.to_thread(premises.watch.stop)

    app = FastAPI(
        title="ftops",
        version=__version__,
        description=ABOUT,
        lifespan=opened,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        # Behind a proxy that speaks TLS a redirect would name a plain http address.
        redirect_slashes=False,
    )
    app.state.gate = premises.gate
    app.router.route_class = GuardedRoute
    problems.install(app)
    trouble.install(app)
    for part in API + PAGES:
        part.register(app, premises)
    app.add_middleware(FrontDoor, hosts=premises.hosts, counters=premises.counters)
    return app
