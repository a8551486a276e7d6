"""Hostile and damaged files from the outside: named, exit 1, in bounded time, and nothing sent."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ftops.adapters.lock_files.lock_text import lock_to_text
from ftops.usecases import apply as applying
from tests.cli.scene import Scene
from tests.fakes.specs import desired, lock

LOCK = "specs/triage.lock"
SPEC = "specs/triage.yaml"
TEXT = lock_to_text(lock(desired("triage")))
LONGEST_SECONDS = 20.0
"""Far above what any of these takes, and far below what they would take without a bound."""

GOOD = "name: triage\nmodel: ftops-nano\ndataset: {train: datasets/triage.jsonl}\n"


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < LONGEST_SECONDS


def refused(at: Scene, place: str) -> str:
    """Apply, and return what was said; nothing was sent and nothing was written."""
    before = sorted(at.checkout.root.glob("specs/*"))
    ran = at.ftops("apply", "--yes")
    assert ran.code == 1, ran.out + ran.err
    assert place in ran.err.replace("\n", "")
    assert "Traceback" not in ran.err
    assert dict(at.lab.acts) == {}
    assert sorted(at.checkout.root.glob("specs/*")) == before
    return ran.err


@pytest.mark.parametrize(
    ("damaged", "line"),
    [
        pytest.param(b"", 1, id="empty"),
        pytest.param(TEXT.encode()[: len(TEXT) // 2], None, id="half"),
        pytest.param(b"\0" * 512, 1, id="NULs after a power cut"),
        pytest.param(
            TEXT.replace("job: ", "<<<<<<< ours\njob: ").encode(), 7, id="a merge conflict"
        ),
        pytest.param(TEXT.replace("schema: 1", "schema: true").encode(), 2, id="a true schema"),
        pytest.param(TEXT.replace("schema: 1", "schema: 99").encode(), None, id="a newer schema"),
        pytest.param(TEXT.replace("\n", "\r\n").encode(), 1, id="CRLF"),
        pytest.param(b"\xef\xbb\xbf" + TEXT.encode(), 1, id="a byte order mark"),
        pytest.param(f"{TEXT}job: ftjob-2\n".encode(), None, id="a key twice"),
        pytest.param(TEXT.replace("job: ", "job: &a ").encode(), 7, id="an anchor"),
        pytest.param(b"\xff\xfe\x00", 1, id="no UTF-8"),
    ],
)
def test_a_damaged_lock_stops_everything(at: Scene, damaged: bytes, line: int | None) -> None:
    (at.checkout.root / LOCK).write_bytes(damaged)
    said = refused(at, LOCK if line is None else f"{LOCK}:{line}: ")
    assert "hint: " in said
    assert (at.checkout.root / LOCK).read_bytes() == damaged


BOMB = "a0: &a0 [x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 9)
)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param(GOOD + BOMB, f"{SPEC}:4:", id="an alias bomb"),
        pytest.param(GOOD + "<<: {seed: 1}\n", f"{SPEC}:4:1", id="a merge key"),
        pytest.param(GOOD + "seed: 1\nseed: 2\n", f"{SPEC}:5:1", id="a key twice"),
        pytest.param(f"{GOOD}x: {'[' * 20_000}\n", f"{SPEC}:4:", id="deep nesting"),
        pytest.param(
            GOOD + "x: !!python/object/apply:os.system [id]\n", f"{SPEC}:4:", id="a Python tag"
        ),
        pytest.param(f"{GOOD}# {'x' * (2 << 20)}\n", SPEC, id="a huge file"),
        pytest.param(
            GOOD.replace("triage\n", "tri\u202eage\n", 1), f"{SPEC}:1", id="a name turned around"
        ),
        pytest.param(
            GOOD.replace("triage\n", "tri\u200bage\n", 1), f"{SPEC}:1", id="a zero width name"
        ),
        pytest.param(GOOD + "suffix: \u0441upport\n", f"{SPEC}:4", id="a Cyrillic suffix"),
        pytest.param(GOOD + "seed: .inf\n", f"{SPEC}:4", id="an endless number"),
        pytest.param(f"{GOOD}---\n{GOOD}", SPEC, id="two documents of one name"),
        pytest.param(
            GOOD + 'metadata: {a: "{% for a in range(99999) %}{% for b in range(99999) %}x'
            '{% endfor %}{% endfor %}"}\n',
            f"{SPEC}:4",
            id="a template that loops",
        ),
        pytest.param(
            GOOD + "metadata: {a: \"{{ 'A' * 500000000 }}\"}\n",
            f"{SPEC}:4",
            id="a template that eats memory",
        ),
        pytest.param(
            GOOD + "metadata: {a: \"{{ ''.__class__.__mro__ }}\"}\n",
            f"{SPEC}:4",
            id="a template that climbs out",
        ),
    ],
)
def test_a_hostile_spec_is_refused_where_it_stands(at: Scene, text: str, place: str) -> None:
    at.spec(text)
    refused(at, place)


def a_sparse_giant(where: Path) -> None:
    with where.open("wb") as stream:
        stream.truncate(100 << 30)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(os.mkfifo, "no regular file", id="a pipe that would block"),
        pytest.param(a_sparse_giant, "larger than", id="a hundred gigabytes of nothing"),
        pytest.param(lambda where: where.symlink_to("/etc/hostname"), "", id="a link outside"),
        pytest.param(lambda where: where.symlink_to("/dev/zero"), "", id="an endless device"),
        pytest.param(lambda where: where.symlink_to(where.name), "", id="a link to itself"),
        pytest.param(lambda where: where.mkdir(), "", id="a folder"),
    ],
)
def test_a_spec_that_is_no_file_neither_blocks_nor_fills_the_memory(
    at: Scene, make: Callable[[Path], object], message: str
) -> None:
    where = at.checkout.root / SPEC
    where.unlink()
    make(where)
    ran = at.ftops("apply", "--yes")
    assert ran.code == 1, ran.out + ran.err
    assert message in ran.err
    assert "Traceback" not in ran.err
    assert at.lab.requests == []


def a_chain(root: Path) -> str:
    (root / "third").symlink_to("/etc/passwd")
    (root / "second").symlink_to("third")
    (root / "first.jsonl").symlink_to("second")
    return "first.jsonl"


def a_linked_folder(root: Path) -> str:
    (root / "linked").symlink_to("/etc")
    return "linked/passwd"


def a_socket(root: Path) -> str:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(root / "talk"))
    return "talk"


def a_pipe(root: Path) -> str:
    os.mkfifo(root / "pipe")
    return "pipe"


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(lambda _: "../outside.jsonl", id="the folder above"),
        pytest.param(lambda _: "datasets/../../outside.jsonl", id="dots further in"),
        pytest.param(lambda _: "/etc/passwd", id="an absolute path"),
        pytest.param(lambda _: "~/outside.jsonl", id="the home folder"),
        pytest.param(lambda _: "/proc/self/environ", id="our own environment"),
        pytest.param(lambda _: "/dev/zero", id="a device"),
        pytest.param(lambda _: "file:///etc/passwd", id="a file's address"),
        pytest.param(lambda _: "//server/share/rows.jsonl", id="a share"),
        pytest.param(lambda _: r"\\server\share\rows.jsonl", id="a share, by Windows"),
        pytest.param(lambda _: "DATASETS/TRIAGE.JSONL", id="another case"),
        pytest.param(lambda _: "datasets/tria\u0301ge.jsonl", id="another normal form"),
        pytest.param(a_chain, id="a chain of links"),
        pytest.param(a_linked_folder, id="a linked folder"),
        pytest.param(a_pipe, id="a pipe that would block"),
        pytest.param(a_socket, id="a socket"),
    ],
)
def test_no_spec_makes_ftops_read_what_is_not_the_project_s(
    at: Scene, path: Callable[[Path], str]
) -> None:
    at.checkout.write("datasets/triáge.jsonl", at.checkout.read("datasets/triage.jsonl"))
    named = path(at.checkout.root)
    at.spec(GOOD.replace("datasets/triage.jsonl", f'"{named}"'.replace("\\", "\\\\")))
    said = refused(at, f"{SPEC}:3: ")
    assert "root:" not in said


def test_a_hard_link_is_the_file_itself(at: Scene) -> None:
    root = at.checkout.root
    (root / "linked.jsonl").hardlink_to(root / "datasets/triage.jsonl")
    at.spec(GOOD.replace("datasets/triage.jsonl", "linked.jsonl"))
    assert at.ftops("plan").code == 0


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda where: where.write_bytes(where.read_bytes() * 2), id="appended to"),
        pytest.param(lambda where: os.truncate(where, 40), id="cut"),
        pytest.param(
            lambda where: where.write_bytes(where.read_bytes().replace(b"a", b"b")),
            id="rewritten at the same length",
        ),
        pytest.param(lambda where: where.unlink(), id="removed"),
        pytest.param(
            lambda where: (where.unlink(), where.symlink_to("/etc/passwd")),
            id="replaced by a link",
        ),
    ],
)
def test_data_that_changes_after_the_plan_launches_nothing(
    at: Scene, monkeypatch: pytest.MonkeyPatch, edit: Callable[[Path], object]
) -> None:
    carry_out = applying.apply

    def after_an_edit(*given: object) -> object:
        edit(at.checkout.root / "datasets/triage.jsonl")
        return carry_out(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(applying, "apply", after_an_edit)
    ran = at.ftops("apply", "--yes")
    assert ran.code == 1
    assert "datasets/triage.jsonl" in ran.out
    assert dict(at.lab.acts) == {}
