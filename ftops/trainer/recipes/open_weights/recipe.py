"""The recipe `open-weights` as the server knows it; torch is imported only where a fit runs."""

from pathlib import Path

from ftops.trainer.recipes.contract import Fitted, Model, Report, Stopped, Task
from ftops.trainer.recipes.open_weights.base import BaseError, read_base

PACKAGES_HINT = "hint: pip install 'ftops[train]' where the training server runs"


class OpenWeightsRecipe:
    """Real fine-tuning of a base model on the server's list."""

    name: str = "open-weights"
    methods: frozenset[str] = frozenset({"supervised", "dpo"})

    def fit(self, task: Task, report: Report) -> Fitted | Stopped:
        """Train on a task's rows, from where an earlier call was stopped if one was."""
        base = read_base(task.base)
        try:
            from ftops.trainer.recipes.open_weights.fitting import fit  # noqa: PLC0415 - torch takes seconds and is an extra
        except ModuleNotFoundError as error:
            raise BaseError(f"{error.name} is not installed\n{PACKAGES_HINT}") from error
        return fit(task, report, base)

    def load(self, model_dir: Path) -> Model:
        """Return a model that answers from a process of its own."""
        from ftops.trainer.recipes.open_weights.answering.remote import remote_model  # noqa: PLC0415

        return remote_model(model_dir)
