import json
import stat
from pathlib import Path

import pytest

from ftops.adapters.serve_store.audit_file import AuditFile, first_broken_line
from ftops.errors import RecordError
from tests.fakes.clock import NOON


def written(folder: Path, count: int) -> list[str]:
    audit = AuditFile(folder)
    for number in range(count):
        audit.write({"at": NOON, "action": "test", "number": number})
    audit.close()
    return (folder / "serve-audit.jsonl").read_text(encoding="utf-8").splitlines()


def test_lines_are_json_in_one_chain_across_restarts(tmp_path: Path) -> None:
    written(tmp_path, 2)
    lines = written(tmp_path, 2)
    assert [json.loads(line)["number"] for line in lines] == [0, 1, 0, 1]
    assert first_broken_line(lines) is None
    assert stat.S_IMODE((tmp_path / "serve-audit.jsonl").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("harm", "line"),
    [
        pytest.param(lambda lines: [lines[0].replace("0", "7", 1), *lines[1:]], 1, id="changed"),
        pytest.param(lambda lines: [lines[0], lines[2]], 2, id="taken out"),
        pytest.param(lambda lines: [lines[1], lines[0], lines[2]], 1, id="moved"),
        pytest.param(lambda lines: [*lines[:2], "{}"], 3, id="no line of ours"),
    ],
)
def test_harm_is_found(tmp_path: Path, harm: object, line: int) -> None:
    assert callable(harm)
    assert first_broken_line(harm(written(tmp_path, 3))) == line


def test_a_line_cut_off_by_a_full_disk_begins_a_new_chain(tmp_path: Path) -> None:
    written(tmp_path, 1)
    with (tmp_path / "serve-audit.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"at": "20\n')
    lines = written(tmp_path, 1)
    assert first_broken_line(lines) == 2
    assert json.loads(lines[2])["before"] == "0" * 64


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "serve-audit.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RecordError, match="cannot be written"):
        AuditFile(tmp_path)
