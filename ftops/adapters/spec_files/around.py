"""What the templates of a project may see beside its specs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Git and the clock are asked only if a template wants them.

    `environment` holds the variables that are open to templates, as far as they are set.
    """

    git: Callable[[], Mapping[str, str]]
    environment: Mapping[str, str]
    now: Callable[[], datetime]
