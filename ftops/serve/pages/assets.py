"""Files that pages load, under names that change with their bytes: kept for ever."""

import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

PACKAGE: Final = "ftops.serve.pages"
FOLDER: Final = "static"
PATH: Final = "/static/"
FOR_EVER: Final = "public, max-age=31536000, immutable"
_DIGITS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file as it is served."""

    url: str
    content: bytes
    media_type: str


@cache
def assets() -> Mapping[str, Asset]:
    """Return every file by its name in the folder, such as `style.css`."""
    folder = files(PACKAGE) / FOLDER
    return {one.name: _asset(one) for one in folder.iterdir() if not one.name.startswith(".")}


@cache
def assets_by_url() -> Mapping[str, Asset]:
    """Return every file by where it is served."""
    return {one.url: one for one in assets().values()}


def asset_url(name: str) -> str:
    """Return where a file is served; KeyError for one that is not there."""
    return assets()[name].url


def _asset(file: Traversable) -> Asset:
    content = file.read_bytes()
    mark = hashlib.sha256(content).hexdigest()[:_DIGITS]
    stem, dot, ending = file.name.rpartition(".")
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return Asset(
        url=f"{PATH}{stem}.{mark}{dot}{ending}",
        content=content,
        media_type=f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
    )
