"""What the whole run tells at its end: only this file is read where the workers report to."""

from typing import Final

import pytest

SURVIVED: Final = "crash and fault points"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts = [
        int(str(value))
        for report in terminalreporter.stats.get("passed", [])
        for name, value in getattr(report, "user_properties", [])
        if name == SURVIVED and report.when == "call"
    ]
    if counts:
        terminalreporter.write_line(
            f"reliability: {sum(counts)} distinct {SURVIVED}, 0 duplicate jobs, 0 lost jobs"
        )
