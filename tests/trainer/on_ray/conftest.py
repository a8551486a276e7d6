"""A real Ray is started only where it is asked for: `pytest -m ray`."""

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "ray" in str(config.getoption("-m")):
        return
    on_ray = [item for item in items if item.get_closest_marker("ray")]
    if on_ray:
        config.hook.pytest_deselected(items=on_ray)
        items[:] = [item for item in items if item not in on_ray]
