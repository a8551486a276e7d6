"""The API's description of itself, made from what its operations take and give."""

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ftops.trainer.api.endpoint import Endpoint, Parameter
from ftops.trainer.api.operations import ENDPOINTS
from ftops.trainer.api.premises import premises_of
from ftops.trainer.api.vocabulary import ErrorBody

_REF: Final = "#/components/schemas/{name}"
_JSON: Final = "application/json"

Document = dict[str, Any]


def document(endpoints: Sequence[Endpoint] = ENDPOINTS, *, needs_key: bool = False) -> Document:
    """Return the OpenAPI document of these operations."""
    kinds = [kind for one in endpoints for kind in (one.takes, one.gives) if kind is not None]
    unique = list({repr(kind): kind for kind in (*kinds, ErrorBody)}.values())
    refs, components = msgspec.json.schema_components(unique, ref_template=_REF)
    named = {repr(kind): ref for kind, ref in zip(unique, refs, strict=True)}
    paths: dict[str, Document] = {}
    for one in endpoints:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, named)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "ftops training server",
            "version": "1",
            "description": "OpenAI's fine-tuning API on this machine.",
        },
        "servers": [{"url": "/v1"}],
        "security": [{"key": []}] if needs_key else [],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def describe(request: Request) -> Response:
    """Show the API's own description."""
    return JSONResponse(document(needs_key=bool(premises_of(request).settings.api_keys)))


def _operation(one: Endpoint, named: dict[str, Document]) -> Document:
    refused = {"description": "refused", "content": {_JSON: {"schema": named[repr(ErrorBody)]}}}
    written: Document = {
        "operationId": f"{one.method.lower()}{re.sub(r'[^a-z]+', '_', one.path)}".rstrip("_"),
        "summary": one.summary,
        "parameters": [*map(_path_parameter, re.findall(r"\{(\w+)\}", one.path))]
        + [_parameter(parameter) for parameter in one.query],
        "responses": {
            "200": {"description": "done", "content": _content(one, named)},
            "4XX": refused,
            "5XX": refused,
        },
    }
    if one.takes is not None:
        schema = named[repr(one.takes)]
        written["requestBody"] = {"required": True, "content": {_JSON: {"schema": schema}}}
    if one.form is not None:
        content = {"multipart/form-data": {"schema": one.form}}
        written["requestBody"] = {"required": True, "content": content}
    return written


def _content(one: Endpoint, named: dict[str, Document]) -> Document:
    content: Document = {media: {} for media in one.media}
    if one.gives is not None:
        content[_JSON] = {"schema": named[repr(one.gives)]}
    return content


def _path_parameter(name: str) -> Document:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _parameter(parameter: Parameter) -> Document:
    return {
        "name": parameter.name,
        "in": "query",
        "style": parameter.style,
        "explode": True,
        "schema": parameter.schema,
    }
