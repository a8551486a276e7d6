"""Files in parts, through the official client and by hand."""

import hashlib
import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import openai
import pytest
from freezegun import freeze_time
from starlette.testclient import TestClient

from ftops.trainer.settings import Settings
from ftops.trainer.store.table import Window
from tests.trainer.rows import chat_rows

ROWS = chat_rows(30)
MADE = "the part that was made"
PARTS = (ROWS[:700], ROWS[700:1400], ROWS[1400:])


def begin(client: openai.OpenAI, *, size: int = len(ROWS)) -> str:
    return client.uploads.create(
        filename="rows.jsonl", purpose="fine-tune", bytes=size, mime_type="text/jsonl"
    ).id


def add(client: openai.OpenAI, upload: str, part: bytes) -> str:
    return client.uploads.parts.create(upload, data=part).id


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def left(settings: Settings) -> list[Path]:
    return [path for path in (settings.store / "uploads").rglob("*") if path.is_file()]


def test_parts_become_a_file_in_the_order_asked_for(
    client: openai.OpenAI, settings: Settings
) -> None:
    upload = begin(client)
    last, first, middle = (add(client, upload, PARTS[place]) for place in (2, 0, 1))
    done = client.uploads.complete(upload, part_ids=[first, middle, last], md5=md5(ROWS).upper())
    assert (done.status, done.bytes) == ("completed", len(ROWS))
    assert done.file is not None
    assert (done.file.filename, done.file.purpose) == ("rows.jsonl", "fine-tune")
    assert client.files.content(done.file.id).content == ROWS
    assert left(settings) == []
    assert list((settings.store / "incoming").iterdir()) == []
    for again in (
        lambda: client.uploads.complete(upload, part_ids=[first]),
        lambda: client.uploads.cancel(upload),
        lambda: add(client, upload, b"more"),
    ):
        with pytest.raises(openai.BadRequestError, match="is completed"):
            again()


