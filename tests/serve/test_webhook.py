import base64
import hashlib
import hmac
from collections.abc import Mapping

import pytest

from ftops.serve.api.webhook import is_signed, secret_of
from tests.fakes.clock import NOON
from tests.fakes.specs import declared
from tests.fakes.stage import Stage
from tests.serve.conftest import House, Served, served

SECRET = b"a secret of many bytes"
BODY = b'{"type": "fine_tuning.job.succeeded", "data": {"id": "ftjob-1"}}'
NOW = int(NOON.timestamp())


def signed(
    body: bytes = BODY, at: str = str(NOW), key: bytes = SECRET, identity: str = "evt_1"
) -> dict[str, str]:
    told = f"{identity}.{at}.".encode() + body
    seal = base64.b64encode(hmac.digest(key, told, hashlib.sha256)).decode()
    return {
        "webhook-id": identity,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{seal}",
        "content-type": "application/json",
    }


def hooked() -> Served:
    return served(Stage(declared("triage")), House(webhook_secret=SECRET, with_tokens=True))


def is_nudged(at: Served) -> bool:
    return at.premises.watch.is_nudged


def test_a_signed_word_makes_the_next_look_sooner() -> None:
    at = hooked()
    assert at.client.post("/webhooks/openai", content=BODY, headers=signed()).status_code == 204
    assert is_nudged(at)


def test_other_news_change_nothing() -> None:
    at = hooked()
    body = b'{"type": "batch.completed"}'
    headers = signed(body)
    assert at.client.post("/webhooks/openai", content=body, headers=headers).status_code == 204
    assert not is_nudged(at)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(signed(body=b"{}"), id="of another body"),
        pytest.param(signed(key=b"else"), id="with another secret"),
        pytest.param(signed(at=str(NOW - 301)), id="too old"),
        pytest.param(signed(at=str(NOW + 301)), id="from the future"),
        pytest.param({**signed(), "webhook-id": "evt_2"}, id="under another id"),
        pytest.param({**signed(), "webhook-signature": ""}, id="not signed"),
        pytest.param({**signed(), "webhook-signature": "v2,x v1"}, id="of another kind"),
        pytest.param({**signed(), "webhook-timestamp": "now"}, id="without a time"),
        pytest.param({**signed(), "webhook-timestamp": "9" * 400}, id="at no time"),
    ],
)
def test_what_is_not_signed_is_refused(headers: dict[str, str]) -> None:
    at = hooked()
    assert at.client.post("/webhooks/openai", content=BODY, headers=headers).status_code == 401
    assert not is_nudged(at)


def test_one_right_signature_of_several_is_enough() -> None:
    headers: Mapping[str, str] = {
        **signed(),
        "webhook-signature": f"v1,AAAA {signed()['webhook-signature']}",
    }
    assert is_signed(headers, BODY, SECRET, NOW)


def test_without_a_secret_there_is_no_such_route() -> None:
    at = served(Stage(declared("triage")))
    assert at.client.post("/webhooks/openai", content=BODY, headers=signed()).status_code == 404


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        pytest.param("whsec_" + base64.b64encode(SECRET).decode(), SECRET, id="as it is shown"),
        pytest.param(base64.b64encode(SECRET).decode(), SECRET, id="without its mark"),
        pytest.param("whsec_!", None, id="no base64"),
        pytest.param("whsec_", None, id="nothing"),
    ],
)
def test_a_secret_is_read(text: str, secret: bytes | None) -> None:
    assert secret_of(text) == secret
