"""One chat request to one model, and its answer as it arrives."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import msgspec

from ftops.adapters.openai_provider.answer import answer_of, api_error
from ftops.adapters.openai_provider.refusals import surprise_of
from ftops.adapters.openai_provider.shapes import decode
from ftops.adapters.openai_provider.wire import Wire
from ftops.core.names import ModelId
from ftops.core.orders import Question
from ftops.errors import ProviderRejected, ProviderUnavailable

if TYPE_CHECKING:
    import httpx2

CHAT: Final = "/chat/completions"
_DATA: Final = "data:"
_DONE: Final = "[DONE]"
_LENGTH: Final = "max_tokens"
_NEWER_LENGTH: Final = "max_completion_tokens"


class _Text(msgspec.Struct, frozen=True):
    content: str | None = None


class _Choice(msgspec.Struct, frozen=True):
    delta: _Text | None = None
    message: _Text | None = None
    finish_reason: str | None = None

    @property
    def text(self) -> str:
        told = self.delta or self.message
        return (told.content or "") if told is not None else ""


class _Completion(msgspec.Struct, frozen=True):
    choices: list[_Choice] | None = None


_CHUNKS: Final = msgspec.json.Decoder(_Completion)


def answer_in_pieces(wire: Wire, model_id: ModelId, question: Question) -> Iterator[str]:
    """Yield the answer; a server that does not stream gives it in one piece."""
    body: dict[str, Any] = {
        "model": model_id,
        "messages": [dict(message) for message in question.messages],
        "temperature": question.temperature,
        _LENGTH: question.max_tokens,
        "stream": True,
    }
    try:
        yield from _send(wire, body)
    except ProviderRejected as error:
        # Reasoning models know only the newer name, older servers only the older one.
        if _NEWER_LENGTH not in error.message:
            raise
        body[_NEWER_LENGTH] = body.pop(_LENGTH)
        yield from _send(wire, body)


def _send(wire: Wire, body: dict[str, Any]) -> Iterator[str]:
    with wire.posted(CHAT, body) as response:
        if "text/event-stream" in response.headers.get("content-type", ""):
            yield from _streamed(wire, response.iter_lines())
        else:
            yield _whole(wire, response)


def _whole(wire: Wire, response: "httpx2.Response") -> str:
    response.read()
    answer = answer_of(response)
    choices = decode(answer, _Completion, wire.connection).choices
    if not choices:
        raise surprise_of(answer, wire.connection)
    return choices[0].text


def _streamed(wire: Wire, lines: Iterable[str]) -> Iterator[str]:
    finished = False
    for line in lines:
        if not line.startswith(_DATA):
            continue
        told = line.removeprefix(_DATA).strip()
        if told == _DONE:
            return
        choice = _first_choice(wire, told)
        finished = finished or bool(choice.finish_reason)
        if choice.text:
            yield choice.text
    if not finished:
        raise ProviderUnavailable(
            f"{wire.connection.base_url}: the answer broke off", hint="ask again"
        )


def _first_choice(wire: Wire, told: str) -> _Choice:
    try:
        choices = _CHUNKS.decode(told).choices
    except msgspec.DecodeError:
        choices = None
    if choices is not None:
        return choices[0] if choices else _Choice()
    error = api_error(told.encode())
    words = (error.message if error is not None else None) or told
    raise ProviderUnavailable(
        wire.connection.redact(f"{wire.connection.base_url}: the answer broke off: {words}"),
        hint="ask again",
    )
