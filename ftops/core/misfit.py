"""`MisfitError`: findings of a rule that looks at more than one value, each with its own place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

MAX_METADATA_KEY: Final = 64
MAX_METADATA_VALUE: Final = 512
STAMP_PREFIX: Final = "ftops_"

_METHODS: Final = ("supervised", "dpo", "reinforcement")
_METHOD_ONLY: Final[Mapping[str, str]] = {
    "beta": "dpo",
    "reasoning_effort": "reinforcement",
    "compute_multiplier": "reinforcement",
    "eval_interval": "reinforcement",
    "eval_samples": "reinforcement",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """One finding: the path of keys below the checked value, and what is wrong with it.

    The message goes on where the key's name ends: `must be shorter`, `belongs to method dpo`.
    """

    path: tuple[str, ...]
    message: str


class MisfitError(ValueError):
    """Raised by a pydantic validator that found several things at once."""

    def __init__(self, misfits: Sequence[Misfit]) -> None:
        super().__init__("; ".join(f"{'.'.join(one.path)} {one.message}" for one in misfits))
        self.misfits = tuple(misfits)


def misfits_of(written: Mapping[str, Any]) -> list[Misfit]:
    """Find what no single key can tell of a spec, also in one that is wrong in other ways."""
    return [*_metadata_misfits(written.get("metadata")), *_method_misfits(written)]


def _metadata_misfits(metadata: object) -> list[Misfit]:
    pairs = metadata if isinstance(metadata, Mapping) else {}
    return [
        Misfit(path=("metadata", key), message=message)
        for key, value in pairs.items()
        for message in _pair_faults(key, value)
    ]


def _pair_faults(key: str, value: object) -> list[str]:
    faults = []
    if not key or len(key) > MAX_METADATA_KEY or set(key) & set("[]"):
        faults.append(f"needs a key of 1 to {MAX_METADATA_KEY} characters without brackets")
    if isinstance(value, str) and len(value) > MAX_METADATA_VALUE:
        faults.append(f"must be at most {MAX_METADATA_VALUE} characters, not {len(value)}")
    if key.startswith(STAMP_PREFIX):
        faults.append(f"needs another key: {STAMP_PREFIX}… is ftops' own")
    return faults


def _method_misfits(written: Mapping[str, Any]) -> list[Misfit]:
    method = written.get("method", "supervised")
    if method not in _METHODS:
        return []
    hyperparameters = written.get("hyperparameters")
    own = hyperparameters if isinstance(hyperparameters, Mapping) else {}
    strangers = [
        Misfit(path=("hyperparameters", name), message=f"belongs to method {belongs_to}")
        for name, belongs_to in _METHOD_ONLY.items()
        if own.get(name, "auto") != "auto" and method != belongs_to
    ]
    if method == "reinforcement":
        return [*strangers, *_reinforcement_misfits(written)]
    if written.get("grader") is not None:
        strangers.append(Misfit(path=("grader",), message="belongs to method reinforcement"))
    return strangers


def _reinforcement_misfits(written: Mapping[str, Any]) -> list[Misfit]:
    dataset = written.get("dataset")
    needs = []
    if written.get("grader") is None:
        needs.append("reinforcement needs a grader")
    if isinstance(dataset, Mapping) and dataset.get("validation") is None:
        needs.append("reinforcement needs dataset.validation")
    return [Misfit(path=("method",), message=message) for message in needs]
