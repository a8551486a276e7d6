"""The project's key: made once, kept private, and never guessed when it is damaged."""

import os
from pathlib import Path

import pytest

from ftops.adapters.own_folder.privacy_key import KEY_BYTES, privacy_key
from ftops.errors import RecordError
from tests.fakes.full_disk import files_no_larger_than


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    key = privacy_key(tmp_path)
    assert len(key) == KEY_BYTES
    assert privacy_key(tmp_path) == key
    path = tmp_path / ".ftops/privacy.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in path.parent.iterdir()) == [".gitignore", "privacy.key"]


def test_projects_have_keys_of_their_own(tmp_path: Path) -> None:
    keys = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        keys.append(privacy_key(tmp_path / name))
    assert keys[0] != keys[1]


def test_a_key_that_another_command_just_made_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(aside: Path, path: Path) -> None:
        del aside
        path.write_text("ab" * KEY_BYTES, encoding="ascii")
        raise FileExistsError

    monkeypatch.setattr(os, "link", link)
    assert privacy_key(tmp_path) == b"\xab" * KEY_BYTES


@pytest.mark.parametrize("written", ["", "xyz", "abcd", "é"])
def test_a_damaged_key_is_told(tmp_path: Path, written: str) -> None:
    privacy_key(tmp_path)
    (tmp_path / ".ftops/privacy.key").write_text(written, encoding="utf-8")
    with pytest.raises(RecordError, match=r"privacy\.key"):
        privacy_key(tmp_path)


def test_a_full_disk_is_told_and_leaves_no_half_a_key(tmp_path: Path) -> None:
    with (
        files_no_larger_than(20),
        pytest.raises(RecordError, match=r"privacy\.key cannot be used: File too large") as caught,
    ):
        privacy_key(tmp_path)
    assert "free the disk" in str(caught.value.hint)
    assert [one.name for one in (tmp_path / ".ftops").iterdir()] == [".gitignore"]
    assert len(privacy_key(tmp_path)) == KEY_BYTES
