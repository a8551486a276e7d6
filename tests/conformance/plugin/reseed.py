"""A pytest plug-in for OpenAI's suite: every test asks the server, whose objects are seeded anew.

The suite mocks a few answers, and passes over those tests with the client that it cannot mock. Here
nothing is mocked: the same answers are among the seeds.
"""

import json
import os
import re
import urllib.request
from pathlib import Path

import pytest

# Which models the suite asks for changes with every version of it.
_MODEL = re.compile(r'(?:\bmodel=|models\.\w+\(\s*)"([^"]+)"')


_MOCK = "respx2_mock"


class _Nothing:
    """Takes the words for a mock, and does nothing about them."""

    def get(self, _: str) -> "_Nothing":
        return self

    def mock(self, **_: object) -> None:
        pass


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _MOCK in getattr(item, "fixturenames", ()):
            item.own_markers = [mark for mark in item.own_markers if mark.name != "skip"]


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
) -> object | None:
    if fixturedef.argname != _MOCK:
        return None
    nothing = _Nothing()
    key = fixturedef.cache_key(request)  # type: ignore[arg-type]  # what it takes has no public name
    fixturedef.cached_result = (nothing, key, None)
    return nothing


def _models(path: Path) -> list[str]:
    return sorted(set(_MODEL.findall(path.read_text(encoding="utf-8"))))


def pytest_runtest_setup(item: pytest.Item) -> None:
    wanted = {"models": _models(item.path), "paused": "resume" in item.name}
    request = urllib.request.Request(  # noqa: S310 - our own server
        os.environ["TEST_API_BASE_URL"].removesuffix("/v1") + "/seed",
        data=json.dumps(wanted).encode(),
    )
    with urllib.request.urlopen(request, timeout=30):  # noqa: S310 - our own server
        pass
