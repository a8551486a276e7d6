"""`Check`: one thing that `ftops doctor` looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of a checkup; `ok` is None where it could not, or need not, be looked at."""

    name: str
    ok: bool | None
    detail: str
    hint: str | None = None
