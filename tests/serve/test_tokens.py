import hashlib
from datetime import timedelta

import pytest

from ftops.core.access import Role
from ftops.core.names import Digest
from ftops.errors import FtopsError
from ftops.serve.access.gate import GuardedRoute
from ftops.serve.access.limits import Limits, Rates
from ftops.serve.access.new_token import given_tokens, new_token
from ftops.serve.access.tokens import TokenGate
from ftops.serve.app import create_app
from tests.fakes.clock import NOON, FakeClock
from tests.fakes.serve_store import MemoryAudit, MemoryServeStore
from tests.fakes.specs import declared
from tests.fakes.stage import Stage
from tests.serve.conftest import House, Served, served

GUARDED = House(with_tokens=True, webhook_secret=b"secret")
OPEN_TO_ANYBODY = {
    ("GET", "/healthz"),
    ("GET", "/static/{name}"),
    ("POST", "/api/session"),
    ("DELETE", "/api/session"),
    ("POST", "/webhooks/openai"),
}
FOR_TESTERS = {("POST", "/api/llm/models/{model_id:path}/test")}


@pytest.fixture(scope="module")
def guarded() -> Served:
    return served(Stage(declared("triage")), GUARDED)


def routes() -> list[GuardedRoute]:
    app = create_app(served(Stage(declared("triage")), GUARDED).premises)
    assert all(isinstance(route, GuardedRoute) for route in app.routes), "a route without a gate"
    return [route for route in app.routes if isinstance(route, GuardedRoute)]


ROUTES = [(method, route.path) for route in routes() for method in sorted(route.methods or ())]


@pytest.mark.parametrize("who", [None, *Role], ids=lambda who: who or "nobody")
@pytest.mark.parametrize(("method", "path"), ROUTES, ids=lambda part: part)
def test_every_route_lets_in_exactly_who_may(
    guarded: Served, method: str, path: str, who: Role | None
) -> None:
    needed = Role.TESTER if (method, path) in FOR_TESTERS else Role.VIEWER
    headers = {} if who is None else guarded.as_(who)
    url = path.replace("{model_id:path}", "m").replace("{job_id}", "j").replace("{name}", "n")
    body: dict[str, str] | None = {} if method == "POST" else None
    told = guarded.client.request(method, url, headers=headers, json=body)
    if (method, path) in OPEN_TO_ANYBODY:
        allowed = told.status_code not in {403, 429}
        assert allowed
    elif who is None:
        assert (told.status_code, told.json()["error"]["code"]) == (401, "no_token")
        assert told.headers["www-authenticate"] == "Bearer"
    elif not who.may(needed):
        assert (told.status_code, told.json()["error"]["code"]) == (403, "role_too_small")
    else:
        assert told.status_code not in {401, 403}


def test_a_route_that_names_no_role_cannot_be_added(guarded: Served) -> None:
    app = create_app(guarded.premises)
    with pytest.raises(ValueError, match="Role"):
        app.get("/open")(lambda: None)


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("", id="none"),
        pytest.param("Bearer", id="no token"),
        pytest.param("Bearer x", id="no token of ours"),
        pytest.param("Basic {token}", id="another scheme"),
        pytest.param("Bearer {token}x", id="one character more"),
        pytest.param("Bearer {swapped}", id="another role in its text"),
    ],
)
def test_no_other_text_opens(guarded: Served, header: str) -> None:
    token = guarded.tokens[Role.VIEWER]
    told = header.format(token=token, swapped=token.replace("viewer", "admin"))
    answer = guarded.client.get("/api/specs", headers={"Authorization": told})
    assert answer.status_code == 401


def test_a_token_ends_when_it_is_revoked_or_expires() -> None:
    at = served(Stage(declared("triage")), GUARDED)
    kept, text = new_token("brief", Role.VIEWER, NOON, NOON + timedelta(hours=1))
    at.store.add(kept)
    at.stage.clock.advance(5)
    headers = {"Authorization": f"Bearer {text}"}
    assert at.client.get("/api/specs", headers=headers).status_code == 200
    at.stage.clock.advance(3600)
    assert at.client.get("/api/specs", headers=headers).status_code == 401
    viewer = at.as_(Role.VIEWER)
    assert at.client.get("/api/specs", headers=viewer).status_code == 200
    at.store.revoke(at.tokens[Role.VIEWER].split("_")[2], at.stage.clock.now())
    at.stage.clock.advance(3)
    assert at.client.get("/api/specs", headers=viewer).status_code == 401


