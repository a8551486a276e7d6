"""A pytest plug-in for OpenAI's suite: before every test the server's objects are seeded anew."""

import json
import os
import re
import urllib.request
from pathlib import Path

import pytest

# Which models the suite asks for changes with every version of it.
_MODEL = re.compile(r'(?:\bmodel=|models\.\w+\(\s*)"([^"]+)"')


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
