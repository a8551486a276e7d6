"""`/api/usage`: calls, tokens and cost of this month's questions, by caller and model."""

from dataclasses import dataclass

from fastapi import FastAPI, Request, Response

from ftops.core.access import Role, Usage, Used
from ftops.serve.access.gate import caller_of, needs
from ftops.serve.access.meter import Meter
from ftops.serve.caller import Caller
from ftops.serve.premises import Premises
from ftops.serve.problems import JSON, documented
from ftops.serve.snapshot.snapshot import body_of


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedView:
    """What one caller used of one model; `unpriced` calls have no known price."""

    caller: str
    name: str
    model: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    usd: float
    unpriced: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalView:
    """All of it, for everybody: what the budget is held against."""

    calls: int
    tokens: int
    usd: float
    budget_tokens: int | None
    budget_usd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageOfMonth:
    """One month in UTC; a viewer or tester sees its own rows, an admin everybody's."""

    month: str
    total: TotalView
    usage: tuple[UsedView, ...]


def register(app: FastAPI, premises: Premises) -> None:
    """Add this route."""
    meter = premises.asking.meter

    @app.get(
        "/api/usage",
        response_model=UsageOfMonth,
        openapi_extra=needs(Role.VIEWER),
        tags=["access"],
        summary="What this month's questions to models came to",
        responses=documented(503),
    )
    def usage(request: Request) -> Response:
        told = usage_for(caller_of(request), meter)
        return Response(body_of(told).content, media_type=JSON)


def usage_for(caller: Caller, meter: Meter) -> UsageOfMonth:
    """Return what a caller may see of this month's usage."""
    rows = meter.usage()
    total = sum((one.used for one in rows), Used())
    mine = [one for one in rows if caller.role.may(Role.ADMIN) or one.caller == caller.id]
    return UsageOfMonth(
        month=meter.month(),
        total=TotalView(
            calls=total.calls,
            tokens=total.tokens,
            usd=round(total.usd, 6),
            budget_tokens=meter.budget.tokens,
            budget_usd=meter.budget.usd,
        ),
        usage=tuple(map(_view, mine)),
    )


def _view(one: Usage) -> UsedView:
    used = one.used
    return UsedView(
        caller=one.caller,
        name=one.name,
        model=one.model,
        calls=used.calls,
        prompt_tokens=used.prompt_tokens,
        completion_tokens=used.completion_tokens,
        usd=round(used.usd, 6),
        unpriced=used.unpriced,
    )
