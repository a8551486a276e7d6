"""Which files below a folder are found as locks, and in which order."""

from pathlib import Path

import pytest

from ftops.adapters.lock_files.search import locks_below


def found_in(folder: Path) -> list[tuple[str, str]]:
    """Return what is found, its path from the folder."""
    return [(spec, path.removeprefix(f"{folder}/")) for spec, path in locks_below(str(folder))]


def test_a_folders_own_locks_come_before_those_deeper_down(tmp_path: Path) -> None:
    for name in ("b.lock", "a.lock", "a.yaml", "Team.lock", ".lock", "deep/a.lock", "alone/c.lock"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert found_in(tmp_path) == [
        ("a", "a.lock"),
        ("b", "b.lock"),
        ("c", "alone/c.lock"),
        ("a", "deep/a.lock"),
    ]


def test_no_folder_holds_no_locks(tmp_path: Path) -> None:
    assert found_in(tmp_path / "specs") == []


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "specs").touch()
    with pytest.raises(NotADirectoryError):
        found_in(tmp_path / "specs")


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.lock").touch()
    for name in ("away", "away.lock"):
        (tmp_path / "specs" / name).symlink_to(tmp_path / "elsewhere")
    assert found_in(tmp_path / "specs") == []


def test_a_link_that_leads_nowhere_is_found_for_whoever_reads_it(tmp_path: Path) -> None:
    for name in ("round", "round.lock"):
        (tmp_path / name).symlink_to(name)
    assert found_in(tmp_path) == [("round", "round.lock")]
