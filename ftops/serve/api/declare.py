"""`POST /api/llm/fine-tuning/jobs`: nothing is launched; the spec to commit is handed back."""

import json
import re
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from fastapi import FastAPI, Response
from pydantic import BaseModel, ConfigDict, Field

from ftops.core.access import Role
from ftops.core.spec import MAX_SUFFIX
from ftops.render.spec_text import spec_text
from ftops.serve.access.gate import needs
from ftops.serve.api.jobs import LIST
from ftops.serve.premises import Premises
from ftops.serve.problems import JSON, documented, error_body

LARGEST_BODY: Final = 16 * 1024 * 1024
MOST_NAME: Final = 63
FALLBACK: Final = "my-model"
_NOT_IN_NAMES: Final = re.compile(r"[^a-z0-9]+")
_MADE_FROM_TIME: Final = re.compile(r"-?\d{9,}$")


class WantedJob(BaseModel):
    """A job as the API of many platforms would launch it; what else it holds is left out."""

    model_config = ConfigDict(extra="ignore")

    model: Annotated[str, Field(min_length=1, max_length=200)]
    training_data: list[dict[str, Any]] | str | None = None
    validation_data: list[dict[str, Any]] | str | None = None
    suffix: Annotated[str, Field(max_length=200)] | None = None
    hyperparameters: dict[str, str | float | int] | None = None
    metadata: dict[str, str] | None = None
    seed: int | None = None


class FileToCommit(BaseModel):
    """One file: where it belongs and what is in it."""

    path: str
    content: str


class Instead(BaseModel):
    """The files that declare the job, and the commands that review and launch it."""

    error: dict[str, str | None]
    spec: str
    files: list[FileToCommit]
    commands: list[str]


def register(app: FastAPI, premises: Premises) -> None:
    """Add this route."""
    del premises

    @app.post(
        LIST,
        status_code=HTTPStatus.METHOD_NOT_ALLOWED,
        response_model=Instead,
        openapi_extra=needs(Role.VIEWER),
        tags=["jobs"],
        summary="How to declare this job: nothing is launched from here",
        max_body_size=LARGEST_BODY,
        responses=documented(400, 413, 415, 422),
    )
    async def declare_instead(wanted: WantedJob) -> Response:
        """Hand back the spec and the dataset that would declare the posted job."""
        body = msgspec.json.encode(instead_of(wanted).model_dump())
        return Response(body, HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET"}, media_type=JSON)


def instead_of(wanted: WantedJob) -> Instead:
    """Return what to commit and to run instead of posting the job."""
    name = name_for(wanted)
    files = []
    dataset: dict[str, str] = {}
    for side, rows in (("train", wanted.training_data), ("validation", wanted.validation_data)):
        if rows is not None or side == "train":
            dataset[side] = f"datasets/{name}.{'train' if side == 'train' else 'valid'}.jsonl"
            files.append(FileToCommit(path=dataset[side], content=_jsonl(rows)))
    text = spec_text(_fields(wanted, name, dataset))
    files.insert(0, FileToCommit(path=f"specs/{name}.yaml", content=text))
    paths = " ".join(one.path for one in files)
    message = "jobs are declared in Git, not launched from here: commit these files instead"
    hint = f"write the files, then: ftops validate {name} && ftops apply {name}"
    return Instead(
        error=error_body("declared_not_launched", message, hint)["error"],
        spec=text,
        files=files,
        commands=[
            f"ftops validate {name}",
            f"ftops plan {name}",
            f"git add {paths} && git commit -m 'Declare {name}'",
            f"ftops apply {name}",
        ],
    )


def name_for(wanted: WantedJob) -> str:
    """Return a spec's name for the job: its suffix, without the times that scripts add to it."""
    wished = _MADE_FROM_TIME.sub("", wanted.suffix or "")
    plain = _NOT_IN_NAMES.sub("-", wished.lower()).strip("-")
    return plain[:MOST_NAME].strip("-") or FALLBACK


def _fields(wanted: WantedJob, name: str, dataset: dict[str, str]) -> dict[str, Any]:
    suffix = _NOT_IN_NAMES.sub("-", (wanted.suffix or "").lower()).strip("-")[:MAX_SUFFIX]
    fields = {
        "name": name,
        "model": wanted.model,
        "suffix": suffix.strip("-") or None,
        "hyperparameters": wanted.hyperparameters,
        "seed": wanted.seed,
        "dataset": dataset,
        "metadata": wanted.metadata,
    }
    return {key: value for key, value in fields.items() if value not in (None, {})}


def _jsonl(rows: list[dict[str, Any]] | str | None) -> str:
    if isinstance(rows, str):
        return rows if rows.endswith("\n") else f"{rows}\n"
    return "".join(f"{json.dumps(row, ensure_ascii=True)}\n" for row in rows or ())
