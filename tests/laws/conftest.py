"""Deep searches run only where they are asked for: `pytest -m deep`."""

from collections.abc import Iterator

import pytest

from ftops.usecases import apply


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "deep" in str(config.getoption("-m")):
        return
    deep = [item for item in items if item.get_closest_marker("deep")]
    if deep:
        config.hook.pytest_deselected(items=deep)
        items[:] = [item for item in items if item not in deep]


@pytest.fixture(scope="module")
def one_at_a_time() -> Iterator[None]:
    """Let apply carry out one change after the other, so that a found fault can be found again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apply, "SIDE_BY_SIDE", 1)
        yield
