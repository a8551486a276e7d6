"""The server's configuration file: the open-weight models it may train, and how many at once."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from ftops.trainer.recipes.open_weights.base import BaseError, plain_base, read_base
from ftops.trainer.recipes.registry import RECIPES
from ftops.trainer.settings import one_per_processor

JOBS: Final = "jobs"
MODELS: Final = "models"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class ConfigurationError(Exception):
    """The configuration file is wrong; says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """How many `jobs` may run side by side, and the base models by name, each as plain data."""

    jobs: int = field(default_factory=one_per_processor)
    bases: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read_configuration(path: Path) -> Configuration:
    """Return what the file says.

    A `source` that begins with `.` or `/`, or names a folder beside the file, is a folder and made
    absolute; any other is a hub's id.
    """
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    unknown = sorted(set(written) - {JOBS, MODELS})
    if unknown or not isinstance(written.get(MODELS, {}), dict):
        raise ConfigurationError(
            f"{path}: unknown setting {', '.join(unknown) or MODELS}; "
            "it holds jobs = NUMBER and [models.NAME] tables"
        )
    listed = {name: _base(path, name, table) for name, table in written.get(MODELS, {}).items()}
    bases = MappingProxyType(listed)
    if JOBS not in written:
        return Configuration(bases=bases)
    return Configuration(jobs=_jobs(path, written[JOBS]), bases=bases)


def _jobs(path: Path, number: object) -> int:
    if type(number) is not int or number < 1:
        raise ConfigurationError(f"{path}: jobs is {number!r}; it is a whole number from 1 on")
    return number


def _base(path: Path, name: str, table: object) -> Mapping[str, Any]:
    place = f"{path}: models.{name}"
    if not _NAME.fullmatch(name):
        raise ConfigurationError(f"{place}: a name holds letters, digits, '.', '_' and '-'")
    if name in RECIPES:
        raise ConfigurationError(f"{place}: this name is a recipe's own")
    if not isinstance(table, dict):
        raise ConfigurationError(f"{place}: must be a table with a source")
    try:
        base = plain_base(read_base(table))
    except BaseError as error:
        raise ConfigurationError(f"{place}: {error}") from error
    return {**base, "source": _source(path, str(base["source"]), place)}


def _source(path: Path, source: str, place: str) -> str:
    folder = (path.parent / source).resolve()
    if folder.is_dir():
        return str(folder)
    if source.startswith((".", "/")):
        raise ConfigurationError(f"{place}: there is no folder {folder}")
    return source
