"""A person at a terminal sees how far a large file is read; nobody else does."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
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
    long = row_that_asks("long " * 2000)
    # A split needs rows that differ.
    short = b"".join(row_that_asks(f"{number}?") for number in range(50))
    (tmp_path / "data.jsonl").write_bytes(long * (LARGE // len(long) + 1) + short)
    return tmp_path


def row_that_asks(question: str) -> bytes:
    return line({"messages": [{"role": "user", "content": question}, *CHAT["messages"]]})


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


@pytest.mark.parametrize(
    ("part", "deed"),
    [
        pytest.param("structure", "reading", id="checked"),
        pytest.param("quality", "judging", id="judged"),
        pytest.param("privacy", "scanning", id="looked through"),
    ],
)
def test_each_look_at_a_large_file_says_what_it_does(project: Path, part: str, deed: str) -> None:
    assert f"{deed} data.jsonl" in talk_of(project, "validate", "--only", part)


def test_a_bar_is_gone_while_rows_are_judged(project: Path) -> None:
    told = talk_of(project, "data", "report", "data.jsonl")
    _, _, after = told.rpartition("MB/s")
    assert "reading" not in after


def test_several_processes_say_the_same(project: Path) -> None:
    for count in ("1", "2"):
        assert "reading data.jsonl" in talk_of(project, FTOPS_PROCESSES=count)
        rmtree(project / ".ftops")


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="forks on Linux only")
@pytest.mark.parametrize(
    ("stop", "told"),
    [
        pytest.param(lambda pid: os.killpg(pid, signal.SIGINT), (130, b"interrupted"), id="Ctrl-C"),
        pytest.param(lambda pid: os.kill(pid, signal.SIGINT), (130, b"interrupted"), id="SIGINT"),
        pytest.param(lambda pid: os.kill(pid, signal.SIGKILL), (-9, b""), id="it is killed"),
    ],
)
def test_whoever_stops_a_command_stops_all_its_processes(
    project: Path, stop: Callable[[int], None], told: tuple[int, bytes]
) -> None:
    command = [sys.executable, "-m", "ftops", "validate", "--only", "privacy"]
    env = {"HOME": str(project), "PATH": os.defpath, "FTOPS_PROCESSES": "2"}
    with subprocess.Popen(
        command,
        cwd=project,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as child:
        children = Path("/proc") / str(child.pid) / "task" / str(child.pid) / "children"
        wait_until(lambda: bool(children.read_text()))
        stop(child.pid)
        _, said = child.communicate(timeout=60)
    assert (child.returncode, said.strip()) == told
    wait_until(lambda: not is_anybody_in(child.pid))


def is_anybody_in(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_true():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)


def test_how_many_processes_is_a_number(project: Path) -> None:
    command = [sys.executable, "-m", "ftops", *VALIDATE]
    env = {"HOME": str(project), "PATH": os.defpath, "FTOPS_PROCESSES": "many"}
    done = subprocess.run(command, cwd=project, env=env, capture_output=True, check=False)
    assert done.returncode == 1
    assert b"FTOPS_PROCESSES is 'many', which is no number above zero" in done.stderr
    assert b"hint: set it to a count, such as FTOPS_PROCESSES=" in done.stderr


def test_none_where_moving_lines_are_unwelcome(project: Path) -> None:
    assert talk_of(project, NO_COLOR="1") == ""


COUNTING_FORKS = """
import sys
forks = []
sys.addaudithook(lambda name, _: forks.append(name) if name == "os.fork" else None)
from ftops.cli.main import run
code = run(sys.argv[1:])
print(code, len(forks), file=sys.stderr)
"""


FORKS = pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="forks on Linux only")


def forks_of(project: Path, *words: str, processes: int = 2) -> tuple[int, int, str]:
    """Return a command's exit code, how often it forked, and what it told."""
    done = subprocess.run(
        [sys.executable, "-c", COUNTING_FORKS, "--target", "local", *words],
        cwd=project,
        env={"HOME": str(project), "PATH": os.defpath, "FTOPS_PROCESSES": str(processes)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    *talk, last = done.stderr.splitlines()
    code, forks = last.split()
    return int(code), int(forks), "\n".join([done.stdout, *talk])


@FORKS
def test_a_plan_reads_with_several_processes_what_is_new(project: Path) -> None:
    code, forks, told = forks_of(project, "plan")
    assert (code, forks) == (0, 2)
    assert forks_of(project, "plan") == (0, 0, told)
    rmtree(project / ".ftops")
    assert forks_of(project, "plan", processes=1) == (0, 0, told)


@FORKS
def test_so_does_apply(project: Path) -> None:
    code, forks, told = forks_of(project, "apply")
    assert (code, forks) == (1, 2)
    assert "nobody is there to say yes" in told
