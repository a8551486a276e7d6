"""What a try is to do, written down after a last look at what it needs."""

from ftops.trainer.recipes.registry import address_of
from ftops.trainer.running.attempt_folder import Order
from ftops.trainer.settings import Settings
from ftops.trainer.store.records import Job, JobError
from ftops.trainer.store.store import Store


def find_missing(store: Store, settings: Settings, job: Job) -> JobError | None:
    """Look again at what the job needs: it may have been deleted while the job waited."""
    for param, file_id in (
        ("training_file", job.training_file),
        ("validation_file", job.validation_file),
    ):
        if file_id is not None and store.file(file_id) is None:
            return JobError(
                code="invalid_training_file", message=f"File {file_id} is gone.", param=param
            )
    if job.parent is not None and store.models.get(job.parent) is None:
        return JobError(
            code="model_not_found", message=f"Model {job.parent} is gone.", param="model"
        )
    if job.trained not in settings.base_models:
        return JobError(
            code="model_not_found",
            message=f"{job.trained} is no longer in this server's configuration.",
            param="model",
        )
    return None


def order_for(store: Store, settings: Settings, job: Job) -> Order:
    """Return what a try of this job is to do."""
    parent = None if job.parent is None else store.models.get(job.parent)
    return Order(
        job_id=job.id,
        recipe=job.recipe,
        recipe_at=address_of(job.recipe, settings.recipes),
        base=dict(settings.bases.get(job.trained, {})),
        method=job.method,
        hyperparameters=job.hyperparameters,
        seed=job.seed,
        training_file=store.file_path(job.training_file),
        validation_file=(
            None if job.validation_file is None else store.file_path(job.validation_file)
        ),
        work=store.jobs_folder / job.id / "work",
        parent=None if parent is None else store.root / parent.folder,
    )