def test_last_use_is_remembered() -> None:
    at = served(Stage(declared("triage")), GUARDED)
    at.client.get("/api/specs", headers=at.as_(Role.VIEWER))
    used = {one.role: one.last_used_at for one in at.store.tokens()}
    assert used == {Role.VIEWER: NOON, Role.TESTER: None, Role.ADMIN: None}


def test_refusals_are_written_down_but_only_so_many_of_one_client() -> None:
    at = served(Stage(declared("triage")), GUARDED)
    for _ in range(50):
        at.client.get("/api/specs")
    at.client.post("/api/llm/models/m/test", json={}, headers=at.as_(Role.VIEWER))
    assert len(at.audit.entries) == 30
    assert at.audit.entries[0]["route"] == "/api/specs"
    assert at.audit.entries[0]["status"] == 401


def test_reads_are_limited_per_token() -> None:
    at = served(Stage(declared("triage")), House(with_tokens=True, rates=Rates(reads=2)))
    viewer, tester = at.as_(Role.VIEWER), at.as_(Role.TESTER)
    told = [at.client.get("/api/specs", headers=viewer).status_code for _ in range(3)]
    assert told == [200, 200, 429]
    assert at.client.get("/api/specs", headers=tester).status_code == 200


def test_a_browser_shows_its_token_once() -> None:
    at = served(Stage(declared("triage")), GUARDED)
    begun = at.client.post("/api/session", json={"token": at.tokens[Role.TESTER]})
    assert begun.status_code == 204
    cookie = begun.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert at.tokens[Role.TESTER] not in cookie
    assert at.client.get("/api/session").json()["role"] == "tester"
    assert at.client.delete("/api/session").status_code == 204
    assert at.client.get("/api/session").status_code == 401


def test_a_session_ends_with_its_token_and_in_time() -> None:
    at = served(Stage(declared("triage")), GUARDED)
    at.client.post("/api/session", json={"token": at.tokens[Role.TESTER]})
    at.store.revoke(at.tokens[Role.TESTER].split("_")[2], at.stage.clock.now())
    at.stage.clock.advance(3)
    assert at.client.get("/api/session").status_code == 401
    at.client.post("/api/session", json={"token": at.tokens[Role.VIEWER]})
    at.stage.clock.advance(13 * 3600)
    assert at.client.get("/api/session").status_code == 401
    wrong = at.client.post("/api/session", json={"token": "ftops_admin_x"})
    assert wrong.status_code == 401


def test_tokens_come_as_hashes_from_the_environment() -> None:
    text = "a token of your own making"
    digest = hashlib.sha256(text.encode()).hexdigest()
    given = given_tokens(f"ci:tester:{digest}, dash:viewer:{'0' * 64}", NOON)
    assert [(one.name, one.role) for one in given] == [("ci", "tester"), ("dash", "viewer")]
    clock = FakeClock()
    gate = TokenGate(MemoryServeStore(), given, Limits(), MemoryAudit(), clock)
    known = gate.recognise(text)
    assert known is not None
    assert known.digest == Digest(digest)
    assert gate.recognise("0" * 64) is None


@pytest.mark.parametrize(
    "told", ["ftops_viewer_00000000_secret", "a:viewer:short", f"a:owner:{'0' * 64}"]
)
def test_an_entry_that_is_no_hash_is_refused_without_being_shown(told: str) -> None:
    with pytest.raises(FtopsError) as raised:
        given_tokens(told, NOON)
    assert told not in raised.value.message


def test_no_answer_holds_a_secret(guarded: Served) -> None:
    for method, path in ROUTES:
        answer = guarded.client.request(method, path, headers=guarded.as_(Role.ADMIN))
        for secret in (*guarded.tokens.values(), *(one.digest for one in guarded.store.tokens())):
            assert secret not in answer.text
