"""Names and ids, each a type of its own so that no two can be swapped."""

from typing import Final, NewType

SpecName = NewType("SpecName", str)
TargetName = NewType("TargetName", str)
Digest = NewType("Digest", str)
"""The sha256 of a file's bytes, 64 hex digits."""
Fingerprint = NewType("Fingerprint", str)
"""The sha256 of everything that decides the weights or the model's name, 64 hex digits."""
FileId = NewType("FileId", str)
JobId = NewType("JobId", str)
ModelId = NewType("ModelId", str)

SPEC_NAME_PATTERN: Final = r"^[a-z0-9][a-z0-9-]{0,62}$"

UPLOAD_NAME_DIGITS: Final = 32


def upload_name(digest: Digest) -> str:
    """Return the file name that lets a repeated upload find the first one."""
    return f"ftops-{digest[:UPLOAD_NAME_DIGITS]}.jsonl"
