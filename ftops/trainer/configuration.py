"""The server's configuration file: what it may train, how many at once, and where."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import msgspec

from ftops.trainer.recipes.open_weights.base import BaseError, plain_base, read_base
from ftops.trainer.recipes.registry import RECIPES
from ftops.trainer.settings import RayCluster, one_per_processor

JOBS: Final = "jobs"
MODELS: Final = "models"
LAUNCHER: Final = "launcher"
THIS_MACHINE, RAY = "subprocess", "ray"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class ConfigurationError(Exception):
    """The configuration file is wrong; says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """How many `jobs` run side by side here, the bases by name as plain data, and a `cluster`.

    A cluster, if there is one, trains in this machine's place and has a limit of its own.
    """

    jobs: int = field(default_factory=one_per_processor)
    bases: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    cluster: RayCluster | None = None


def read_configuration(path: Path) -> Configuration:
    """Return what the file says.

    A `source` that begins with `.` or `/`, or names a folder beside the file, is a folder and made
    absolute; any other is a hub's id.
    """
    written = _written(path)
    unknown = sorted(set(written) - {JOBS, MODELS, LAUNCHER})
    if unknown or not isinstance(written.get(MODELS, {}), dict):
        raise ConfigurationError(
            f"{path}: unknown setting {', '.join(unknown) or MODELS}; "
            "it holds jobs = NUMBER, [models.NAME] tables and [launcher]"
        )
    listed = {name: _base(path, name, table) for name, table in written.get(MODELS, {}).items()}
    told = Configuration(bases=MappingProxyType(listed), cluster=_cluster(path, written))
    return replace(told, jobs=_jobs(path, written[JOBS])) if JOBS in written else told


def _jobs(path: Path, number: object) -> int:
    if type(number) is not int or number < 1:
        raise ConfigurationError(f"{path}: jobs is {number!r}; it is a whole number from 1 on")
    return number


def _cluster(path: Path, written: Mapping[str, Any]) -> RayCluster | None:
    told = written.get(LAUNCHER, {"kind": THIS_MACHINE})
    place = f"{path}: {LAUNCHER}"
    kind = told.get("kind") if isinstance(told, dict) else None
    if kind not in {THIS_MACHINE, RAY}:
        raise ConfigurationError(f"{place}: kind is {THIS_MACHINE!r} or {RAY!r}")
    rest = {name: value for name, value in told.items() if name != "kind"}
    known = {each.name for each in fields(RayCluster)} if kind == RAY else set()
    if set(rest) - known:
        raise ConfigurationError(f"{place}: unknown setting {', '.join(sorted(set(rest) - known))}")
    if kind == THIS_MACHINE:
        return None
    try:
        cluster = msgspec.convert(rest, RayCluster)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{place}: {error}") from error
    for name in ("address", "public_url"):
        if not getattr(cluster, name).startswith(("http://", "https://")):
            raise ConfigurationError(f"{place}: {name} begins with http:// or https://")
    if cluster.max_running < 1 or min(cluster.cpus, cluster.gpus) < 0:
        raise ConfigurationError(f"{place}: max_running is 1 or more, cpus and gpus 0 or more")
    return cluster


def _written(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error


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
