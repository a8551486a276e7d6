"""Promises about a whole run: what it proves first, what it leaves alone, what it never tells."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from tests.reliability.ground import Ground
from tests.reliability.provider.weather import Fault, Weather
from tests.reliability.zygote.failpoints import Failpoint, How

CANARY: Final = "sk-canary-0123456789abcdef"
ITS_CACHE: Final = (".ftops", ".ftops/.gitignore", ".", ".ftops/cache", ".ftops/cache/.gitignore")


@pytest.mark.parametrize("how", [How.EROFS, How.ENOSPC, How.EIO])
@pytest.mark.parametrize("effect", ["open specs/.ftops-tmp-*", "fsync specs/.ftops-tmp-*"])
def test_nothing_is_sent_that_could_not_be_recorded(ground: Ground, effect: str, how: How) -> None:
    point = Failpoint(effect=effect, number=1, how=how)
    died = ground.live(replace(ground.birth(), failpoint=point))
    assert died.code == 1
    assert "specs" in died.words
    assert [asked for asked in ground.history.requests if asked[0] == "POST"] == []


def test_a_plan_only_looks(ground: Ground, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    died = ground.live(replace(ground.birth("plan"), trace=trace))
    assert died.code == 0
    assert {method for method, _ in ground.history.requests} == {"GET"}
    files = [line.split(" ", 1) for line in trace.read_text("utf-8").splitlines()]
    touched = {where for kind, where in files if kind != "_execute_child" and where != "socket"}
    assert touched <= set(ITS_CACHE)


@pytest.mark.parametrize(
    "surroundings",
    [
        pytest.param({"TZ": "Asia/Tokyo"}, id="another time zone"),
        pytest.param({"LC_ALL": "C", "LANG": "C"}, id="another locale"),
    ],
)
def test_the_same_job_gives_the_same_lock_everywhere(
    ground: Ground, surroundings: dict[str, str]
) -> None:
    ground.checkout.spec("triage", metadata={"words": "für: 'alle' # ☂"})
    assert ground.run().code == 0
    lock = ground.checkout.lock("triage")
    before = lock.read_bytes()
    lock.unlink()
    assert replace(ground, environment=surroundings).run().code == 0
    assert lock.read_bytes() == before


@pytest.mark.parametrize("fault", [None, Fault.SHOWS_A_PAGE, Fault.FAILS_AFTER, Fault.KILLS_AFTER])
def test_a_key_is_written_and_told_nowhere(ground: Ground, fault: Fault | None) -> None:
    target = {"base_url": ground.rogue.base_url, "api_key": "${LAB_KEY}"}
    ground.checkout.settings(targets={"lab": target}, defaults={"target": "lab"})
    keyed = replace(ground, environment={"LAB_KEY": CANARY})
    keyed.break_in(Weather(creations=[] if fault is None else [fault]))
    keyed.recover("--verbose", "apply", "--yes", "-o", "json")
    told = [died.words.encode() for died in keyed.runs]
    files = [path for path in ground.checkout.root.rglob("*") if path.is_file()]
    assert not [text for text in told if CANARY.encode() in text]
    assert [path for path in files if CANARY.encode() in path.read_bytes()] == []
    assert ground.history.keys_shown == {f"Bearer {CANARY}"}


PAGE: Final = Path(__file__).parents[2] / "docs/reliability.md"
NAMED: Final = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
PROMISES: Final = [f"P{number}" for number in range(1, 23)]
WINDOWS: Final = [f"W{number}" for number in range(1, 12)]


def test_every_test_that_the_page_names_is_there() -> None:
    named = NAMED.findall(PAGE.read_text("utf-8"))
    assert len(named) > len(PROMISES)
    root = PAGE.parents[1]
    gone = [f"{path}::{name}" for path, name in named if not _defines(root / path, name)]
    assert gone == []


@pytest.mark.parametrize("number", PROMISES + WINDOWS)
def test_the_page_has_every_promise_and_every_window(number: str) -> None:
    assert re.search(rf"^\| {number} \|", PAGE.read_text("utf-8"), re.MULTILINE)


def _defines(path: Path, name: str) -> bool:
    return path.exists() and f"\ndef {name}(" in path.read_text("utf-8")
