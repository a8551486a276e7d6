"""What a lock's plain data must look like before it is believed."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ftops.core.lock import Lock
from ftops.core.names import SPEC_NAME_PATTERN

Hex64 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class LockShape(BaseModel):
    """A lock as it is written, key by key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: Annotated[Literal[1], Field(alias="schema")] = 1
    spec: Annotated[str, Field(pattern=SPEC_NAME_PATTERN)]
    target: Annotated[str, Field(min_length=1)]
    fingerprint: Hex64
    model: Annotated[str, Field(min_length=1)]
    job: Annotated[str, Field(min_length=1)]
    base_model: str
    inputs: dict[str, Any]
    resolved: dict[str, Any]
    files: dict[str, str]
    trained_tokens: int | None
    cost_usd: float | None
    created_at: AwareDatetime
    finished_at: AwareDatetime | None
    metadata: dict[str, str]


def lock_from_plain(plain: Mapping[str, Any]) -> Lock:
    """Return the lock that plain data describes; pydantic's ValidationError if it does not."""
    shape = LockShape.model_validate(dict(plain))
    return Lock(**shape.model_dump(exclude={"schema_"}))
