"""Tests of `.ftops/`: made once, ignored by git."""

from pathlib import Path

import pytest

from ftops.adapters.own_folder.folder import make_own_folder
from ftops.errors import RecordError


def test_it_is_made_with_a_gitignore_for_all_of_it(tmp_path: Path) -> None:
    folder = make_own_folder(tmp_path)
    assert folder == tmp_path / ".ftops"
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    folder = make_own_folder(tmp_path)
    (folder / ".gitignore").write_text("# mine\n*\n", encoding="utf-8")
    make_own_folder(tmp_path)
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "# mine\n*\n"


def test_a_gitignore_that_a_full_disk_left_empty_is_written(tmp_path: Path) -> None:
    folder = make_own_folder(tmp_path)
    (folder / ".gitignore").write_text("", encoding="utf-8")
    make_own_folder(tmp_path)
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / ".ftops").write_text("", encoding="utf-8")
    with pytest.raises(RecordError, match="cannot be made") as caught:
        make_own_folder(tmp_path)
    assert caught.value.hint is not None
