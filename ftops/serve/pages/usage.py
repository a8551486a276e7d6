"""`/usage`: what this month's questions to models came to."""

from fastapi import FastAPI, Request, Response

from ftops.core.access import Role
from ftops.serve.access.gate import caller_of, needs
from ftops.serve.api.usage import usage_for
from ftops.serve.pages.frame import frame_of
from ftops.serve.pages.paper import page
from ftops.serve.premises import Premises


def register(app: FastAPI, premises: Premises) -> None:
    """Add this page."""
    meter = premises.asking.meter

    @app.get("/usage", openapi_extra=needs(Role.VIEWER), include_in_schema=False)
    def usage(request: Request) -> Response:
        told = usage_for(caller_of(request), meter)
        return page("usage.html", frame_of(request, premises, "usage"), told=told)
