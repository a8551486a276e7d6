"""The environment, with the project's `.env` under it: the one door to both."""

import os
import sys
from collections.abc import Iterable, Mapping
from math import isfinite
from pathlib import Path

from ftops.core.project import ENVIRONMENT_REFERENCE
from ftops.errors import FtopsError, TargetError

ENV_FILE = ".env"
PROCESSES = "FTOPS_PROCESSES"
_MOST_PROCESSES = 8
_CERTIFICATES = frozenset({"ssl_cert_file", "ssl_cert_dir"})
_NOT_CI = frozenset({"", "0", "false", "no", "off"})


class Environment:
    """Variables read once; the real environment wins over `.env`, and nothing is exported.

    White space around a value is dropped: a key pasted with its newline is no legal header.
    """

    def __init__(self, root: Path | None, real: Mapping[str, str] | None = None) -> None:
        below = {} if root is None else _read_env_file(root / ENV_FILE)
        self._values = {**below, **(os.environ if real is None else real)}

    def get(self, name: str) -> str | None:
        """Return the variable's value, or None if it is unset or empty."""
        return self._values.get(name, "").strip() or None

    def is_same(self, other: "Environment") -> bool:
        """Say whether every variable is the same."""
        return bool(self._values == vars(other)["_values"])

    def only(self, names: Iterable[str]) -> dict[str, str]:
        """Return those of the named variables that are set: what templates may see."""
        return {name: self._values[name] for name in names if name in self._values}

    def expand(self, text: str) -> str:
        """Return the text with every `${NAME}` replaced; TargetError if one is unset."""
        return ENVIRONMENT_REFERENCE.sub(lambda match: self._required(match[1]), text)

    @property
    def is_ci(self) -> bool:
        """Say whether a pipeline runs this: some name themselves in `CI` instead of `true`."""
        return (self.get("CI") or "").lower() not in _NOT_CI

    def is_straight_to(self, url: str) -> bool:
        """Say whether nothing asks for another way there: a proxy, or certificates of one's own."""
        names = {name.lower() for name, value in self._values.items() if value}
        if any(name.endswith("_proxy") and name != "no_proxy" for name in names):
            return False
        return url.startswith("http:") or names.isdisjoint(_CERTIFICATES)

    def number(self, name: str, default: float, unit: str = "seconds") -> float:
        """Return the variable as a number above zero, or the default if it is unset."""
        text = self.get(name)
        if text is None:
            return default
        try:
            value = float(text)
        except ValueError:
            value = 0.0
        if value > 0 and isfinite(value):
            return value
        raise FtopsError(
            f"{name} is {text!r}, which is no number above zero",
            hint=f"set it to {unit}, such as {name}={default:g}, or unset it",
        )

    @property
    def processes(self) -> int:
        """Return how many processes may read one large file side by side."""
        return max(1, round(self.number(PROCESSES, _usable_processors(), unit="a count")))

    def _required(self, name: str) -> str:
        value = self.get(name)
        if value is None:
            raise TargetError(
                f"the environment variable {name} is not set",
                hint=f"export {name}=… or put it into {ENV_FILE}, which is never committed",
            )
        return value


def _usable_processors() -> int:
    """Return how many this process may run on, up to a few."""
    if sys.platform != "linux":
        return 1
    return min(len(os.sched_getaffinity(0)), _MOST_PROCESSES)


def _read_env_file(path: Path) -> dict[str, str]:
    try:
        values = _parsed(path) if path.is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise FtopsError(
            f"{path.name} cannot be read: {_cause(error)}",
            hint="it must be a UTF-8 text of NAME=value lines that you may read",
        ) from error
    return {name: value for name, value in values.items() if value is not None}


def _parsed(path: Path) -> dict[str, str | None]:
    from dotenv import dotenv_values  # noqa: PLC0415 - most checkouts have no such file

    return dotenv_values(path)


def _cause(error: OSError | UnicodeDecodeError) -> str:
    # The text of a UnicodeDecodeError may quote bytes of a secret.
    return error.strerror or "unknown" if isinstance(error, OSError) else "it is not UTF-8"
