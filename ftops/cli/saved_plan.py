"""A plan in a file: written for review, read again only for its digest."""

import json
from pathlib import Path

from ftops.errors import FtopsError

FORMAT_VERSION = 1


def save(path: Path, text: str) -> None:
    """Write the plan's JSON whole or not at all."""
    aside = path.with_name(f".{path.name}.part")
    try:
        aside.write_text(text + "\n", encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise FtopsError(
            f"the plan could not be saved to {path}: {error.strerror}", hint="name another file"
        ) from error


def read_digest(path: Path) -> str:
    """Return the digest of a saved plan; the rest is never trusted, apply makes the plan anew."""
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        version, digest = saved["format_version"], saved["digest"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FtopsError(
            f"{path} is not a plan that ftops saved",
            hint="`ftops plan --out FILE` saves one",
        ) from error
    if version != FORMAT_VERSION or not isinstance(digest, str):
        raise FtopsError(
            f"{path} was saved by another version of ftops",
            hint=f"save it again: ftops plan --out {path}",
        )
    return digest
