"""An upload is sent once, under its digest's name; after an unclear answer it is looked for."""

import hashlib
from pathlib import Path

import httpx2
import pytest

from ftops.adapters.openai_provider.hashed_file import HashedFile
from ftops.core.names import Digest, upload_name
from ftops.errors import DatasetError, ProviderError, ProviderRejected, ProviderUnavailable
from tests.adapters.openai_provider.builders import (
    Answering,
    Wired,
    always,
    api_error,
    failing,
    in_turn,
    listed,
    wired,
)

ROWS = b'{"messages": []}\n'
DIGEST = Digest(hashlib.sha256(ROWS).hexdigest())
THERE = {"id": "file-7", "filename": upload_name(DIGEST), "bytes": len(ROWS)}


@pytest.fixture
def rows(tmp_path: Path) -> str:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(ROWS)
    return str(path)


def posts_and_looks(one: Wired) -> list[str]:
    return [request.method for request in one.asked]


def test_an_upload_says_name_and_purpose(rows: str) -> None:
    one = wired(always(200, THERE))
    assert one.provider.upload(rows, DIGEST) == "file-7"
    body = one.asked[0].content
    assert upload_name(DIGEST).encode() in body
    assert b"fine-tune" in body
    assert ROWS in body


@pytest.mark.parametrize(
    "unclear",
    [
        pytest.param(failing(httpx2.ReadTimeout("late")), id="a timeout"),
        pytest.param(always(500, api_error("oops")), id="a failure"),
        pytest.param(always(200, "<html>"), id="a web page"),
    ],
)
def test_an_unclear_upload_is_looked_for(rows: str, unclear: Answering) -> None:
    one = wired(in_turn(unclear, always(200, listed(THERE, has_more=False))))
    assert one.provider.upload(rows, DIGEST) == "file-7"
    assert posts_and_looks(one) == ["POST", "GET"]


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(always(200, listed(has_more=False)), id="nothing is there"),
        pytest.param(
            always(200, listed({**THERE, "bytes": 3}, has_more=False)), id="only half of it is"
        ),
        pytest.param(always(401, api_error("no")), id="the look is refused"),
    ],
)
def test_an_upload_that_did_not_arrive_stays_unclear(rows: str, look: Answering) -> None:
    one = wired(in_turn(failing(httpx2.ReadError("reset")), look))
    with pytest.raises(ProviderUnavailable, match="reset"):
        one.provider.upload(rows, DIGEST)
    assert posts_and_looks(one) == ["POST", "GET"]


def test_a_refused_upload_is_not_looked_for(rows: str) -> None:
    one = wired(always(400, api_error("Invalid file format for fine-tune purpose")))
    with pytest.raises(ProviderError) as caught:
        one.provider.upload(rows, DIGEST)
    assert isinstance(caught.value, ProviderRejected)
    assert posts_and_looks(one) == ["POST"]


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(ROWS[:-3], id="cut"),
        pytest.param(ROWS * 2, id="longer"),
        pytest.param(ROWS.replace(b"[]", b"{}"), id="of the same length"),
    ],
)
def test_bytes_that_are_not_the_pinned_ones_are_no_upload(tmp_path: Path, sent: bytes) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(sent)
    one = wired(always(200, THERE))
    with pytest.raises(DatasetError, match="changed while they were sent, as file-7"):
        one.provider.upload(str(path), DIGEST)
    assert posts_and_looks(one) == ["POST"]


def test_a_file_read_twice_is_counted_once(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(ROWS * 9000)
    with HashedFile(str(path)) as rows:
        whole = rows.read()
        assert rows.seek(0) == 0
        rows.read(10)
        rows.seek(0, 1)
        assert b"".join(iter(lambda: rows.read(4096), b"")) == whole[10:]
        assert rows.digest == hashlib.sha256(whole).hexdigest()
