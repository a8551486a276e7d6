"""`MisfitError`: findings of a rule that looks at more than one value, each with its own place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

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


def method_misfits(written: Mapping[str, Any]) -> list[Misfit]:
    """Find what does not go with the method; also in a spec that is wrong in other ways."""
    method = written.get("method", "supervised")
    if method not in _METHODS:
        return []
    hyperparameters = written.get("hyperparameters")
    dataset = written.get("dataset")
    own = hyperparameters if isinstance(hyperparameters, Mapping) else {}
    misfits = [
        Misfit(path=("hyperparameters", name), message=f"belongs to method {belongs_to}")
        for name, belongs_to in _METHOD_ONLY.items()
        if own.get(name, "auto") != "auto" and method != belongs_to
    ]
    if method != "reinforcement":
        if written.get("grader") is not None:
            misfits.append(Misfit(path=("grader",), message="belongs to method reinforcement"))
        return misfits
    if written.get("grader") is None:
        misfits.append(Misfit(path=("method",), message="reinforcement needs a grader"))
    if isinstance(dataset, Mapping) and dataset.get("validation") is None:
        message = "reinforcement needs dataset.validation"
        misfits.append(Misfit(path=("method",), message=message))
    return misfits
