"""A journal is read on where the last look ended, and anew where it is not what it was."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ftops.adapters.own_folder import still_open
from ftops.adapters.own_folder.journal_file import JournalFile
from ftops.core.names import Fingerprint, JobId, SpecName
from ftops.core.observed import OpenIntent
from ftops.errors import RecordError

BEGUN = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
FIRST = OpenIntent(
    fingerprint=Fingerprint("a" * 64), spec=SpecName("first"), begun_at=BEGUN, seen=0
)
SECOND = replace(FIRST, fingerprint=Fingerprint("b" * 64), spec=SpecName("second"))
THIRD = replace(FIRST, fingerprint=Fingerprint("c" * 64), spec=SpecName("third"))


class Looked:
    """A journal that was looked at with two intents in it, and its file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.journal = self.opened()
        self.file = root / ".ftops" / "journal.jsonl"
        self.journal.begin(FIRST)
        self.journal.begin(SECOND)
        assert self.journal.open_intents() == (FIRST, SECOND)

    def opened(self) -> JournalFile:
        return JournalFile(self.root, project="acme", target="openai")


@pytest.fixture
def looked(tmp_path: Path) -> Looked:
    return Looked(tmp_path)


def begin_another(looked: Looked) -> None:
    looked.opened().begin(THIRD)


def begin_again(looked: Looked) -> None:
    looked.opened().begin(replace(FIRST, jobs=(JobId("ftjob-1"),)))


def close_one(looked: Looked) -> None:
    looked.opened().close(FIRST.fingerprint, "recorded")


def take_out_a_line(looked: Looked) -> None:
    looked.file.write_bytes(looked.file.read_bytes().splitlines(keepends=True)[1])


def take_out_a_line_and_go_on(looked: Looked) -> None:
    take_out_a_line(looked)
    looked.opened().begin(THIRD)


def replace_the_file(looked: Looked) -> None:
    aside = looked.file.with_name("aside")
    aside.write_bytes(looked.file.read_bytes().splitlines(keepends=True)[0])
    aside.replace(looked.file)


def remove_the_file(looked: Looked) -> None:
    looked.file.unlink()


def remove_and_go_on(looked: Looked) -> None:
    looked.file.unlink()
    looked.opened().begin(THIRD)


DEEDS = [
    pytest.param(begin_another, ["second", "third"], id="another begins and one ends"),
    pytest.param(begin_again, ["second"], id="one begins again"),
    pytest.param(close_one, ["second"], id="one ends"),
    pytest.param(take_out_a_line, ["second"], id="a line is taken out"),
    pytest.param(take_out_a_line_and_go_on, ["second", "third"], id="and others follow"),
    pytest.param(replace_the_file, [], id="another file in its place"),
    pytest.param(remove_the_file, [], id="it is removed"),
    pytest.param(remove_and_go_on, ["third"], id="and begun anew"),
]


@pytest.mark.parametrize(("deed", "names"), DEEDS)
def test_it_says_what_the_file_says_now(
    looked: Looked, deed: Callable[[Looked], None], names: list[str]
) -> None:
    deed(looked)
    fresh = looked.opened().open_intents()
    assert looked.journal.open_intents() == fresh
    looked.journal.close(FIRST.fingerprint, "recorded")
    assert [one.spec for one in looked.journal.open_intents()] == names
    assert looked.journal.open_intents() == looked.opened().open_intents()


def test_no_line_is_read_twice(looked: Looked) -> None:
    text = looked.file.read_bytes()
    with looked.file.open("r+b") as stream:
        stream.write(b"#")
    begin_another(looked)
    assert looked.journal.open_intents() == (FIRST, SECOND, THIRD)
    with pytest.raises(RecordError, match=r"journal\.jsonl:1: this line is damaged"):
        looked.opened().open_intents()
    assert looked.file.read_bytes()[1:].startswith(text[1:])


def test_a_damaged_line_is_told_until_it_is_gone(looked: Looked) -> None:
    whole = looked.file.read_bytes()
    with looked.file.open("ab") as stream:
        stream.write(b"damaged\n")
    for _ in range(2):
        with pytest.raises(RecordError, match=r"journal\.jsonl:3: this line is damaged"):
            looked.journal.open_intents()
    looked.file.write_bytes(whole)
    begin_another(looked)
    assert looked.journal.open_intents() == (FIRST, SECOND, THIRD)


def test_lines_may_be_longer_than_a_block(looked: Looked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(still_open, "_BLOCK", 10)
    assert looked.opened().open_intents() == (FIRST, SECOND)
