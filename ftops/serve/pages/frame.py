"""What every page shows around its own part."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import Request

from ftops.core.access import Role
from ftops.serve.access.gate import caller_of
from ftops.serve.access.sessions import COOKIE
from ftops.serve.caller import Caller
from ftops.serve.premises import Premises
from ftops.serve.snapshot.snapshot import Snapshot
from ftops.usecases.survey import Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The project, who looks, where they are, and how old what they see is."""

    project: str
    here: str
    caller: Caller
    may_ask: bool
    can_sign_out: bool
    seen_at: datetime
    troubles: tuple[Trouble, ...]
    pending: int


def frame_of(request: Request, premises: Premises, here: str) -> Frame:
    """Return the frame of a page; `here` is its place in the navigation."""
    snapshot = premises.watch.snapshot
    caller = caller_of(request)
    return Frame(
        project=snapshot.survey.project,
        here=here,
        caller=caller,
        may_ask=caller.role.may(Role.TESTER),
        can_sign_out=COOKIE in request.cookies,
        seen_at=snapshot.at,
        troubles=snapshot.troubles,
        pending=_pending(snapshot),
    )


def _pending(snapshot: Snapshot) -> int:
    return sum(one.change not in {None, "keep"} for one in snapshot.specs)
