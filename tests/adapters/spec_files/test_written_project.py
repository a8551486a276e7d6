from typing import Any

import pytest
from pydantic import ValidationError

from ftops.adapters.spec_files.written.project import Project, Target
from ftops.core.project import GitLease


def project(**fields: object) -> Project:
    return Project.model_validate({"project": "acme", **fields})


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param("openai", "openai", id="openai is built in"),
        pytest.param("local", "local", id="local is built in and what it says"),
        pytest.param("azure", "azure", id="a declared one"),
        pytest.param("proxy", "openai", id="a declared one speaks OpenAI's API by default"),
        pytest.param("elsewhere", None, id="an undeclared one is none"),
    ],
)
def test_targets(name: str, kind: str | None) -> None:
    declared = {"azure": {"kind": "azure"}, "proxy": {"base_url": "http://127.0.0.1/v1"}}
    found = project(targets=declared).meant().target(name)
    assert (found.kind if found else None) == kind


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        pytest.param({"base_url": "http://127.0.0.1:8111/v1"}, "local", id="no kind: local"),
        pytest.param({"kind": "openai"}, "openai", id="a kind of its own is respected"),
    ],
)
def test_a_declared_local_target(written: dict[str, Any], kind: str) -> None:
    found = project(targets={"local": written}).meant().target("local")
    assert found is not None
    assert (found.kind, found.base_url) == (kind, written.get("base_url"))


def test_prices_are_by_tokens_or_by_the_hour() -> None:
    meant = project(prices={"a": 2.5, "b": {"per_hour": 80}}).meant()
    assert (meant.prices, meant.hourly_prices) == ({"a": 2.5}, {"b": 80})


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        pytest.param({"project": ""}, "project", id="no project"),
        pytest.param({"project": "a b"}, "project", id="a project with a blank"),
        pytest.param({"target": {}}, "target", id="an unknown key"),
        pytest.param({"limits": {"max_train": -1}}, "limits.max_train", id="less than no jobs"),
        pytest.param({"limits": {"max_cost_usd": -1}}, "limits.max_cost_usd", id="less than free"),
        pytest.param({"prices": {"gpt": -1}}, "prices.gpt", id="a negative price"),
        pytest.param({"prices": {"gpt": {"per_hour": -1}}}, "prices.gpt", id="a negative hour"),
        pytest.param({"lease": "redis"}, "lease", id="an unknown lease"),
        pytest.param({"lease": {}}, "lease", id="a lease without its kind"),
        pytest.param({"lease": {"git": {"ref": "main"}}}, "lease", id="a ref that is none"),
        pytest.param({"lease": {"git": {"remote": "--x"}}}, "lease", id="an option for a remote"),
        pytest.param({"lease": {"git": {"ttl_seconds": 5}}}, "lease", id="too short a lease"),
        pytest.param({"allow_outside": "yes"}, "allow_outside", id="yes is a string"),
        pytest.param({"targets": {"a": {"kind": "gcp"}}}, "targets.a.kind", id="unknown kind"),
    ],
)
def test_illegal_projects(fields: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as refused:
        project(**fields)
    assert any(".".join(map(str, one["loc"])).startswith(place) for one in refused.value.errors())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("none", None, id="none"),
        pytest.param("git", GitLease(), id="git as usual"),
        pytest.param({"git": {}}, GitLease(), id="git as usual, written out"),
        pytest.param({"git": {"remote": "hub"}}, GitLease(remote="hub"), id="another remote"),
    ],
)
def test_a_lease(written: object, meant: GitLease | None) -> None:
    assert project(lease=written).meant().lease == meant
    assert project().meant().lease is None


@pytest.mark.parametrize("key", ["sk-abc", "${}", "${A} ${B}", "$A", "prefix-${A}"])
def test_a_literal_key_is_refused(key: str) -> None:
    with pytest.raises(ValidationError, match="a key never stands in a file"):
        Target(api_key=key)


@pytest.mark.parametrize("key", [None, "${AZURE_OPENAI_API_KEY}"])
def test_a_key_is_named(key: str | None) -> None:
    assert Target(api_key=key).api_key == key
