"""From a job creation's body to a job, or to OpenAI's refusal."""

import secrets
from typing import Any

import msgspec

from ftops.trainer import ids, surroundings
from ftops.trainer.api.jobs.requests import Hyperparameters, NewJob
from ftops.trainer.api.premises import Premises
from ftops.trainer.api.problems import RefusalError, not_trainable
from ftops.trainer.recipes.registry import OPEN_WEIGHTS, recipe_for, recipe_named
from ftops.trainer.store.records import Job

_MAX_SEED = 2147483647
_TINY = "a tiny model for trying the workflow; not for production"


def job_from(asked: NewJob, premises: Premises) -> Job:
    """Check what can be checked at once; the files' contents are checked in the job."""
    recipe, base, parent = _recipe(asked.model, premises)
    method = asked.method.type if asked.method else "supervised"
    if method not in recipe_named(recipe, premises.settings.recipes).methods:
        raise RefusalError(
            400,
            f"Method '{method}' is not supported by {recipe}: a model of this kind cannot "
            "honestly do it. Use 'supervised'.",
            param="method.type",
            code="unsupported_method",
        )
    for param, file_id in (
        ("training_file", asked.training_file),
        ("validation_file", asked.validation_file),
    ):
        if file_id is not None:
            _check_file(premises, param, file_id)
    return Job(
        id=ids.job_id(),
        created_at=surroundings.now(),
        model=asked.model,
        recipe=recipe,
        parent=parent,
        method=method,
        hyperparameters=_hyperparameters(asked, method),
        suffix=asked.suffix,
        seed=secrets.randbelow(_MAX_SEED) if asked.seed is None else asked.seed,
        metadata=asked.metadata,
        integrations=asked.integrations,
        training_file=asked.training_file,
        validation_file=asked.validation_file,
        planned_model=ids.model_id(base, asked.suffix),
    )


def first_words(job: Job) -> tuple[str, str, str]:
    """Say first what this training is worth, then what OpenAI says."""
    if job.recipe == OPEN_WEIGHTS:
        worth = f"Fine-tuning {job.parent or job.model} on this server's own hardware"
    elif job.parent is not None:
        worth = f"Going on from {job.parent} with {job.recipe}, {_TINY}"
    elif job.model != job.recipe:
        worth = f"Rehearsal: base model {job.model} is stood in for by {job.recipe}, {_TINY}"
    else:
        worth = f"{job.recipe} is {_TINY}"
    return (
        worth,
        f"Created fine-tuning job: {job.id}",
        f"Validating training file: {job.training_file}",
    )


def _recipe(model: str, premises: Premises) -> tuple[str, str, str | None]:
    """Return the recipe, what it trains, and the tuned model it goes on from, if any."""
    settings = premises.settings
    if model.startswith("ft:"):
        parent = premises.store.models.get(model)
        if parent is None or ids.base_of(model) not in settings.base_models:
            raise not_trainable(model)
        return parent.recipe, ids.base_of(model), model
    recipe = recipe_for(model, settings.recipes, settings.bases)
    if recipe is None:
        raise not_trainable(model)
    return recipe, model if recipe == OPEN_WEIGHTS else recipe, None


def _check_file(premises: Premises, param: str, file_id: str) -> None:
    row = premises.store.file(file_id)
    if row is None:
        raise RefusalError(400, f"invalid {param}: {file_id}", param=param, code="file_not_found")
    if row.purpose != "fine-tune":
        raise RefusalError(
            400,
            f"File '{file_id}' has purpose '{row.purpose}'; expected 'fine-tune'.",
            param=param,
            code="invalid_file_purpose",
        )


def _hyperparameters(asked: NewJob, method: str) -> dict[str, Any]:
    """Join the deprecated top-level form with the method's own, which counts."""
    settings = None if asked.method is None else getattr(asked.method, method)
    return _given(asked.hyperparameters) | _given(settings.hyperparameters if settings else None)


def _given(hyperparameters: Hyperparameters | None) -> dict[str, Any]:
    plain = {} if hyperparameters is None else msgspec.to_builtins(hyperparameters)
    return {name: value for name, value in plain.items() if value is not None}
