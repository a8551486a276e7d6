"""A person at a terminal sees how far a large file is read; nobody else does."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import rmtree

import pytest

from tests.dataset.rows import CHAT, line

SPEC = "name: bot\nmodel: gpt-4.1-mini-2025-04-14\ntarget: openai\ndataset: {train: data.jsonl}\n"
LARGE = 21_000_000


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "ftops.yaml").write_text("project: acme\n")
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "bot.yaml").write_text(SPEC)
    row = line({"messages": [{"role": "user", "content": "long " * 2000}, *CHAT["messages"]]})
    (tmp_path / "data.jsonl").write_bytes(row * (LARGE // len(row) + 1))
    return tmp_path


VALIDATE = ("validate", "--only", "structure")


def talk_of(project: Path, *words: str, **environment: str) -> str:
    """What a command writes to a terminal on standard error."""
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "ftops", *(words or VALIDATE)]
    env = {"TERM": "xterm", "HOME": str(project), "PATH": os.defpath, **environment}
    with subprocess.Popen(
        command, cwd=project, env=env, stdout=subprocess.DEVNULL, stderr=theirs
    ) as child:
        os.close(theirs)
        told = b""
        while True:
            try:
                block = os.read(ours, 1 << 16)
            except OSError:
                break
            if not block:
                break
            told += block
    os.close(ours)
    assert child.returncode == 0, told
    return told.decode()


def test_a_bar_is_drawn_and_wiped(project: Path) -> None:
    told = talk_of(project)
    assert "reading data.jsonl" in told
    assert told.rstrip().endswith("\x1b[2K\x1b[?25h")


KEYED = {"KEY": "0123456789abcdef"}
OUT = ("-o", "out.jsonl")
SIDES = ("--train", "t.jsonl", "--validation", "v.jsonl")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("stats",), id="stats"),
        pytest.param(("cat",), id="cat into a pipe"),
        pytest.param(("cat", *OUT), id="cat into a file"),
        pytest.param(("split", *SIDES), id="split"),
        pytest.param(("import", *OUT), id="import"),
        pytest.param(("convert", "--to", "reinforcement", *OUT), id="convert"),
        pytest.param(("report",), id="report"),
        pytest.param(("anonymise", "--key-env", "KEY"), id="anonymise"),
    ],
)
def test_so_do_the_verbs_of_data(project: Path, words: tuple[str, ...]) -> None:
    targets = ("out.jsonl",) if words[0] == "anonymise" else ()
    told = talk_of(project, "data", *words, "data.jsonl", *targets, **KEYED)
    assert "reading data.jsonl" in told
    assert "/21.0 MB" in told


def test_a_bar_is_gone_while_rows_are_judged(project: Path) -> None:
    told = talk_of(project, "data", "report", "data.jsonl")
    _, _, after = told.rpartition("MB/s")
    assert "reading" not in after


def test_several_processes_say_the_same(project: Path) -> None:
    for count in ("1", "2"):
        assert "reading data.jsonl" in talk_of(project, FTOPS_PROCESSES=count)
        rmtree(project / ".ftops")


def test_how_many_processes_is_a_number(project: Path) -> None:
    command = [sys.executable, "-m", "ftops", *VALIDATE]
    env = {"HOME": str(project), "PATH": os.defpath, "FTOPS_PROCESSES": "many"}
    done = subprocess.run(command, cwd=project, env=env, capture_output=True, check=False)
    assert done.returncode == 1
    assert b"FTOPS_PROCESSES is 'many', which is no number above zero" in done.stderr
    assert b"hint: set it to a count, such as FTOPS_PROCESSES=" in done.stderr


def test_none_where_moving_lines_are_unwelcome(project: Path) -> None:
    assert talk_of(project, NO_COLOR="1") == ""
