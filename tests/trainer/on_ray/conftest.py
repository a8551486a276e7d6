"""A real Ray is started only where it is asked for: `pytest -m ray`."""

import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openai
import pytest

from ftops.trainer.recipes.registry import NANO, RECIPES
from ftops.trainer.settings import RayCluster, Settings
from tests.trainer.conftest import serving
from tests.trainer.counting_settings import COUNTING
from tests.trainer.on_ray.heads import Head, free_ports

COUNTS = "counts"
"""The base model that does what a test wants, beside the real ones."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "ray" in str(config.getoption("-m")):
        return
    on_ray = [item for item in items if item.get_closest_marker("ray")]
    if on_ray:
        config.hook.pytest_deselected(items=on_ray)
        items[:] = [item for item in items if item not in on_ray]


@pytest.fixture(scope="module")
def head() -> Iterator[Head]:
    # Ray's sockets need a short path.
    folder = Path(f"/tmp/ftops-ray-{os.getpid()}")  # noqa: S108 of this process alone
    folder.mkdir(mode=0o700)
    made = Head(folder)
    made.token_path.write_text(secrets.token_hex(32))
    try:
        with pytest.MonkeyPatch.context() as patched:
            # Ray and our server find it there; Ray would else write one into the home folder.
            patched.setenv("RAY_AUTH_TOKEN_PATH", str(made.token_path))
            made.start()
            yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def on_ray(settings: Settings, head: Head) -> tuple[Settings, int]:
    """The settings of a server on Ray, and the port where workers look for it."""
    (port,) = free_ports(1)
    cluster = RayCluster(
        address=head.address,
        public_url=f"http://127.0.0.1:{port}",
        python=sys.executable,
    )
    recipes = {**RECIPES, COUNTS: COUNTING[NANO]}
    told = replace(settings, recipes=recipes, obey_seconds=3.0, tick_seconds=0.2)
    return replace(told, cluster=cluster), port


@pytest.fixture
def client(on_ray: tuple[Settings, int]) -> Iterator[openai.OpenAI]:
    settings, port = on_ray
    with serving(settings, port=port) as connected:
        yield connected
