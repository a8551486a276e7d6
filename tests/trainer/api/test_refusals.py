"""Every bad request gets OpenAI's error body, and never a 500."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ftops.trainer.api.bodies import MAX_BODY_BYTES
from ftops.trainer.app import create_app
from ftops.trainer.settings import Settings
from tests.trainer.rows import chat_rows


@pytest.fixture
def file_id(http: TestClient) -> str:
    answer = http.post(
        "/v1/files", data={"purpose": "fine-tune"}, files={"file": ("a.jsonl", chat_rows(10))}
    )
    return str(answer.json()["id"])


def fault(answer: Any) -> dict[str, Any]:  # noqa: ANN401 the test client's answers have no public type
    body = answer.json()
    assert set(body) == {"error"}, body
    assert set(body["error"]) == {"message", "type", "param", "code"}
    assert body["error"]["message"]
    assert answer.headers["x-request-id"].startswith("req_")
    return dict(body["error"])


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        pytest.param({"colour": "red"}, "colour", "unknown_parameter", id="an unknown field"),
        pytest.param({"model": None}, "model", "invalid_value", id="model is null"),
        pytest.param({"model": ""}, "model", "invalid_value", id="model is empty"),
        pytest.param({"model": "llama-3"}, "model", "model_not_found", id="an unknown base"),
        pytest.param({"model": "ft:gpt-4o:me::1"}, "model", "model_not_found", id="unknown ft"),
        pytest.param({"training_file": 3}, "training_file", "invalid_value", id="file is a number"),
        pytest.param(
            {"training_file": "file-no"}, "training_file", "file_not_found", id="unknown file"
        ),
        pytest.param(
            {"validation_file": "file-no"}, "validation_file", "file_not_found", id="unknown valid"
        ),
        pytest.param({"suffix": ""}, "suffix", "invalid_value", id="suffix too short"),
        pytest.param({"suffix": "x" * 65}, "suffix", "invalid_value", id="suffix too long"),
        pytest.param({"seed": -1}, "seed", "invalid_value", id="a negative seed"),
        pytest.param({"seed": 2**31}, "seed", "invalid_value", id="a seed too large"),
        pytest.param(
            {"metadata": {str(n): "" for n in range(17)}},
            "metadata",
            "invalid_value",
            id="17 pairs",
        ),
        pytest.param(
            {"metadata": {"k" * 65: ""}}, "metadata", "invalid_value", id="a long metadata key"
        ),
        pytest.param(
            {"metadata": {"k": "v" * 513}}, "metadata[...]", "invalid_value", id="a long value"
        ),
        pytest.param({"metadata": {"k": 1}}, "metadata[...]", "invalid_value", id="a number value"),
        pytest.param(
            {"hyperparameters": {"n_epochs": 51}},
            "hyperparameters.n_epochs",
            "invalid_value",
            id="too many epochs",
        ),
        pytest.param(
            {"hyperparameters": {"n_epochs": "many"}},
            "hyperparameters.n_epochs",
            "invalid_value",
            id="epochs in words",
        ),
        pytest.param(
            {"hyperparameters": {"batch_size": 0}},
            "hyperparameters.batch_size",
            "invalid_value",
            id="no batch",
        ),
        pytest.param(
            {"hyperparameters": {"learning_rate_multiplier": 0}},
            "hyperparameters.learning_rate_multiplier",
            "invalid_value",
            id="no learning",
        ),
        pytest.param(
            {"method": {"type": "supervised", "supervised": {"hyperparameters": {"depth": 1}}}},
            "method.supervised.hyperparameters.depth",
            "unknown_parameter",
            id="an unknown knob",
        ),
        pytest.param({"method": {}}, "method.type", "missing_required_parameter", id="no type"),
        pytest.param({"method": {"type": "magic"}}, "method.type", "invalid_value", id="magic"),
        pytest.param(
            {"method": {"type": "reinforcement", "reinforcement": {"grader": {}}}},
            "method.type",
            "unsupported_method",
            id="reinforcement cannot be done",
        ),
        pytest.param({"integrations": [{}] * 6}, "integrations", "invalid_value", id="6 of them"),
    ],
)
def test_bad_jobs_are_refused(
    http: TestClient, file_id: str, change: dict[str, Any], param: str, code: str
) -> None:
    body = {"model": "gpt-4o-mini", "training_file": file_id} | change
    answer = http.post("/v1/fine_tuning/jobs", json=body)
    assert answer.status_code == 400
    error = fault(answer)
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", param, code)
    assert http.get("/v1/fine_tuning/jobs").json()["data"] == []


def test_a_job_without_a_file_is_refused(http: TestClient) -> None:
    answer = http.post("/v1/fine_tuning/jobs", json={"model": "gpt-4o-mini"})
    assert answer.status_code == 400
    assert fault(answer)["message"] == "Missing required parameter: 'training_file'."


def test_a_file_of_another_purpose_is_refused(http: TestClient) -> None:
    made = http.post("/v1/files", data={"purpose": "user_data"}, files={"file": b"x"}).json()
    body = {"model": "gpt-4o-mini", "training_file": made["id"]}
    answer = http.post("/v1/fine_tuning/jobs", json=body)
    assert answer.status_code == 400
    assert fault(answer)["code"] == "invalid_file_purpose"


@pytest.mark.parametrize("path", ["/v1/fine_tuning/jobs", "/v1/chat/completions"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"", 400, id="nothing"),
        pytest.param(b"{", 400, id="half an object"),
        pytest.param(b"[]", 400, id="a list"),
        pytest.param(b"null", 400, id="null"),
        pytest.param(b"\xff\xfe", 400, id="no text"),
        pytest.param(b'{"model": NaN}', 400, id="not a number"),
        pytest.param(b'{"model": "\xff"}', 400, id="broken UTF-8"),
        pytest.param(b'{"model":' * 100_000, 400, id="nested without end"),
        pytest.param(b" " * (MAX_BODY_BYTES + 1), 413, id="far too long"),
    ],
)
def test_bodies_that_are_no_request(http: TestClient, path: str, body: bytes, status: int) -> None:
    answer = http.post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status
    fault(answer)


@pytest.mark.parametrize(
    ("body", "param"),
    [
        pytest.param({"messages": []}, "messages", id="no messages"),
        pytest.param({"messages": [{"role": "robot"}]}, "messages[0].role", id="a robot"),
        pytest.param(
            {"messages": [{"role": "user", "content": 1}]}, "messages[0].content", id="a number"
        ),
        pytest.param({"temperature": 3}, "temperature", id="too hot"),
        pytest.param({"top_p": 2}, "top_p", id="more than everything"),
        pytest.param({"n": 129}, "n", id="too many answers"),
        pytest.param({"n": 0}, "n", id="no answer"),
        pytest.param({"stop": ["a"] * 5}, "stop", id="five stops"),
        pytest.param({"top_logprobs": 21}, "top_logprobs", id="too many alternatives"),
        pytest.param({"top_logprobs": 2}, "top_logprobs", id="alternatives to no logprobs"),
        pytest.param({"max_tokens": -1}, "max_tokens", id="fewer than none"),
        pytest.param({"colour": "red"}, "colour", id="an unknown field"),
        pytest.param({"frequency_penalty": 3}, "frequency_penalty", id="too great a penalty"),
    ],
)
def test_bad_questions_are_refused(http: TestClient, body: dict[str, Any], param: str) -> None:
    whole = {"model": "ft:x", "messages": [{"role": "user", "content": "hi"}]} | body
    answer = http.post("/v1/chat/completions", json=whole)
    assert answer.status_code == 400
    assert fault(answer)["param"] == param


@pytest.mark.parametrize(
    ("path", "param"),
    [
        pytest.param("files?limit=-1", "limit", id="a negative limit"),
        pytest.param("files?limit=many", "limit", id="a limit in words"),
        pytest.param("files?limit=10001", "limit", id="a limit over the top"),
        pytest.param("files?order=odd", "order", id="an unknown order"),
        pytest.param("fine_tuning/jobs?limit=1.5", "limit", id="half a job"),
    ],
)
def test_bad_pages_are_refused(http: TestClient, path: str, param: str) -> None:
    answer = http.get(f"/v1/{path}")
    assert answer.status_code == 400
    assert fault(answer)["param"] == param


def test_a_page_of_nothing_is_allowed(http: TestClient, file_id: str) -> None:
    page = http.get("/v1/files?limit=0").json()
    assert (page["data"], page["has_more"], page["first_id"], page["last_id"]) == (
        [],
        True,
        "",
        "",
    )
    assert http.get("/v1/files").json()["first_id"] == file_id


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/v1/files/file-no", 404, id="no such file"),
        pytest.param("DELETE", "/v1/files/file-no", 404, id="no such file to delete"),
        pytest.param("GET", "/v1/files/file-no/content", 404, id="no such content"),
        pytest.param("GET", "/v1/files/..%2f..%2fftops.sqlite/content", 404, id="a path as an id"),
        pytest.param("GET", "/v1/fine_tuning/jobs/ftjob-no", 404, id="no such job"),
        pytest.param("POST", "/v1/fine_tuning/jobs/ftjob-no/cancel", 404, id="none to cancel"),
        pytest.param("GET", "/v1/fine_tuning/jobs/ftjob-no/events", 404, id="no such log"),
        pytest.param("GET", "/v1/fine_tuning/jobs/ftjob-no/checkpoints", 404, id="no snapshots"),
        pytest.param("GET", "/v1/models/gpt-4o", 404, id="no such model"),
        pytest.param("GET", "/v1/engines", 404, id="no such route"),
        pytest.param("GET", "/v1/files/", 404, id="an id that is empty is not the list"),
        pytest.param("POST", "/v1/fine_tuning/jobs/", 404, id="nor a creation"),
        pytest.param("GET", "/v1/models/", 404, id="nor all models"),
        pytest.param("GET", "/health/", 404, id="nor the health"),
        pytest.param("GET", "/v1", 404, id="nothing at all"),
        pytest.param("POST", "/", 405, id="nothing to send to the page"),
        pytest.param("GET", "/favicon.ico", 404, id="no picture"),
        pytest.param("PUT", "/v1/files", 405, id="a wrong method"),
        pytest.param("DELETE", "/v1/fine_tuning/jobs/ftjob-no", 405, id="jobs stay"),
    ],
)
def test_what_is_not_there(http: TestClient, method: str, path: str, status: int) -> None:
    answer = http.request(method, path)
    assert answer.status_code == status
    assert fault(answer)["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("form", "file", "param"),
    [
        pytest.param({}, ("a.jsonl", b"x"), "purpose", id="no purpose"),
        pytest.param({"purpose": "fun"}, ("a.jsonl", b"x"), "purpose", id="an unknown purpose"),
        pytest.param({"purpose": "fine-tune"}, None, "file", id="no file"),
        pytest.param({"purpose": "fine-tune"}, ("a.csv", b"x"), "file", id="a wrong extension"),
        pytest.param(
            {"purpose": "user_data", "expires_after[seconds]": "1"},
            ("a", b"x"),
            "expires_after.seconds",
            id="gone too soon",
        ),
        pytest.param({"purpose": "p" * 5000}, ("a.jsonl", b"x"), None, id="an endless field"),
    ],
)
def test_bad_uploads_are_refused_and_leave_nothing(
    http: TestClient,
    settings: Settings,
    form: dict[str, str],
    file: tuple[str, bytes] | None,
    param: str | None,
) -> None:
    files = {"other": ("b", b"y")} if file is None else {"file": file}
    answer = http.post("/v1/files", data=form, files=files)
    assert answer.status_code == 400
    assert fault(answer)["param"] == param
    assert list((settings.store / "incoming").iterdir()) == []
    assert http.get("/v1/files").json()["data"] == []


def form_body(content: bytes, *, ends: bool = True) -> bytes:
    end = b"--b--\r\n" if ends else b""
    return (
        b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nfine-tune\r\n'
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n'
        + content
        + b"\r\n"
        + end
    )


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        pytest.param(b"{}", "application/json", 400, id="JSON"),
        pytest.param(b"x", "", 400, id="no type at all"),
        pytest.param(b"x", "multipart/form-data", 400, id="no boundary"),
        pytest.param(b"garbage", "multipart/form-data; boundary=b", 400, id="garbage"),
        pytest.param(
            form_body(b"x", ends=False), "multipart/form-data; boundary=b", 400, id="cut short"
        ),
        pytest.param(b"", "multipart/form-data; boundary=b", 400, id="nothing"),
        pytest.param(
            b"--b\r\n" + b"h" * 20_000 + b": v\r\n\r\n\r\n--b--\r\n",
            "multipart/form-data; boundary=b",
            400,
            id="an endless header",
        ),
        pytest.param(
            form_body(b"x", ends=False) + form_body(b"y"),
            "multipart/form-data; boundary=b",
            400,
            id="two files",
        ),
        pytest.param(
            form_body(b"x" * 2000), "multipart/form-data; boundary=b", 413, id="over the limit"
        ),
    ],
)
def test_forms_that_are_no_upload(settings: Settings, body: bytes, kind: str, status: int) -> None:
    with TestClient(create_app(replace(settings, max_file_bytes=1000))) as http:
        answer = http.post("/v1/files", content=body, headers={"content-type": kind})
        assert answer.status_code == status
        fault(answer)
        assert list((settings.store / "incoming").iterdir()) == []


def test_a_declared_length_over_the_limit_is_refused_before_it_is_sent(
    settings: Settings,
) -> None:
    with TestClient(create_app(replace(settings, max_file_bytes=1000))) as http:
        answer = http.post(
            "/v1/files",
            content=b"--b",
            headers={
                "content-type": "multipart/form-data; boundary=b",
                "content-length": str(10**9),
            },
        )
        assert answer.status_code == 413
        assert "maximum size" in fault(answer)["message"]


def test_a_form_in_small_pieces_is_the_same_form(http: TestClient, settings: Settings) -> None:
    content = bytes(range(256)) * 40
    body = form_body(content)
    pieces = (body[start : start + 7] for start in range(0, len(body), 7))
    answer = http.post(
        "/v1/files", content=pieces, headers={"content-type": "multipart/form-data; boundary=b"}
    )
    assert answer.status_code == 200
    assert answer.json()["bytes"] == len(content)
    kept: Path = settings.store / "files" / answer.json()["id"]
    assert kept.read_bytes() == content


def test_a_file_name_is_only_a_name(http: TestClient) -> None:
    answer = http.post(
        "/v1/files", data={"purpose": "fine-tune"}, files={"file": ("../../etc/a.jsonl", b"x")}
    )
    assert answer.json()["filename"] == "a.jsonl"


@pytest.mark.parametrize(
    ("given", "status"),
    [
        pytest.param({}, 401, id="no key"),
        pytest.param({"authorization": "Bearer wrong"}, 401, id="a wrong key"),
        pytest.param(
            {"authorization": "Bearer söcret".encode()}, 401, id="a key in strange letters"
        ),
        pytest.param({"authorization": "Basic secret"}, 401, id="another scheme"),
        pytest.param({"authorization": "secret"}, 401, id="no scheme"),
        pytest.param({"authorization": "Bearer secret"}, 200, id="one key"),
        pytest.param({"authorization": "bearer another"}, 200, id="the other key"),
    ],
)
def test_a_key_is_asked_for(settings: Settings, given: dict[str, Any], status: int) -> None:
    with TestClient(create_app(replace(settings, api_keys=("another", "secret")))) as http:
        answer = http.get("/v1/models", headers=given)
        assert answer.status_code == status
        if status == 401:
            assert fault(answer)["code"] == "invalid_api_key"
            assert "wrong" not in answer.text
        assert http.get("/health").json()["status"] == "ok"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param("127.0.0.1:5001", 200, id="the address"),
        pytest.param("127.0.0.1", 200, id="the address without a port"),
        pytest.param("localhost:5001", 200, id="localhost"),
        pytest.param("[::1]:5001", 200, id="the newer address"),
        pytest.param("evil.example:5001", 403, id="a name of somebody else"),
        pytest.param("", 403, id="no name"),
        pytest.param("10.0.0.1", 403, id="another address"),
    ],
)
def test_a_server_on_loopback_answers_to_loopback_names(
    settings: Settings, host: str, status: int
) -> None:
    with TestClient(create_app(replace(settings, loopback_hosts_only=True))) as http:
        assert http.get("/health", headers={"host": host}).status_code == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        pytest.param(None, 400, id="a program names none"),
        pytest.param("http://localhost:3000", 400, id="a page of this machine"),
        pytest.param("http://[::1]:3000", 400, id="a page of this machine, newer address"),
        pytest.param("https://evil.example", 403, id="a page of somebody else"),
        pytest.param("http://localhost.evil.example", 403, id="a name that begins like ours"),
        pytest.param("http://localhost:1@evil.example", 403, id="our name as a user"),
        pytest.param("null", 403, id="a page that hides its name"),
        pytest.param("http://[", 403, id="no address at all"),
    ],
)
def test_a_page_of_somebody_else_starts_nothing_on_loopback(
    settings: Settings, origin: str | None, status: int
) -> None:
    headers = {"host": "127.0.0.1:5001"} | ({} if origin is None else {"origin": origin})
    with TestClient(create_app(replace(settings, loopback_hosts_only=True))) as http:
        answer = http.post("/v1/fine_tuning/jobs", headers=headers, json={})
        assert answer.status_code == status
        assert (answer.json()["error"]["code"] == "invalid_origin") is (status == 403)


def test_a_fault_of_ours_is_a_server_error(http: TestClient, settings: Settings) -> None:
    made = http.post("/v1/files", data={"purpose": "user_data"}, files={"file": b"x"}).json()
    (settings.store / "files" / made["id"]).unlink()
    answer = http.get(f"/v1/files/{made['id']}/content")
    assert answer.status_code == 500
    assert json.loads(answer.text)["error"]["type"] == "server_error"
