"""Receives an upload straight to disk: a file of any size never lies in memory."""

import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from ftops.trainer.api.problems import RefusalError

_FORM_BYTES = 64 * 1024
_MAX_FIELD_BYTES = 4096
_MAX_HEADERS_BYTES = 16 * 1024


@dataclass(slots=True, kw_only=True)
class Received:
    """A form: its short fields, and its file, staged at `path`."""

    path: Path
    file_field: str
    fields: dict[str, str] = field(default_factory=dict)
    filename: str | None = None
    size: int = 0


class _Form:
    """Takes the parser's calls."""

    def __init__(self, received: Received, stream: IO[bytes], max_bytes: int) -> None:
        self._received = received
        self._file_field = received.file_field
        self._stream = stream
        self._max_bytes = max_bytes
        self._headers: dict[bytes, bytes] = {}
        self._header_name = b""
        self._header_value = b""
        self._name = ""
        self._is_file = False
        self._value = b""

    def on_part_begin(self) -> None:
        self._headers = {}
        self._value = b""

    def on_header_field(self, chunk: bytes, start: int, end: int) -> None:
        self._header_name += chunk[start:end]
        self._bound(len(self._header_name), _MAX_HEADERS_BYTES)

    def on_header_value(self, chunk: bytes, start: int, end: int) -> None:
        self._header_value += chunk[start:end]
        self._bound(len(self._header_value), _MAX_HEADERS_BYTES)

    def on_header_end(self) -> None:
        self._headers[self._header_name.lower()] = self._header_value
        self._header_name, self._header_value = b"", b""

    def on_headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._is_file = self._name == self._file_field
        if self._is_file and self._received.filename is not None:
            raise RefusalError(
                400, f"Only one '{self._file_field}' may be sent.", param=self._file_field
            )
        if self._is_file:
            name = options.get(b"filename", b"upload").decode("utf-8", "replace")
            self._received.filename = Path(name).name or "upload"

    def on_part_data(self, chunk: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._received.size += end - start
            if self._received.size > self._max_bytes:
                raise too_large(self._file_field, self._max_bytes)
            self._stream.write(chunk[start:end])
        else:
            self._value += chunk[start:end]
            self._bound(len(self._value), _MAX_FIELD_BYTES)

    def on_part_end(self) -> None:
        if not self._is_file:
            self._received.fields[self._name] = self._value.decode("utf-8", "replace")

    def _bound(self, size: int, most: int) -> None:
        if size > most:
            raise RefusalError(400, f"A part of the form is longer than {most} bytes.")


def too_large(file_field: str, max_bytes: int) -> RefusalError:
    """Say that the file is over the limit."""
    return RefusalError(
        413,
        f"File exceeds the maximum size of {max_bytes // (1024 * 1024)} MB.",
        param=file_field,
        code="file_too_large",
    )


async def receive_form(request: Request, folder: Path, file_field: str, max_bytes: int) -> Received:
    """Read a multipart body; the caller moves or deletes the staged file."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > max_bytes + _FORM_BYTES:
        raise too_large(file_field, max_bytes)
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise RefusalError(400, f"Expected a multipart/form-data body with a '{file_field}'.")
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as stream:
        received = Received(path=Path(stream.name), file_field=file_field)
        try:
            await _read(_chunks(request), boundary, _Form(received, stream, max_bytes))
            # Here, and not when it is closed: a full disk must leave nothing staged.
            stream.flush()
        except BaseException:
            received.path.unlink()
            raise
    return received


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        # The form then ends too early, which is refused; nobody is left to read the answer.
        return


async def _read(chunks: AsyncIterator[bytes], boundary: bytes, form: _Form) -> None:
    ended = False

    def on_end() -> None:
        nonlocal ended
        ended = True

    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": form.on_part_begin,
                "on_part_data": form.on_part_data,
                "on_part_end": form.on_part_end,
                "on_header_field": form.on_header_field,
                "on_header_value": form.on_header_value,
                "on_header_end": form.on_header_end,
                "on_headers_finished": form.on_headers_finished,
                "on_end": on_end,
            },
        )
        async for chunk in chunks:
            parser.write(chunk)
        parser.finalize()
    except MultipartParseError as error:
        raise RefusalError(400, f"The form cannot be read: {error}.") from error
    if not ended:
        # A connection cut short must not leave half a dataset behind that looks whole.
        raise RefusalError(400, "The form ended too early.")
