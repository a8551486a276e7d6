import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from ftops.adapters.serve_store.audit_file import FIRST, AuditFile, prove_chain
from ftops.errors import RecordError
from tests.fakes.clock import NOON


def written(folder: Path, count: int) -> Path:
    audit = AuditFile(folder)
    for number in range(count):
        audit.write({"at": NOON, "action": 'refused, "seal": "x"', "number": number})
    audit.close()
    return folder / "serve-audit.jsonl"


def test_lines_are_json_in_one_chain_across_restarts(tmp_path: Path) -> None:
    written(tmp_path, 2)
    path = written(tmp_path, 2)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["number"] for line in lines] == [0, 1, 0, 1]
    assert prove_chain(path) == (4, lines[3]["seal"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_empty_log_is_whole(tmp_path: Path) -> None:
    assert prove_chain(written(tmp_path, 0)) == (0, FIRST)


@pytest.mark.parametrize(
    ("harm", "line"),
    [
        pytest.param(lambda a, b, c: [a.replace(b"0", b"7", 1), b, c], 1, id="changed"),
        pytest.param(lambda a, b, c: [a, b.replace(b"refused", b"allowed"), c], 2, id="a word"),
        pytest.param(lambda a, _, c: [a, c], 2, id="taken out"),
        pytest.param(lambda a, b, c: [b, a, c], 1, id="moved"),
        pytest.param(lambda a, b, _: [a, b, b"{}\n"], 3, id="no line of ours"),
        pytest.param(lambda a, b, c: [a, b, c, b"\xff\n"], 4, id="no text"),
        pytest.param(lambda a, b, c: [a, b, c[:-1]], 3, id="its end cut off"),
    ],
)
def test_harm_is_found(tmp_path: Path, harm: Callable[..., list[bytes]], line: int) -> None:
    path = written(tmp_path, 3)
    path.write_bytes(b"".join(harm(*path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(RecordError, match=rf"audit\.jsonl:{line} does not follow") as told:
        prove_chain(path)
    assert told.value.hint is not None


def test_a_line_cut_off_by_a_full_disk_begins_a_new_chain(tmp_path: Path) -> None:
    path = written(tmp_path, 1)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"at": "20\n')
    written(tmp_path, 1)
    with pytest.raises(RecordError, match=r":2 does not follow"):
        prove_chain(path)
    last = path.read_text(encoding="utf-8").splitlines()[2]
    assert json.loads(last)["before"] == FIRST


def test_a_log_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="cannot be read: Is a directory"):
        prove_chain(tmp_path)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "serve-audit.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RecordError, match="cannot be written"):
        AuditFile(tmp_path)
