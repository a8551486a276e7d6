"""The recipe `open-weights` as the server knows it; torch is imported only where a fit runs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ftops.trainer.recipes.contract import Fitted, Model, Report, Stopped, Task
from ftops.trainer.recipes.open_weights.answering.remote import RemoteModel
from ftops.trainer.recipes.open_weights.base import BaseError, Tuning, read_base
from ftops.trainer.recipes.open_weights.states import described_base

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

    def load(self, model_dir: Path, *, base: Mapping[str, Any]) -> Model:
        """Return a model that answers from a process of its own, or from a vLLM server."""
        tuned_from = described_base(model_dir)
        address = read_base(base).vllm if base else None
        if address is not None and tuned_from.tuning is not Tuning.FULL:
            from ftops.trainer.recipes.open_weights.vllm import VllmModel  # noqa: PLC0415 - only where it is used

            return VllmModel(address=address, model_dir=model_dir)
        return RemoteModel(base=tuned_from, model_dir=model_dir)
