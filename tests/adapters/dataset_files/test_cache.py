"""A cache of checks saves looks, and never makes one up: every way it could lie is tried here."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from typing_extensions import override

from ftops.adapters.dataset_files import checks as looking
from ftops.adapters.dataset_files import judges as judging
from ftops.adapters.dataset_files import reading
from ftops.adapters.dataset_files.check_cache import CheckCache
from ftops.adapters.dataset_files.checks import INDEX, Checks, Tokens
from ftops.adapters.dataset_files.judges import judges
from ftops.adapters.dataset_files.paths import DataPaths
from ftops.adapters.dataset_files.reading import OpenFiles, Way
from ftops.adapters.dataset_files.source import DatasetFiles
from ftops.cache.index_file import LARGEST, MAGIC, IndexFile
from ftops.cache.makers import installed
from ftops.cache.stamp import OTHER_DISK_TICK, Stamp
from ftops.cache.stat_cache import MOST_ENTRIES
from ftops.core.desired import DataSource
from ftops.dataset.amounts import Role
from ftops.dataset.check import Checked
from ftops.dataset.counting.tally import BY_LENGTH, counting_for
from ftops.errors import DatasetError
from tests.fakes.specs import declared

TRAIN = "datasets/t.jsonl"
WAY = Way(method="supervised", limit=None, counting=counting_for("gpt-4.1"))


class Watched(OpenFiles):
    """Files that count how often they are really looked at; `meanwhile` happens in every look."""

    looks = 0
    meanwhile: Callable[[], object] | None = None

    @override
    def check(self, way: Way, role: Role, source: DataSource | None = None) -> Checked:
        self.looks += 1
        if self.meanwhile is not None:
            self.meanwhile()
        return super().check(way, role, source)


def rows(first: int, last: int) -> str:
    turns = [("user", "Question {}?"), ("assistant", "Answer {}.")]
    return "".join(
        json.dumps({"messages": [{"role": r, "content": t.format(n)} for r, t in turns]}) + "\n"
        for n in range(first, last + 1)
    )


def folder(root: Path) -> Path:
    return root / ".ftops" / "cache"


def index(root: Path) -> Path:
    return folder(root) / INDEX


def settle(root: Path, name: str = TRAIN) -> None:
    """Wait for the disk's next tick, so that the file is older than what comes."""
    about = (root / name).stat()
    while True:
        tick = IndexFile(folder(root), INDEX).tick()
        assert tick is not None
        if tick[1] > max(about.st_mtime_ns, about.st_ctime_ns):
            return


def look(
    root: Path,
    way: Way = WAY,
    role: Role = "training",
    *,
    tokens: Tokens = "sampled",
    meanwhile: Callable[[], object] | None = None,
) -> tuple[Checked, int]:
    """Return what one command finds in the data, and how many looks it took."""
    checks = Checks(folder(root), tokens)
    found = list(DataPaths(root, allow_outside=False).find(TRAIN))
    with Watched(DataPaths(root, allow_outside=False), found) as files:
        files.meanwhile = meanwhile
        checked = checks.check(files, way, role)
        assert checks.check(files, way, role) == checked or meanwhile is not None
        checks.close()
        return checked, files.looks


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    """A project whose data was looked at, and is known from then on."""
    (tmp_path / "datasets").mkdir()
    (tmp_path / TRAIN).write_text(rows(100, 120), encoding="utf-8")
    settle(tmp_path)
    first, looks = look(tmp_path)
    assert looks == 1
    assert look(tmp_path) == (first, 0)
    return tmp_path


def truth(root: Path) -> str:
    return hashlib.sha256((root / TRAIN).read_bytes()).hexdigest()


def reword(text: str) -> str:
    return text.replace("Answer 100.", "Answer XXX.")


def edit_and_touch_back(path: Path) -> None:
    about = path.stat()
    path.write_text(reword(path.read_text()), encoding="utf-8")
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


def replace_by_another(path: Path) -> None:
    about = path.stat()
    other = path.with_suffix(".new")
    other.write_text(reword(path.read_text()), encoding="utf-8")
    os.utime(other, ns=(about.st_atime_ns, about.st_mtime_ns))
    other.replace(path)


def edit_in_place(path: Path) -> None:
    with path.open("r+", encoding="utf-8") as stream:
        stream.write(reword(path.read_text()))


