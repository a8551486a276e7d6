"""What is asked of a provider that answers at a price: one creation, one question."""

from collections.abc import Mapping
from dataclasses import dataclass

from ftops.core.desired import Desired
from ftops.core.names import FileId, ModelId


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOrder:
    """All that one creation request says.

    `idempotency_key` is made of the fingerprint and the number of stamped jobs already seen dead,
    so that a retry is never answered with the job that failed.
    """

    desired: Desired
    model: ModelId
    training_file: FileId
    validation_file: FileId | None
    stamp: Mapping[str, str]
    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One chat request to one model; `temperature` 0 asks for the likeliest answer."""

    messages: tuple[Mapping[str, str], ...]
    temperature: float = 0.0
    max_tokens: int = 512
