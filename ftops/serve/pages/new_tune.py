"""`/new`: a fine-tune on trial: checked in memory, priced, handed back as files to commit."""

from typing import Annotated, Final

import anyio
import msgspec
from fastapi import FastAPI, Request, Response

from ftops.core.access import Role
from ftops.core.cost import PRICES_AS_OF, Tariff
from ftops.serve.access.gate import needs
from ftops.serve.api.state import capabilities_of
from ftops.serve.pages.draft import Draft, judged
from ftops.serve.pages.frame import frame_of
from ftops.serve.pages.paper import page
from ftops.serve.premises import Premises
from ftops.serve.problems import JSON, documented
from ftops.serve.snapshot.snapshot import Snapshot

LARGEST_BODY: Final = 16 * 1024 * 1024
AT_ONCE: Final = 2


def register(app: FastAPI, premises: Premises) -> None:
    """Add the page, and the check that it sends its draft to."""
    viewer = needs(Role.VIEWER)
    turns = anyio.CapacityLimiter(AT_ONCE)

    @app.get("/new", openapi_extra=viewer, include_in_schema=False)
    async def new(request: Request) -> Response:
        snapshot = premises.watch.snapshot
        return page(
            "new.html",
            frame_of(request, premises, "new"),
            powers=capabilities_of(snapshot).llm_finetuning,
            largest=LARGEST_BODY,
            prices_as_of=PRICES_AS_OF,
        )

    @app.post(
        "/new/check",
        openapi_extra=viewer,
        include_in_schema=False,
        max_body_size=LARGEST_BODY,
        responses=documented(413, 415, 422),
    )
    async def check(draft: Annotated[Draft, "what the form holds"]) -> Response:
        tariff = _tariff(premises.watch.snapshot)
        told = await anyio.to_thread.run_sync(judged, draft, tariff, limiter=turns)
        return Response(msgspec.json.encode(told), media_type=JSON)


def _tariff(snapshot: Snapshot) -> Tariff:
    survey = snapshot.survey
    sight = None if survey.default_target is None else survey.sights.get(survey.default_target)
    return Tariff() if sight is None else sight.tariff
