from contextlib import closing
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from ftops.serve.app import create_app
from tests.serve.conftest import Served


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param("127.0.0.1:5000", 200, id="this machine"),
        pytest.param("localhost", 200, id="its name"),
        pytest.param("[::1]:5000", 200, id="its other address"),
        pytest.param("evil.example", 421, id="a name that a foreign page resolves to us"),
        pytest.param("127.0.0.1.evil.example", 421, id="a name that begins like ours"),
        pytest.param("", 421, id="no name"),
    ],
)
def test_only_its_own_names_are_answered(one: Served, host: str, status: int) -> None:
    assert one.client.get("/healthz", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param("models.example.org", 200, id="the name it was given"),
        pytest.param("MODELS.example.org:443", 200, id="the same, written otherwise"),
        pytest.param("127.0.0.1:5000", 200, id="a probe on its own machine"),
        pytest.param("other.example.org", 421, id="another name"),
        pytest.param("192.0.2.1", 421, id="its address outside"),
    ],
)
def test_a_named_server_answers_to_its_name_and_to_its_own_machine(
    one: Served, host: str, status: int
) -> None:
    app = create_app(replace(one.premises, hosts=("models.example.org",)))
    with closing(TestClient(app)) as client:
        assert client.get("/healthz", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("path", ["/healthz", "/api/specs", "/nowhere", "/docs", "/openapi.json"])
def test_every_answer_carries_the_safe_headers(one: Served, path: str) -> None:
    headers = one.client.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        pytest.param("GET", "/nowhere", "not_found", id="no such path"),
        pytest.param("GET", "/api/specs/", "not_found", id="nearly a path, and nobody is sent on"),
        pytest.param("DELETE", "/api/specs", "method_not_allowed", id="no such method"),
    ],
)
def test_errors_have_one_form(one: Served, method: str, path: str, code: str) -> None:
    assert one.client.request(method, path).json()["error"]["code"] == code


def test_the_reference_page_lists_every_operation(one: Served) -> None:
    page = one.client.get("/docs").text
    for path in one.client.get("/openapi.json").json()["paths"]:
        assert path in page


def test_a_static_file_is_kept_for_ever_under_its_own_hash(one: Served) -> None:
    page = one.client.get("/docs").text
    url = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = one.client.get(url)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert one.client.get("/static/style.000000000000.css").status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 405, id="a program"),
        pytest.param({"Origin": "http://127.0.0.1:5000"}, 405, id="a page of ours"),
        pytest.param({"Origin": "http://127.0.0.1:8080"}, 403, id="a page of another port"),
        pytest.param({"Origin": "https://evil.example"}, 403, id="a foreign page"),
        pytest.param({"Origin": "null"}, 403, id="a page that hides where it is from"),
        pytest.param({"Sec-Fetch-Site": "same-origin"}, 405, id="by a browser for us"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="by a browser for others"),
        pytest.param({"Content-Type": "text/plain"}, 415, id="as a form could send it"),
        pytest.param({"Content-Type": "application/json; charset=utf-8"}, 405, id="JSON"),
    ],
)
def test_a_post_is_json_and_from_no_foreign_page(
    one: Served, headers: dict[str, str], status: int
) -> None:
    sent = {"Content-Type": "application/json", **headers}
    url = "/api/llm/fine-tuning/jobs"
    assert one.client.post(url, content=b'{"model": "m"}', headers=sent).status_code == status


def test_a_body_beyond_its_bound_is_not_read(one: Served) -> None:
    huge = b'{"prompt": "' + b"a" * (2 * 1024 * 1024) + b'"}'
    headers = {"Content-Type": "application/json"}
    answer = one.client.post("/api/llm/models/m/test", content=huge, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "content_too_large")


def test_a_bug_is_told_without_its_words(one: Served) -> None:
    class Broken:
        def __getattr__(self, name: str) -> object:
            raise KeyError("a secret")

    client = TestClient(one.client.app, raise_server_exceptions=False)
    client.app.state.gate = Broken()  # type: ignore[attr-defined]  # Starlette's own state
    answer = client.get("/api/specs", headers={"Host": "127.0.0.1"})
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json()["error"]["code"] == "internal_error"


def test_prometheus_reads_what_there_is(one: Served) -> None:
    one.client.get("/api/specs")
    text = one.client.get("/metrics").text
    assert 'ftops_specs{sync="out-of-sync",health="missing"} 1.0\n' in text
    assert 'ftops_http_answers_total{method="GET",route="/api/specs",status="200"} 1.0\n' in text
    assert "# TYPE ftops_look_age_seconds gauge\n" in text