def swap_for_a_link(path: Path) -> None:
    other = path.with_suffix(".new")
    other.write_text(reword(path.read_text()), encoding="utf-8")
    path.unlink()
    path.symlink_to(other.name)


def append(path: Path) -> None:
    with path.open("a", encoding="utf-8") as stream:
        stream.write(rows(1, 1))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(edit_and_touch_back, id="edited at one size, its time put back"),
        pytest.param(replace_by_another, id="replaced by a file of the same size and time"),
        pytest.param(edit_in_place, id="edited in place at one size"),
        pytest.param(swap_for_a_link, id="swapped for a link"),
        pytest.param(append, id="appended to"),
        pytest.param(lambda path: path.write_text(rows(1, 30)), id="rewritten"),
    ],
)
def test_changed_data_is_looked_at_again(root: Path, change: Callable[[Path], object]) -> None:
    change(root / TRAIN)
    checked, looks = look(root)
    assert (checked.digest, looks) == (truth(root), 1)


@pytest.mark.parametrize(
    ("way", "role"),
    [
        pytest.param(replace(WAY, limit=5), "training", id="another limit"),
        pytest.param(
            replace(WAY, counting=counting_for("gpt-3.5-turbo")), "training", id="another base"
        ),
        pytest.param(replace(WAY, counting=counting_for(None)), "training", id="a guessed base"),
        pytest.param(replace(WAY, counting=BY_LENGTH), "training", id="by length"),
        pytest.param(replace(WAY, method="reinforcement"), "training", id="another method"),
        pytest.param(WAY, "validation", id="another role"),
    ],
)
def test_another_question_gets_an_answer_of_its_own(root: Path, way: Way, role: Role) -> None:
    checked, looks = look(root, way, role)
    assert looks >= 1
    (root / ".ftops").rename(root / "away")
    assert look(root, way, role)[0] == checked
    known = look(root)[0]
    assert known.tokens_exact


def sealed(content: bytes) -> bytes:
    return MAGIC + hashlib.sha256(content).digest() + content


