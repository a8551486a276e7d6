"""Foreign suites run only where they are asked for: `pytest -m conformance`."""

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "conformance" in str(config.getoption("-m")):
        return
    foreign = [item for item in items if item.get_closest_marker("conformance")]
    if foreign:
        config.hook.pytest_deselected(items=foreign)
        items[:] = [item for item in items if item not in foreign]
