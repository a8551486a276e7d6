"""Several processes look at one file: the same findings, whatever becomes of a process."""

import gc
import os
import pickle
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftops.adapters.dataset_files import side_by_side
from ftops.adapters.dataset_files.line_ranges import line_ranges, read_range
from ftops.adapters.dataset_files.paths import DataPaths
from ftops.adapters.dataset_files.reading import OpenFiles, Way
from ftops.core.progress import Reading
from ftops.dataset.check import Checked
from ftops.dataset.counting.tally import counting_for
from ftops.dataset.parting import look_in_parts
from ftops.ports import Readers
from tests.dataset.rows import CHAT, line

PARENT = os.getpid()
CONTENT = b"".join(line({"messages": CHAT["messages"], "n": n}) for n in range(900)) + line(CHAT)


class Watch:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Reading] = []

    def tell(self, reading: Reading) -> None:
        self.told.append(reading)


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ftops.adapters.dataset_files.paths.LARGE", 1000)
    monkeypatch.setattr("ftops.adapters.dataset_files.large_file._LEAST_PART", 1000)
    monkeypatch.setattr("ftops.dataset.check._MOST_PARTS", 4)
    # Whoever runs the tests may have threads, which fork as well.
    monkeypatch.setattr("ftops.adapters.dataset_files.large_file.may_fork", lambda: True)


def open_file(root: Path, readers: Readers, content: bytes = CONTENT) -> OpenFiles:
    (root / "a.jsonl").write_bytes(content)
    paths = DataPaths(root, allow_outside=False, readers=readers)
    return OpenFiles(paths, list(paths.find("a.jsonl")))


def check(root: Path, processes: int, watch: Watch | None = None) -> Checked:
    way = Way(method="supervised", limit=9, counting=counting_for("gpt-4.1"))
    with open_file(root, Readers(processes=processes, watch=watch)) as files:
        return files.check(way, "training")


def look(root: Path, at: Callable[[BinaryIO, int], object]) -> list[object] | None:
    with open_file(root, Readers(processes=3)) as files:
        return look_in_parts(files.named()[0][1], at, 3)


@pytest.mark.parametrize("processes", [2, 3, 4])
def test_processes_find_what_one_finds(tmp_path: Path, processes: int) -> None:
    alone = check(tmp_path, 1)
    assert not alone.is_legal
    assert alone.examples_cut == 1
    assert check(tmp_path, processes) == alone


def test_the_watch_is_told_of_all_of_them(tmp_path: Path) -> None:
    watch = Watch()
    check(tmp_path, 3, watch)
    assert {(one.name, one.size) for one in watch.told} == {("a.jsonl", len(CONTENT))}
    assert max(one.done for one in watch.told) == len(CONTENT)
    assert watch.told[-1].is_over


def test_each_part_is_looked_at_in_a_process_of_its_own(tmp_path: Path) -> None:
    found = look(tmp_path, lambda part, begin: (os.getpid(), begin, part.read()))
    assert isinstance(found, list)
    seen = [one for one in found if isinstance(one, tuple)]
    assert len({child for child, _, _ in seen}) == 3
    assert b"".join(read for _, _, read in seen) == CONTENT
    assert [begin for _, begin, _ in seen] == [0, *(CONTENT.find(seen[n][2]) for n in (1, 2))]


def test_what_a_killed_process_had_to_do_is_done_here(tmp_path: Path) -> None:
    def die(part: BinaryIO, begin: int) -> tuple[int, int]:
        if os.getpid() != PARENT:
            part.read(10)
            os.kill(os.getpid(), signal.SIGKILL)
        return os.getpid(), begin

    found = look(tmp_path, die)
    assert isinstance(found, list)
    assert [one[0] for one in found if isinstance(one, tuple)] == [PARENT] * 3


def test_what_goes_wrong_in_any_process_is_raised_here(tmp_path: Path) -> None:
    def fail(_: BinaryIO, begin: int) -> int:
        if begin:
            raise ValueError(f"wrong at {begin} in {os.getpid()}")
        return begin

    with pytest.raises(ValueError, match=f"in {PARENT}$"):
        look(tmp_path, fail)


def test_nobody_is_left_at_work_if_this_process_is_stopped(tmp_path: Path) -> None:
    children = tmp_path / "children"

    def stop(*_: object) -> None:
        if os.getpid() != PARENT:
            with children.open("a") as file:
                file.write(f"{os.getpid()}\n")
            signal.pause()
        while not children.exists() or len(children.read_text().splitlines()) < 2:
            pass
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        look(tmp_path, stop)
    for child in map(int, children.read_text().split()):
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


def test_a_stopped_look_stops_the_thread_beside_it(tmp_path: Path) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    def wait(whole: BinaryIO) -> None:
        while True:
            whole.read(1)

    with (
        open_file(tmp_path, Readers(processes=2)) as files,
        pytest.raises(KeyboardInterrupt),
    ):
        look_in_parts(files.named()[0][1], stop, 2, wait)


def test_a_system_with_no_room_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", full)
    assert look(tmp_path, lambda *_: os.getpid()) == [PARENT] * 3


def test_the_watch_is_told_while_others_are_at_work(tmp_path: Path) -> None:
    def wait(part: BinaryIO, begin: int) -> int:
        if os.getpid() != PARENT:
            threading.Event().wait(0.3)
        part.read()
        return begin

    watch = Watch()
    with open_file(tmp_path, Readers(processes=2, watch=watch)) as files:
        look_in_parts(files.named()[0][1], wait, 2)
        done = [one.done for one in watch.told]
    assert any(done.count(one) > 1 for one in done if one < len(CONTENT))


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        pytest.param(lambda: {"lines": 3}, (0, {"lines": 3}), id="what it found"),
        pytest.param(lambda: int("x"), (1, None), id="nothing, for it failed"),
        pytest.param(lambda: lambda: 3, (1, None), id="nothing, for it cannot be told"),
    ],
)
@pytest.mark.parametrize("handler", [signal.default_int_handler, signal.SIG_IGN])
def test_a_child_tells_and_ends(
    task: Callable[[], object],
    answer: tuple[int, object],
    handler: "Callable[[int, FrameType | None], None] | signal.Handlers",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def end(status: int) -> None:
        raise SystemExit(status)

    monkeypatch.setattr(os, "_exit", end)
    reading, writing = os.pipe()
    before = signal.signal(signal.SIGINT, handler)
    try:
        with pytest.raises(SystemExit) as ended:
            side_by_side._work(task, writing)  # noqa: SLF001 - else it runs where nobody looks
        ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
        gc.unfreeze()
    if answer[0]:
        os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    assert (ended.value.code, pickle.loads(told) if told else None) == answer  # noqa: S301 - ours
    assert ignored == (handler is signal.SIG_IGN)


def test_nothing_is_parted_beside_threads() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert not side_by_side.may_fork()
    finally:
        done.set()
        thread.join()


@given(
    st.lists(st.sampled_from([b"a\n", b"\n", b"bbbb\n", b"long " * 20, b"c"])).map(b"".join),
    st.integers(1, 6),
)
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_parts_are_whole_lines(tmp_path: Path, content: bytes, parts: int) -> None:
    path = tmp_path / "lines"
    path.write_bytes(content)
    reached: list[int] = []
    with path.open("rb") as file:
        ranges = line_ranges(file.fileno(), len(content), parts)
        read = []
        for place in ranges:
            with read_range(file.fileno(), place, reached.append) as part:
                read.append(part.read())
        assert file.tell() == 0
    assert b"".join(read) == content
    assert all(one.endswith(b"\n") for one in read[:-1])
    assert len(ranges) <= parts
