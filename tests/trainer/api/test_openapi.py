"""The API's own description, and what holds for every operation of it."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from ftops.trainer.api.endpoint import Endpoint
from ftops.trainer.api.openapi import document
from ftops.trainer.api.operations import ENDPOINTS
from ftops.trainer.app import create_app
from ftops.trainer.settings import Settings


def test_the_description_is_served_and_points_only_at_itself(http: TestClient) -> None:
    told = http.get("/openapi.json").json()
    assert told == json.loads(json.dumps(document()))
    references = set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(told)))
    schemas = told["components"]["schemas"]
    assert references == {f"#/components/schemas/{name}" for name in schemas}
    names = [
        operation["operationId"] for path in told["paths"].values() for operation in path.values()
    ]
    assert len(names) == len(set(names)) == len(ENDPOINTS)


def test_a_server_with_keys_says_that_it_wants_one(settings: Settings) -> None:
    with TestClient(create_app(replace(settings, api_keys=("k",)))) as http:
        assert http.get("/openapi.json").status_code == 401
        told = http.get("/openapi.json", headers={"authorization": "Bearer k"}).json()
        assert told["security"] == [{"key": []}]
    assert document()["security"] == []


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")
def test_every_operation_says_what_it_does(endpoint: Endpoint) -> None:
    assert endpoint.summary
    assert endpoint.gives is not None or endpoint.media
    assert (endpoint.takes is None) or endpoint.form is None


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        pytest.param("PUT", "/v1/files", {"GET", "HEAD", "POST"}, id="a list"),
        pytest.param("POST", "/v1/models/m", {"DELETE", "GET", "HEAD"}, id="one of it"),
        pytest.param("GET", "/v1/responses", {"POST"}, id="only to be sent to"),
        pytest.param("DELETE", "/health", {"GET", "HEAD"}, id="outside"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(
    http: TestClient, method: str, path: str, allowed: set[str]
) -> None:
    answer = http.request(method, path)
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == allowed


@pytest.mark.parametrize(
    "form",
    [
        pytest.param({"expires_after[anchor]": "birth"}, id="an unknown anchor"),
        pytest.param({"expires_after[anchor]": "created_at"}, id="an anchor without seconds"),
        pytest.param({"expires_after[seconds]": "\N{SUPERSCRIPT TWO}"}, id="a strange number"),
    ],
)
def test_a_bad_expiry_is_refused(http: TestClient, form: dict[str, Any]) -> None:
    answer = http.post("/v1/files", data={"purpose": "user_data"} | form, files={"file": b"x"})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"].startswith("expires_after.")
