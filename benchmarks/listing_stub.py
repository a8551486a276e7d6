"""A provider that only lists: what stands before ftops where reading is measured."""

import json
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from typing_extensions import override

Json = dict[str, Any]


class Stub(ThreadingHTTPServer):
    """A provider that lists what it was given."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Listing)
        self.listed: dict[str, list[Json]] = {}
        self.requests = 0

    @cached_property
    def places(self) -> dict[str, int]:
        """Where the next page begins, by the id of the last one seen."""
        return {one["id"]: n + 1 for listed in self.listed.values() for n, one in enumerate(listed)}


class Listing(BaseHTTPRequestHandler):
    """Answers GET with one page."""

    protocol_version = "HTTP/1.1"
    server: Stub

    def do_GET(self) -> None:
        """Answer one page of a listing, after the id that was asked for."""
        self.server.requests += 1
        asked = urlsplit(self.path)
        query = parse_qs(asked.query)
        entries = self.server.listed[asked.path.removeprefix("/v1/")]
        after = query.get("after", [""])[0]
        begin = self.server.places[after] if after else 0
        end = begin + int(query["limit"][0]) if "limit" in query else len(entries)
        self._send({"object": "list", "data": entries[begin:end], "has_more": end < len(entries)})

    @override
    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _send(self, document: Json) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
