"""`POST /api/llm/fine-tuning/jobs`: nothing is launched; the spec to commit is handed back."""

import json
import re
from http import HTTPStatus
from typing import Any, Final

import msgspec
from fastapi import FastAPI, Response
from pydantic import BaseModel

from ftops.core.access import Role
from ftops.core.spec import MAX_SUFFIX
from ftops.render.spec_text import spec_text
from ftops.serve.access.gate import needs
from ftops.serve.api.jobs import LIST
from ftops.serve.api.wanted_job import Rows, Side, WantedJob
from ftops.serve.premises import Premises
from ftops.serve.problems import JSON, documented, error_body

LARGEST_BODY: Final = 16 * 1024 * 1024
MOST_NAME: Final = 63
FALLBACK: Final = "my-model"
_NOT_IN_NAMES: Final = re.compile(r"[^a-z0-9]+")
_MADE_FROM_TIME: Final = re.compile(r"-?\d{9,}$")
_SIDES: Final[dict[Side, str]] = {"train": "train", "validation": "valid"}


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
    files: list[FileToCommit] = []
    fetches: list[str] = []
    dataset: dict[str, str] = {}
    for side, word in _SIDES.items():
        rows, file_id = wanted.data(side)
        if rows is None and file_id is None and side == "validation":
            continue
        path = dataset[side] = f"datasets/{name}.{word}.jsonl"
        if rows is not None:
            files.append(FileToCommit(path=path, content=_jsonl(rows)))
        elif file_id is not None:
            fetches.append(_fetch(file_id, path))
    spec = FileToCommit(
        path=f"specs/{name}.yaml", content=spec_text(_fields(wanted, name, dataset))
    )
    message = "jobs are declared in Git, not launched from here: commit these files instead"
    hint = f"{_before(files, fetches, dataset)}, then: ftops validate {name} && ftops apply {name}"
    paths = " ".join((spec.path, *dataset.values()))
    return Instead(
        error=error_body("declared_not_launched", message, hint)["error"],
        spec=spec.content,
        files=[spec, *files],
        commands=[
            *fetches,
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


def _fetch(file_id: str, path: str) -> str:
    """Return how the bytes of an uploaded file come here; ftops pins bytes, not a provider's id."""
    return (
        f'curl -fsS --create-dirs -o {path} -H "Authorization: Bearer $OPENAI_API_KEY" '
        f'"${{OPENAI_BASE_URL:-https://api.openai.com/v1}}/files/{file_id}/content"'
    )


def _before(files: list[FileToCommit], fetches: list[str], dataset: dict[str, str]) -> str:
    """Return what is to be done before the spec can be checked."""
    if fetches:
        return "write the files and fetch the uploaded data as the first commands do"
    if not files:
        return f"write the file and put the training rows into {dataset['train']}"
    return "write the files"


def _fields(wanted: WantedJob, name: str, dataset: dict[str, str]) -> dict[str, Any]:
    suffix = _NOT_IN_NAMES.sub("-", (wanted.suffix or "").lower()).strip("-")[:MAX_SUFFIX]
    method = wanted.method
    fields = {
        "name": name,
        "model": wanted.model,
        "suffix": suffix.strip("-") or None,
        "method": method.type if method and method.type != "supervised" else None,
        "hyperparameters": wanted.asked,
        "seed": wanted.seed,
        "grader": method.settings.grader if method else None,
        "dataset": dataset,
        "metadata": wanted.metadata,
    }
    return {key: value for key, value in fields.items() if value not in (None, {})}


def _jsonl(rows: Rows) -> str:
    if isinstance(rows, str):
        return rows if rows.endswith("\n") else f"{rows}\n"
    return "".join(f"{json.dumps(row, ensure_ascii=True)}\n" for row in rows)
