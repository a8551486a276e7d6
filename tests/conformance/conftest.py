"""Foreign suites run only where they are asked for: `pytest -m conformance`."""

from typing import Final

import pytest

TOLD: Final = "foreign suite"
"""The property by which a test says how many foreign checks it ran."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "conformance" in str(config.getoption("-m")):
        return
    foreign = [item for item in items if item.get_closest_marker("conformance")]
    if foreign:
        config.hook.pytest_deselected(items=foreign)
        items[:] = [item for item in items if item not in foreign]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for kind in ("passed", "failed"):
        for report in terminalreporter.getreports(kind):
            for name, told in report.user_properties:
                if name == TOLD:
                    terminalreporter.write_line(f"{TOLD}: {told}")
