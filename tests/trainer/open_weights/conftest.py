from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("trl", reason="make check-train installs ftops[train]")
    from tests.trainer.open_weights.school import make_base  # noqa: PLC0415 - torch is an extra

    return make_base(tmp_path_factory.mktemp("base"))
