"""What clients send to upload a file in parts."""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from ftops.trainer.api.files.terms import (
    FILENAME_LENGTH,
    LEAST_KEPT_SECONDS,
    MOST_KEPT_SECONDS,
)

MAX_UPLOAD_BYTES: Final = 8 * 1024**3

Purpose = Literal["assistants", "batch", "fine-tune", "vision", "user_data", "evals"]


class ExpiresAfter(Struct, frozen=True, forbid_unknown_fields=True):
    """How long the file is kept."""

    anchor: Literal["created_at"]
    seconds: Annotated[int, Meta(ge=LEAST_KEPT_SECONDS, le=MOST_KEPT_SECONDS)]


class NewUpload(Struct, frozen=True, forbid_unknown_fields=True):
    """The body that begins an upload."""

    filename: Annotated[str, Meta(min_length=1, max_length=FILENAME_LENGTH)]
    purpose: Purpose
    bytes: Annotated[int, Meta(ge=0, le=MAX_UPLOAD_BYTES)]
    mime_type: str
    expires_after: ExpiresAfter | None = None


class CompleteUpload(Struct, frozen=True, forbid_unknown_fields=True):
    """The body that ends an upload: its parts in order, and perhaps a checksum of the whole."""

    part_ids: list[str]
    md5: str | None = None
