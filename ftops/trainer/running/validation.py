"""Checks a job's files where OpenAI does, in the job and not at upload, in OpenAI's words."""

from collections.abc import Sequence
from pathlib import Path

from ftops.dataset.amounts import Role
from ftops.dataset.check import check_stream
from ftops.dataset.finding import Code, Finding, Severity
from ftops.trainer.store.records import Job, JobError
from ftops.trainer.store.store import Store

_SHOWN = 3
_BUFFER_BYTES = 1 << 20
_FORMAT_CODES = frozenset({Code.NOT_JSON, Code.NOT_AN_OBJECT})
_KEY_CODES = frozenset({Code.MISSING_KEY, Code.UNKNOWN_KEY})


def find_fault(store: Store, job: Job) -> JobError | None:
    """Return why a job's files cannot be trained on, if they cannot."""
    if store.file(job.training_file) is None:
        return _gone(job.training_file, "training")
    fault = file_fault(store.file_path(job.training_file), job.method, "training")
    if fault is not None or job.validation_file is None:
        return fault
    if store.file(job.validation_file) is None:
        return _gone(job.validation_file, "validation")
    return file_fault(store.file_path(job.validation_file), job.method, "validation")


def file_fault(path: Path, method: str, role: Role) -> JobError | None:
    """Return what is wrong with one file, if anything is."""
    with path.open("rb", buffering=_BUFFER_BYTES) as stream:
        checked = check_stream(stream, method=method, role=role)
    if checked.is_legal:
        return None
    errors = [found for found in checked.findings if found.severity is Severity.ERROR]
    rows = [found for found in errors if found.code is not Code.TOO_FEW_EXAMPLES]
    if rows:
        return _row_fault(rows, role, checked.errors)
    return JobError(
        code="invalid_n_examples", message=f"{errors[0].message}.", param=f"{role}_file"
    )


def _gone(file_id: str, role: Role) -> JobError:
    return JobError(
        code="invalid_training_file", message=f"File {file_id} is gone.", param=f"{role}_file"
    )


def _row_fault(rows: Sequence[Finding], role: Role, errors: int) -> JobError:
    told = " ".join(_sentence(found) for found in rows[:_SHOWN])
    more = f" And {errors - _SHOWN} more." if errors > _SHOWN else ""
    return JobError(
        code=_code(rows[0]),
        message=f"The job failed due to an invalid {role} file. {told}{more}",
        param=f"{role}_file",
    )


def _sentence(found: Finding) -> str:
    place = [] if found.line is None else [f"Line {found.line}"]
    if found.path:
        place.append(found.path)
    words = f"{', '.join(place)}: {found.message}" if place else found.message
    return words if words.endswith(".") else f"{words}."


def _code(found: Finding) -> str:
    at_top = found.code in _KEY_CODES and "." not in found.path and "[" not in found.path
    return (
        "invalid_file_format" if at_top or found.code in _FORMAT_CODES else "invalid_training_file"
    )
