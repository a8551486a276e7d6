"""Receives an upload straight to disk: a file of any size never lies in memory."""

import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from ftops.trainer.api.problems import RefusalError

_MAX_FIELD_BYTES = 4096
_MAX_HEADERS_BYTES = 16 * 1024


@dataclass(slots=True, kw_only=True)
class Received:
    """A form: its short fields, and its file, staged at `path`."""

    path: Path
    fields: dict[str, str] = field(default_factory=dict)
    filename: str | None = None
    size: int = 0


class _Form:
    """Takes the parser's calls."""

    def __init__(self, received: Received, stream: IO[bytes], max_bytes: int) -> None:
        self._received = received
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
        self._is_file = self._name == "file"
        if self._is_file and self._received.filename is not None:
            raise RefusalError(400, "Only one 'file' may be sent.", param="file")
        if self._is_file:
            name = options.get(b"filename", b"upload").decode("utf-8", "replace")
            self._received.filename = Path(name).name or "upload"

    def on_part_data(self, chunk: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._received.size += end - start
            if self._received.size > self._max_bytes:
                raise too_large(self._max_bytes)
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


def too_large(max_bytes: int) -> RefusalError:
    """Say that the file is over the limit."""
    return RefusalError(
        413,
        f"File exceeds the maximum size of {max_bytes // (1024 * 1024)} MB.",
        param="file",
        code="file_too_large",
    )


async def receive_form(
    chunks: AsyncIterator[bytes], content_type: str, folder: Path, max_bytes: int
) -> Received:
    """Read a multipart body; the caller moves or deletes the staged file."""
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise RefusalError(
            400, "Expected a multipart/form-data body with a 'file' and a 'purpose'."
        )
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as stream:
        received = Received(path=Path(stream.name))
        try:
            await _read(chunks, boundary, _Form(received, stream, max_bytes))
        except BaseException:
            received.path.unlink()
            raise
    return received


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
