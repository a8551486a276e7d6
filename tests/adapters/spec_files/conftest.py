"""A project in a folder of its own for each test."""

from pathlib import Path

import pytest

from tests.adapters.spec_files.project_folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(root=tmp_path)
    folder.write("ftops.yaml", "project: acme\n")
    return folder
