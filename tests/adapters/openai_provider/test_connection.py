"""What a connection refuses, hides and says about itself."""

import pytest

from ftops.adapters.openai_provider.connection import Connection, Secret
from ftops.errors import TargetError
from tests.adapters.openai_provider.builders import KEY, always, api_error, connection, wired
from tests.fakes.specs import order


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"base_url": "api.openai.com/v1"}, "base_url", id="an address needs a scheme"),
        pytest.param({"base_url": "ftp://host/v1"}, "base_url", id="only http is spoken"),
        pytest.param({"base_url": "https://"}, "base_url", id="an address needs a host"),
        pytest.param({"api_key": Secret("")}, "OPENAI_API_KEY", id="an empty key is none"),
        pytest.param({"api_key": Secret("a\nb")}, "OPENAI_API_KEY", id="two lines are no key"),
        pytest.param({"api_key": Secret("schlüssel")}, "OPENAI_API_KEY", id="keys are ASCII"),
        pytest.param({"extra_body": {"metadata": {}}}, "metadata", id="the stamp is not replaced"),
    ],
)
def test_a_connection_that_cannot_be_one_is_refused(fields: dict[str, object], said: str) -> None:
    with pytest.raises(TargetError, match=said) as caught:
        connection(**fields)
    assert caught.value.hint


def test_the_key_is_in_no_text_about_the_connection() -> None:
    secret = Secret(f" {KEY}\n")
    assert secret.reveal() == KEY
    assert KEY not in f"{secret} {secret!r} {connection()} {connection()!r}"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        pytest.param("openai", {"Authorization": f"Bearer {KEY}"}, id="OpenAI is told a bearer"),
        pytest.param("azure", {"api-key": KEY}, id="Azure is told an api-key"),
    ],
)
def test_the_key_goes_where_the_kind_wants_it(kind: str, expected: dict[str, str]) -> None:
    assert connection(kind=kind).headers() == expected


def test_organization_and_project_are_told() -> None:
    told = Connection(organization="org-1", project="proj-1").headers()
    assert told == {"OpenAI-Organization": "org-1", "OpenAI-Project": "proj-1"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"refused {KEY}!", id="the connection's own key"),
        pytest.param("refused sk-proj-abc*******xyz.", id="a masked key"),
        pytest.param("Authorization: Bearer abc.def-123", id="a bearer"),
    ],
)
def test_keys_are_taken_out_of_texts(text: str) -> None:
    shown = connection().redact(text)
    assert "[key]" in shown
    for part in (KEY, "abc"):
        assert part not in shown


def test_a_key_of_no_known_shape_is_taken_out_too() -> None:
    azure = connection(api_key=Secret("0f0f0f0f0f0f"), kind="azure")
    assert azure.redact("bad 0f0f0f0f0f0f") == "bad [key]"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_no_error_shows_a_key_that_the_server_repeats(status: int) -> None:
    one = wired(always(status, api_error(f"Incorrect API key provided: {KEY}")))
    for act in (one.provider.models, lambda: one.provider.create_job(order())):
        with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever is raised may not tell
            act()
        assert KEY not in f"{caught.value} {caught.value!r} {getattr(caught.value, 'hint', '')}"


def test_no_variable_of_the_sdk_reaches_another_target(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "from-the-environment")
    one = wired(always(200, {"id": "ftjob-1"}), api_key=None)
    one.provider.create_job(order())
    assert "from-the-environment" not in str(list(one.asked[0].headers.items()))
    assert "authorization" not in one.asked[0].headers


def test_azure_is_told_its_key_once_and_no_bearer() -> None:
    one = wired(always(200, {"id": "ftjob-1"}), kind="azure")
    one.provider.create_job(order())
    assert one.asked[0].headers["api-key"] == KEY
    assert "authorization" not in one.asked[0].headers
