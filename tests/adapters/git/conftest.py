from pathlib import Path

import pytest

from tests.adapters.git.repositories import Hub


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return Hub.made(tmp_path / "hub")
