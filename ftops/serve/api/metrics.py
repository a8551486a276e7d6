"""`/metrics`: the state of the project as Prometheus reads it."""

from fastapi import FastAPI, Response

from ftops.core.access import Role
from ftops.serve.access.gate import needs
from ftops.serve.counters import TEXT, exposition
from ftops.serve.premises import Premises
from ftops.serve.problems import documented


def register(app: FastAPI, premises: Premises) -> None:
    """Add this route."""

    @app.get(
        "/metrics",
        response_class=Response,
        openapi_extra=needs(Role.VIEWER),
        tags=["state"],
        summary="For Prometheus",
        responses={
            200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
            **documented(503),
        },
    )
    def metrics() -> Response:
        snapshot = premises.watch.snapshot
        now = premises.watch.lookout.clock.now()
        age = max(0.0, (now - snapshot.at).total_seconds())
        usage = premises.asking.meter.usage()
        told = exposition(snapshot, premises.counters, usage, age)
        return Response(told, headers={"Content-Type": TEXT})
