"""A person at a terminal sees how far a large file is read; nobody else does."""

import os
import subprocess
import sys
from pathlib import Path

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


def talk_of(project: Path, **environment: str) -> str:
    """What `validate` writes to a terminal on standard error."""
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "ftops", "validate", "--only", "structure"]
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


def test_none_where_moving_lines_are_unwelcome(project: Path) -> None:
    assert talk_of(project, NO_COLOR="1") == ""
