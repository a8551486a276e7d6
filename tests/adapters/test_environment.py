"""Tests of the environment: who wins, what is refused, and that nothing leaks out."""

import os
from pathlib import Path

import pytest

from ftops.adapters.environment import Environment
from ftops.errors import FtopsError, TargetError


def project(tmp_path: Path, env_file: str) -> Path:
    (tmp_path / ".env").write_text(env_file, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("real", "env_file", "expected"),
    [
        pytest.param({"KEY": "real"}, "", "real", id="a variable is read"),
        pytest.param({}, "KEY=file", "file", id="the file is read"),
        pytest.param({"KEY": "real"}, "KEY=file", "real", id="the real environment wins"),
        pytest.param({"KEY": ""}, "KEY=file", None, id="even with an empty variable"),
        pytest.param({}, "export KEY='quoted text' # why", "quoted text", id="shell spelling"),
        pytest.param({"KEY": " pasted\n"}, "", "pasted", id="a pasted newline is dropped"),
        pytest.param({}, "KEY", None, id="a name without a value is unset"),
        pytest.param({}, "OTHER=1", None, id="an unknown name is unset"),
    ],
)
def test_a_variable_is_found(
    tmp_path: Path, real: dict[str, str], env_file: str, expected: str | None
) -> None:
    assert Environment(project(tmp_path, env_file), real).get("KEY") == expected


def test_the_file_is_read_but_never_exported(tmp_path: Path) -> None:
    environment = Environment(project(tmp_path, "FTOPS_TEST_SECRET=s3cret"))
    assert environment.get("FTOPS_TEST_SECRET") == "s3cret"
    assert "FTOPS_TEST_SECRET" not in os.environ  # noqa: TID251 - that it is not there is the test
    assert "s3cret" not in repr(environment)


def test_without_a_file_or_a_root_the_real_environment_is_all(tmp_path: Path) -> None:
    assert Environment(tmp_path, {"KEY": "real"}).get("KEY") == "real"
    assert Environment(None, {"KEY": "real"}).get("KEY") == "real"


def test_a_folder_in_the_place_of_the_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert Environment(tmp_path, {}).get("KEY") is None


def test_a_file_that_is_no_text_is_told_without_its_bytes(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"KEY=\xffs3cret\n")
    with pytest.raises(FtopsError, match="not UTF-8") as caught:
        Environment(tmp_path, {})
    assert "s3cret" not in str(caught.value)
    assert caught.value.hint is not None


def test_a_file_that_cannot_be_looked_at_is_told(tmp_path: Path) -> None:
    too_long_for_any_file_system = tmp_path / ("x" * 300)
    with pytest.raises(FtopsError, match="cannot be read"):
        Environment(too_long_for_any_file_system, {})


def test_only_the_named_variables_are_shown(tmp_path: Path) -> None:
    environment = Environment(project(tmp_path, "TEAM=support"), {"KEY": "secret"})
    assert environment.only(["TEAM", "ABSENT"]) == {"TEAM": "support"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("${HOST}", "example.org", id="a reference alone"),
        pytest.param("https://${HOST}/v1", "https://example.org/v1", id="inside a text"),
        pytest.param("$HOST", "$HOST", id="without braces it is no reference"),
        pytest.param("plain", "plain", id="a plain text stays"),
        pytest.param("${NESTED}", "${HOST}", id="a value is not expanded again"),
    ],
)
def test_references_are_replaced(text: str, expected: str) -> None:
    environment = Environment(None, {"HOST": "example.org", "NESTED": "${HOST}"})
    assert environment.expand(text) == expected


@pytest.mark.parametrize(
    "real", [pytest.param({}, id="unset"), pytest.param({"AZURE_KEY": " "}, id="blank")]
)
def test_a_reference_to_nothing_is_refused_by_name(real: dict[str, str]) -> None:
    with pytest.raises(TargetError, match="AZURE_KEY is not set") as caught:
        Environment(None, real).expand("${AZURE_KEY}")
    assert "AZURE_KEY" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("true", True, id="most pipelines"),
        pytest.param("1", True, id="some pipelines"),
        pytest.param("woodpecker", True, id="a pipeline that names itself"),
        pytest.param("", False, id="empty"),
        pytest.param("0", False, id="zero"),
        pytest.param("False", False, id="false in any case"),
        pytest.param(None, False, id="unset"),
    ],
)
def test_a_pipeline_is_recognised(value: str | None, *, expected: bool) -> None:
    real = {} if value is None else {"CI": value}
    assert Environment(None, real).is_ci is expected


@pytest.mark.parametrize(
    ("real", "expected"),
    [
        pytest.param({}, 2.0, id="the default"),
        pytest.param({"FTOPS_POLL_SECONDS": "0.25"}, 0.25, id="a fraction"),
        pytest.param({"FTOPS_POLL_SECONDS": "30"}, 30.0, id="a whole number"),
    ],
)
def test_a_number_is_read(real: dict[str, str], expected: float) -> None:
    assert Environment(None, real).number("FTOPS_POLL_SECONDS", 2.0) == expected


@pytest.mark.parametrize("text", ["soon", "0", "-1", "nan", "inf", "1,5"])
def test_what_is_no_number_above_zero_is_refused(text: str) -> None:
    environment = Environment(None, {"FTOPS_POLL_SECONDS": text})
    with pytest.raises(FtopsError, match="FTOPS_POLL_SECONDS is") as caught:
        environment.number("FTOPS_POLL_SECONDS", 2.0)
    assert "FTOPS_POLL_SECONDS=2" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("variables", "plainly", "with_tls"),
    [
        pytest.param({}, True, True, id="nothing is said"),
        pytest.param({"HTTPS_PROXY": "http://p:1"}, False, False, id="a proxy"),
        pytest.param({"all_proxy": "http://p:1"}, False, False, id="in small letters"),
        pytest.param({"HTTP_PROXY": ""}, True, True, id="an empty one is none"),
        pytest.param({"NO_PROXY": "*"}, True, True, id="where no proxy goes"),
        pytest.param({"SSL_CERT_FILE": "/own.pem"}, True, False, id="certificates of one's own"),
        pytest.param({"SSL_CERT_DIR": "/own"}, True, False, id="a folder of them"),
    ],
)
def test_what_asks_for_another_way_through_the_network(
    variables: dict[str, str], *, plainly: bool, with_tls: bool
) -> None:
    environment = Environment(None, variables)
    assert environment.is_straight_to("http://host/v1") is plainly
    assert environment.is_straight_to("https://host/v1") is with_tls