def test_the_client_s_own_way_in_chunks(client: openai.OpenAI, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(ROWS)
    done = client.uploads.upload_file_chunked(
        file=path, mime_type="text/jsonl", purpose="fine-tune", part_size=500
    )
    assert done.file is not None
    assert client.files.content(done.file.id).content == ROWS


def test_parts_may_arrive_side_by_side(client: openai.OpenAI) -> None:
    upload = begin(client)
    made: dict[int, str] = {}

    def send(place: int) -> None:
        made[place] = add(client, upload, PARTS[place])

    threads = [threading.Thread(target=send, args=(place,)) for place in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = client.uploads.complete(upload, part_ids=[made[place] for place in range(3)])
    assert done.file is not None
    assert client.files.content(done.file.id).content == ROWS


def test_a_cancelled_upload_leaves_nothing(client: openai.OpenAI, settings: Settings) -> None:
    upload = begin(client)
    add(client, upload, PARTS[0])
    assert len(left(settings)) == 1
    assert client.uploads.cancel(upload).status == "cancelled"
    assert left(settings) == []
    assert client.files.list().data == []


def test_a_file_of_an_upload_can_expire_too(client: openai.OpenAI) -> None:
    upload = client.uploads.create(
        filename="a.txt",
        purpose="user_data",
        bytes=1,
        mime_type="text/plain",
        expires_after={"anchor": "created_at", "seconds": 3600},
    )
    part = add(client, upload.id, b"x")
    file = client.uploads.complete(upload.id, part_ids=[part]).file
    assert file is not None
    assert file.expires_at == file.created_at + 3600


@pytest.mark.parametrize(
    ("size", "completion", "param", "code"),
    [
        pytest.param(2, {"part_ids": [MADE]}, "part_ids", "invalid_upload_size", id="too short"),
        pytest.param(1, {"part_ids": ["part_no"]}, "part_ids", "part_not_found", id="no such part"),
        pytest.param(1, {"part_ids": [MADE] * 2}, "part_ids", "invalid_upload_size", id="twice"),
        pytest.param(
            1, {"part_ids": [MADE], "md5": md5(b"y")}, "md5", "checksum_mismatch", id="another sum"
        ),
        pytest.param(1, {}, "part_ids", "missing_required_parameter", id="nothing"),
        pytest.param(1, {"part_ids": MADE}, "part_ids", "invalid_value", id="no list"),
    ],
)
def test_what_does_not_fit_is_refused_and_can_be_mended(
    http: TestClient, size: int, completion: dict[str, Any], param: str, code: str
) -> None:
    new = {"filename": "a", "purpose": "user_data", "bytes": size, "mime_type": "text/plain"}
    upload = http.post("/v1/uploads", json=new).json()["id"]
    parts = f"/v1/uploads/{upload}/parts"
    part = http.post(parts, files={"data": b"x"}).json()["id"]
    asked = json.dumps(completion).replace(MADE, part)
    answer = http.post(f"/v1/uploads/{upload}/complete", content=asked)
    assert answer.status_code == 400
    assert (answer.json()["error"]["param"], answer.json()["error"]["code"]) == (param, code)
    more = [http.post(parts, files={"data": b"z"}).json()["id"]] if size == 2 else []
    done = http.post(f"/v1/uploads/{upload}/complete", json={"part_ids": [part, *more]})
    assert done.json()["status"] == "completed"


@pytest.mark.parametrize(
    ("change", "param"),
    [
        pytest.param({"purpose": "fun"}, "purpose", id="an unknown purpose"),
        pytest.param({"filename": "a.csv"}, "file", id="a wrong extension"),
        pytest.param({"filename": ""}, "filename", id="no name"),
        pytest.param({"bytes": -1}, "bytes", id="fewer than no bytes"),
        pytest.param({"bytes": 8 * 1024**3 + 1}, "bytes", id="more than 8 GB"),
        pytest.param({"mime_type": 1}, "mime_type", id="a number for a type"),
        pytest.param({"colour": 1}, "colour", id="an unknown field"),
        pytest.param(
            {"expires_after": {"anchor": "created_at", "seconds": 1}},
            "expires_after.seconds",
            id="gone too soon",
        ),
    ],
)
def test_bad_uploads_are_refused(http: TestClient, change: dict[str, Any], param: str) -> None:
    new = {"filename": "a.jsonl", "purpose": "fine-tune", "bytes": 1, "mime_type": "text/jsonl"}
    answer = http.post("/v1/uploads", json=new | change)
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


@pytest.mark.parametrize("path", ["parts", "complete", "cancel"])
def test_no_such_upload(http: TestClient, path: str) -> None:
    files = {"data": b"x"} if path == "parts" else None
    body: dict[str, list[str]] | None = {"part_ids": []} if path == "complete" else None
    answer = http.post(f"/v1/uploads/upload_no/{path}", files=files, json=body)
    assert answer.status_code == 404
    assert answer.json()["error"]["param"] == "upload_id"


def test_a_part_without_its_bytes_is_refused(http: TestClient) -> None:
    new = {"filename": "a", "purpose": "user_data", "bytes": 1, "mime_type": "text/plain"}
    upload = http.post("/v1/uploads", json=new).json()["id"]
    answer = http.post(f"/v1/uploads/{upload}/parts", files={"other": b"x"})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "data"


def test_an_upload_lasts_an_hour(http: TestClient, settings: Settings) -> None:
    new = {"filename": "a", "purpose": "user_data", "bytes": 1, "mime_type": "text/plain"}
    with freeze_time(tick=True) as clock:
        upload = http.post("/v1/uploads", json=new).json()
        assert upload["expires_at"] == upload["created_at"] + 3600
        http.post(f"/v1/uploads/{upload['id']}/parts", files={"data": b"x"})
        clock.tick(timedelta(hours=2))
        answer = http.post(f"/v1/uploads/{upload['id']}/complete", json={"part_ids": []})
        assert answer.status_code == 400
        assert "is expired" in answer.json()["error"]["message"]
        http.app.state.premises.store.forget_expired()  # type: ignore[attr-defined]  # Starlette's own
    assert left(settings) == []


def test_an_expired_file_goes_with_its_bytes(http: TestClient, settings: Settings) -> None:
    form = {
        "purpose": "user_data",
        "expires_after[anchor]": "created_at",
        "expires_after[seconds]": "3600",
    }
    with freeze_time(tick=True) as clock:
        made = http.post("/v1/files", data=form, files={"file": b"x"}).json()["id"]
        kept = http.post("/v1/files", data={"purpose": "user_data"}, files={"file": b"y"}).json()
        clock.tick(timedelta(minutes=59))
        # Asked of the store itself: in other threads the clock is not always turned.
        store = http.app.state.premises.store  # type: ignore[attr-defined]  # Starlette's own
        assert store.file(made) is not None
        clock.tick(timedelta(minutes=2))
        assert store.file(made) is None
        assert [row.id for row in store.files(Window(limit=9), None).rows] == [kept["id"]]
        store.forget_expired()
    assert [path.name for path in (settings.store / "files").iterdir()] == [kept["id"]]
