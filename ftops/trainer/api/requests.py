"""What clients send, parsed once; whatever is wrong is said in OpenAI's words."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct
from starlette.datastructures import QueryParams

from ftops.trainer.api.problems import RefusalError
from ftops.trainer.store.table import Window

Kind = TypeVar("Kind", bound=Struct)

Auto = Literal["auto"]
Epochs = Annotated[int, Meta(ge=1, le=50)]
BatchSize = Annotated[int, Meta(ge=1, le=256)]
Positive = Annotated[float, Meta(gt=0)]
Beta = Annotated[float, Meta(gt=0, le=2)]


class Hyperparameters(Struct, frozen=True, forbid_unknown_fields=True):
    """The knobs of both methods; `memory` is our own: off shows what the weights alone hold."""

    n_epochs: Epochs | Auto | None = None
    batch_size: BatchSize | Auto | None = None
    learning_rate_multiplier: Positive | Auto | None = None
    beta: Beta | Auto | None = None
    memory: bool | None = None


class MethodSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What stands under the method's own name."""

    hyperparameters: Hyperparameters | None = None


class Method(Struct, frozen=True, forbid_unknown_fields=True):
    """How to train."""

    type: Literal["supervised", "dpo", "reinforcement"]
    supervised: MethodSettings | None = None
    dpo: MethodSettings | None = None
    reinforcement: dict[str, Any] | None = None


class NewJob(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a job creation."""

    model: Annotated[str, Meta(min_length=1, max_length=256)]
    training_file: Annotated[str, Meta(min_length=1, max_length=256)]
    validation_file: str | None = None
    method: Method | None = None
    hyperparameters: Hyperparameters | None = None
    suffix: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    seed: Annotated[int, Meta(ge=0, le=2147483647)] | None = None
    integrations: Annotated[list[dict[str, Any]], Meta(max_length=5)] | None = None
    metadata: (
        Annotated[
            dict[Annotated[str, Meta(max_length=64)], Annotated[str, Meta(max_length=512)]],
            Meta(max_length=16),
        ]
        | None
    ) = None


class ChatMessage(Struct, frozen=True):
    """One turn; what we cannot read (a name, tool calls) is let through."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[dict[str, Any]] | None = None


class StreamOptions(Struct, frozen=True):
    """What a stream ends with."""

    include_usage: bool | None = None


class NewAnswer(Struct, frozen=True):
    """The body of a chat completion; other options of OpenAI's are let through without effect."""

    model: str
    messages: Annotated[list[ChatMessage], Meta(min_length=1)]
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    max_tokens: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    max_completion_tokens: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    stop: str | Annotated[list[str], Meta(max_length=4)] | None = None
    seed: int | None = None
    n: Annotated[int, Meta(ge=1, le=8)] | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None


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


def window(query: QueryParams, *, default: int, most: int = 10_000) -> Window:
    """Read `after`, `limit` and `order`."""
    text = query.get("limit")
    limit = default
    if text is not None:
        if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) > most:
            raise RefusalError(
                400,
                f"Invalid 'limit': expected a number from 0 to {most}.",
                param="limit",
                code="invalid_value",
            )
        limit = int(text)
    order = query.get("order", "desc")
    if order not in {"asc", "desc"}:
        raise RefusalError(
            400, "Invalid 'order': expected asc or desc.", param="order", code="invalid_value"
        )
    return Window(limit=limit, after=query.get("after"), newest_first=order == "desc")


def wanted_metadata(query: QueryParams) -> Mapping[str, str] | None:
    """Read `metadata[k]=v` pairs; `metadata=null` (None) wants what has no metadata."""
    if query.get("metadata") == "null":
        return None
    return {
        name[len("metadata[") : -1]: value
        for name, value in query.multi_items()
        if name.startswith("metadata[") and name.endswith("]")
    }
