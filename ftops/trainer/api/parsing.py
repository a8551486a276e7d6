"""Reads JSON bodies; whatever is wrong with one is said in OpenAI's words."""

import re
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from ftops.trainer.api.problems import RefusalError

Kind = TypeVar("Kind", bound=Struct)

Metadata = Annotated[
    dict[Annotated[str, Meta(max_length=64)], Annotated[str, Meta(max_length=512)]],
    Meta(max_length=16),
]
"""Free pairs, within OpenAI's limits."""

_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*?)`")
_MISSING = re.compile(r"Object missing required field `(?P<name>.*?)`")
_PLACE = re.compile(r" - at (?:`key` in )?`\$\.?(?P<path>.*?)`$")


def parse(body: bytes, kind: type[Kind]) -> Kind:
    """Read a JSON body, or raise the `RefusalError` that OpenAI would answer with."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise _explained(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RefusalError(
            400,
            "We could not parse the JSON body of your request. (HINT: This likely means you aren't "
            "using your HTTP library correctly. The API expects a JSON payload.)",
        ) from None


def _explained(words: str) -> RefusalError:
    place = _PLACE.search(words)
    path = place["path"] if place else ""
    words = _PLACE.sub("", words)
    if unknown := _UNKNOWN.search(words):
        param = _joined(path, unknown["name"])
        return RefusalError(
            400, f"Unknown parameter: '{param}'.", param=param, code="unknown_parameter"
        )
    if missing := _MISSING.search(words):
        param = _joined(path, missing["name"])
        return RefusalError(
            400,
            f"Missing required parameter: '{param}'.",
            param=param,
            code="missing_required_parameter",
        )
    where = f"'{path}'" if path else "the body"
    return RefusalError(
        400, f"Invalid value for {where}: {words}.", param=path or None, code="invalid_value"
    )


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