def flip(place: int) -> Callable[[Path], object]:
    def damage(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[place] ^= 1
        path.write_bytes(content)

    return damage


def cut(length: int) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(path.read_bytes()[:length])


def put(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def forge(judge: str) -> Callable[[Path], object]:
    """Write a whole index of another maker: the same entries, another judge."""

    def write(path: Path) -> None:
        entries = msgspec.msgpack.decode(path.read_bytes()[len(MAGIC) + 32 :])["entries"]
        path.write_bytes(sealed(msgspec.msgpack.encode({"judges": judge, "entries": entries})))

    return write


def spoil_entries(path: Path) -> None:
    """Keep everything but what was found, under a right checksum."""
    found = msgspec.msgpack.decode(path.read_bytes()[len(MAGIC) + 32 :])
    spoilt = {question: [stamps, 7] for question, (stamps, _) in found["entries"].items()}
    path.write_bytes(sealed(msgspec.msgpack.encode({**found, "entries": spoilt})))


def in_place(make: Callable[[Path], object]) -> Callable[[Path], object]:
    def swap(path: Path) -> None:
        path.unlink()
        make(path)

    return swap


def make_giant(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(LARGEST + 1)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(cut(0), id="empty"),
        pytest.param(cut(10), id="cut within its first line"),
        pytest.param(cut(40), id="cut within its checksum"),
        pytest.param(cut(-1), id="its last byte lost"),
        pytest.param(flip(3), id="a bit of its first line flipped"),
        pytest.param(flip(20), id="a bit of its checksum flipped"),
        pytest.param(flip(-20), id="a bit of an entry flipped"),
        pytest.param(put(b"SQLite format 3\0"), id="another program's file"),
        pytest.param(put(sealed(b"")), id="nothing under a right checksum"),
        pytest.param(put(sealed(b"\xc1")), id="nonsense under a right checksum"),
        pytest.param(put(sealed(msgspec.msgpack.encode([1, 2]))), id="another shape"),
        pytest.param(forge("somebody else"), id="another ftops"),
        pytest.param(spoil_entries, id="entries that hold something else"),
        pytest.param(in_place(Path.mkdir), id="a folder in its place"),
        pytest.param(in_place(os.mkfifo), id="a pipe in its place"),
        pytest.param(in_place(make_giant), id="a giant in its place"),
        pytest.param(in_place(lambda path: path.symlink_to("/dev/zero")), id="a link in its place"),
        pytest.param(Path.unlink, id="gone"),
    ],
)
def test_an_odd_cache_is_no_cache(root: Path, damage: Callable[[Path], object]) -> None:
    before, _ = look(root)
    damage(index(root))
    assert look(root) == (before, 1)


def test_a_young_file_is_looked_at_again(root: Path) -> None:
    about = (root / TRAIN).stat()
    soon = about.st_mtime_ns + 3_600 * 10**9
    os.utime(root / TRAIN, ns=(soon, soon))
    assert look(root)[1] == 1
    assert look(root)[1] == 1
    os.utime(root / TRAIN, ns=(about.st_atime_ns, about.st_mtime_ns))
    settle(root)
    assert [look(root)[1] for _ in range(2)] == [1, 0]


LEGAL = Checked(
    digest="0" * 64,
    size=1,
    examples=10,
    tokens=100,
    longest_tokens=10,
    trained_messages=10,
    examples_cut=0,
    errors=0,
    findings=(),
    findings_omitted=0,
)
NOON = 43_200 * 10**9


@pytest.mark.parametrize(
    ("mtime", "ctime", "device", "known"),
    [
        pytest.param(NOON - 1, NOON - 1, 1, True, id="a tick older"),
        pytest.param(NOON, NOON - 1, 1, False, id="written in the tick of the look"),
        pytest.param(NOON - 9, NOON, 1, False, id="its time put back in the tick of the look"),
        pytest.param(NOON + 1, NOON + 1, 1, False, id="from the future"),
        pytest.param(NOON - 9, NOON - 9, 2, False, id="young, on a disk with coarse times"),
        pytest.param(
            NOON - OTHER_DISK_TICK - 1, NOON - 9 - OTHER_DISK_TICK, 2, True, id="old, on another"
        ),
    ],
)
def test_only_files_older_than_the_look_are_remembered(
    tmp_path: Path, mtime: int, ctime: int, device: int, *, known: bool
) -> None:
    cache = CheckCache(IndexFile(tmp_path, INDEX), "me")
    stamps = (Stamp(device=device, inode=7, size=9, mtime_ns=mtime, ctime_ns=ctime),)
    cache.remember("q", stamps, LEGAL, (1, NOON))
    assert (cache.find("q", stamps) is not None) is known
    cache.remember("q", stamps, LEGAL, None)
    assert cache.find("q", stamps) is None


def test_only_so_many_are_kept_and_the_newest_are(tmp_path: Path) -> None:
    stamps = (Stamp(device=1, inode=7, size=9, mtime_ns=1, ctime_ns=1),)
    cache = CheckCache(IndexFile(tmp_path, INDEX), "me")
    for number in range(MOST_ENTRIES + 1):
        cache.remember(str(number), stamps, LEGAL, (1, NOON))
    cache.save()
    again = CheckCache(IndexFile(tmp_path, INDEX), "me")
    assert again.find("0", stamps) is None
    assert again.find("1", stamps) == again.find(str(MOST_ENTRIES), stamps) == LEGAL


def test_data_that_changes_under_the_look_is_not_remembered(root: Path) -> None:
    path = root / TRAIN
    append(path)
    settle(root)
    _, looks = look(root, meanwhile=lambda: append(path))
    assert looks == 2
    checked, looks = look(root)
    assert (checked.digest, looks) == (truth(root), 1)


def test_what_is_illegal_is_told_anew_every_time(root: Path) -> None:
    (root / TRAIN).write_text(rows(1, 12) + "nonsense\n", encoding="utf-8")
    settle(root)
    checked, looks = look(root)
    assert (checked.is_legal, looks) == (False, 1)
    assert look(root) == (checked, 1)


def test_warnings_are_remembered_with_their_places(root: Path) -> None:
    (root / TRAIN).write_text("\ufeff" + rows(1, 12), encoding="utf-8")
    settle(root)
    checked, looks = look(root)
    assert ([(one.code, one.file, one.line) for one in checked.findings], looks) == (
        [("FT003", TRAIN, 1)],
        1,
    )
    assert look(root) == (checked, 0)


@pytest.mark.parametrize(
    ("asked", "then", "looks"),
    [
        pytest.param("sampled", "counted", 1, id="a sample is no full count"),
        pytest.param("counted", "sampled", 0, id="a full count is as good as a sample"),
        pytest.param("counted", "uncounted", 0, id="and as good as none"),
        pytest.param("uncounted", "sampled", 1, id="none is no sample"),
        pytest.param("uncounted", "uncounted", 0, id="none is none"),
    ],
)
def test_how_closely_tokens_were_counted_is_known(
    root: Path, monkeypatch: pytest.MonkeyPatch, asked: Tokens, then: Tokens, looks: int
) -> None:
    monkeypatch.setattr(reading, "LARGE", 100)
    index(root).unlink()
    look(root, tokens=asked)
    assert look(root, tokens=then)[1] == looks


def test_a_small_file_is_never_sampled(root: Path) -> None:
    index(root).unlink()
    assert look(root, tokens="counted")[0] == look(root)[0]
    Checks(folder(root), "sampled").close()


def test_a_long_look_is_kept_even_if_the_command_is_stopped(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index(root).unlink()
    found = list(DataPaths(root, allow_outside=False).find(TRAIN))
    for most, kept in ((1 << 20, False), (0, True)):
        monkeypatch.setattr(looking, "WORTH_SAVING", most)
        with OpenFiles(DataPaths(root, allow_outside=False), found) as files:
            Checks(folder(root), "sampled").check(files, WAY, "training")
        assert index(root).exists() is kept


def test_a_project_that_takes_no_files_is_checked_all_the_same(root: Path) -> None:
    before, _ = look(root)
    index(root).unlink()
    (folder(root) / ".gitignore").unlink()
    folder(root).rmdir()
    folder(root).write_text("a file", encoding="utf-8")
    assert [look(root) for _ in range(2)] == [(before, 1)] * 2


def test_an_index_that_cannot_be_replaced_leaves_nothing_behind(root: Path) -> None:
    index(root).unlink()
    index(root).mkdir()
    (index(root) / "full").mkdir()
    IndexFile(folder(root), INDEX).write(b"content")
    assert sorted(path.name for path in folder(root).iterdir()) == [".gitignore", INDEX]


def test_git_does_not_see_the_cache(root: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    told = subprocess.run(
        ["git", "status", "--porcelain"], cwd=root, check=True, capture_output=True, text=True
    )
    assert told.stdout == "?? datasets/\n"


def test_a_project_of_known_data_loads_no_vocabulary(root: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from ftops.adapters.dataset_files.source import DatasetFiles\n"
        "from ftops.dataset.counting.vocabulary import exact_counter\n"
        "from tests.fakes.specs import declared\n"
        "files = DatasetFiles(Path(sys.argv[1]))\n"
        f"spec = declared(model='gpt-4.1', dataset={{'train': {TRAIN!r}}})\n"
        "assert files.pin(spec)[0].training.tokens_exact\n"
        "files.close()\n"
        "print(exact_counter.cache_info().currsize)\n"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", code, root], check=True, capture_output=True, text=True
        ).stdout
        for _ in range(2)
    ]
    assert told == ["1\n", "0\n"]


def test_a_folder_moved_out_behind_a_link_is_refused_though_its_files_are_known(
    tmp_path: Path,
) -> None:
    root = tmp_path / "project"
    (root / "datasets").mkdir(parents=True)
    (root / TRAIN).write_text(rows(1, 12), encoding="utf-8")
    settle(root)
    spec = declared(dataset={"train": TRAIN})
    for _ in range(2):
        files = DatasetFiles(root)
        files.pin(spec)
        files.close()
    (root / "datasets").rename(tmp_path / "elsewhere")
    (root / "datasets").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DatasetError, match="leads out of the project"):
        DatasetFiles(root).pin(spec)


def test_judges_are_the_same_until_something_changes(tmp_path: Path) -> None:
    assert judges() == judges()
    copy = tmp_path / "ftops"
    source = Path(reading.__file__).parents[2]
    subprocess.run(["cp", "-r", source, copy], check=True)
    code = "from ftops.adapters.dataset_files.judges import judges; print(judges())"
    told = []
    for changed in ("dataset/quality/words.py", "core/privacy.py", "version.py"):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True
        )
        told.append(done.stdout)
        with (copy / changed).open("a", encoding="utf-8") as stream:
            stream.write("\n")
    assert len(set(told)) == 3


def test_judges_that_cannot_be_looked_at_are_nobody_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "OURS", (str(tmp_path / "ftops.zip" / "dataset"),))
    told = set()
    for _ in range(2):
        judges.cache_clear()
        told.add(judges())
    judges.cache_clear()
    assert len(told) == 2


def test_a_library_that_is_missing_judges_nothing() -> None:
    assert installed("no_such_library") is None
