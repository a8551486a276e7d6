"""The recipe `ftops-nano`: fit a tiny network and a memory to rows, and load them to answer."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from ftops.trainer.recipes.contract import Fitted, Report, Stopped, Task
from ftops.trainer.recipes.nano.answers import NanoModel
from ftops.trainer.recipes.nano.beginning import Fit
from ftops.trainer.recipes.nano.files import read_model
from ftops.trainer.recipes.nano.fitting import fit_preference, fit_supervised
from ftops.trainer.recipes.nano.sizes import Pace, Sizes, pace_for, sizes_for

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class NanoRecipe:
    """A tiny model for trying the workflow; not for production.

    It does not paraphrase, reason, or know anything outside the training file.
    """

    name: str = "ftops-nano"
    methods: frozenset[str] = frozenset({"supervised", "dpo"})

    def __init__(self, sizes: Sizes | None = None, pace: Pace | None = None) -> None:
        """Take other sizes or another pace than the data would choose; tests do."""
        self._sizes, self._pace = sizes, pace

    def fit(self, task: Task, report: Report) -> Fitted | Stopped:
        """Train on a task's rows, from where an earlier call was stopped if one was."""
        if task.options.method not in self.methods:
            raise ValueError(
                f"ftops-nano cannot train with {task.options.method}\n"
                f"hint: it knows {' and '.join(sorted(self.methods))}"
            )
        rows = len(task.train)
        fit = Fit(
            task=task,
            report=report,
            sizes=self._sizes or sizes_for(rows),
            pace=self._pace or pace_for(rows),
        )
        return fit_supervised(fit) if task.options.method == "supervised" else fit_preference(fit)

    def load(
        self,
        model_dir: Path,
        memory: bool | None = None,  # noqa: FBT001 - the fit's own option, overridden by name
        *,
        base: Mapping[str, Any] = NOTHING,
    ) -> NanoModel:
        """Load a model folder; `memory` on or off instead of what was fitted."""
        del base
        return NanoModel(read_model(model_dir), memory=memory)
