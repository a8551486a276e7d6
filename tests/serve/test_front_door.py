import pytest

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
