"""Locks and journals that earlier versions wrote lead to the same decisions, and are left alone."""

import json
import shutil
import time
from pathlib import Path
from typing import Final

import pytest

from tests.reliability.ground import Ground
from tests.reliability.provider.history import History, Job
from tests.reliability.recording import DECISIONS

RECORDED: Final = Path(__file__).parent / "recorded"
VERSIONS: Final = sorted(path.name for path in RECORDED.iterdir() if path.is_dir())
A_MINUTE: Final = 60.0


@pytest.fixture(params=VERSIONS)
def old(ground: Ground, request: pytest.FixtureRequest) -> tuple[Ground, dict[str, str]]:
    """A project as an earlier version left it a minute ago, and its fingerprints."""
    folder = RECORDED / str(request.param)
    told = json.loads((folder / "provider.json").read_text("utf-8"))
    root = ground.checkout.root
    for name in ("specs", "datasets"):
        shutil.rmtree(root / name)
        shutil.copytree(folder / name, root / name)
    (root / ".ftops").mkdir()
    shutil.copy(folder / "journal.jsonl", root / ".ftops/journal.jsonl")
    jobs = {one["id"]: Job(**one) for one in told["jobs"]}
    ground.rogue.begin(History(jobs=jobs, models=set(told["models"])))
    ground.begins = told["recorded_at"] + A_MINUTE - time.time()  # noqa: TID251 - the real clock
    return ground, told["fingerprints"]


def test_old_records_lead_to_the_same_decisions(old: tuple[Ground, dict[str, str]]) -> None:
    ground, fingerprints = old
    ran = ground.run("--quiet", "plan", "-o", "json")
    changes = json.loads(ran.words)["changes"]
    assert {one["spec"]: one["kind"] for one in changes} == DECISIONS
    assert {one["spec"]: one["fingerprint"] for one in changes} == fingerprints


def test_an_old_lock_that_says_so_already_is_not_written_again(
    old: tuple[Ground, dict[str, str]],
) -> None:
    ground, _ = old
    before = ground.checkout.read("specs/kept.lock")
    assert ground.run("apply", "--yes", "kept", "lost").code == 0
    assert ground.checkout.read("specs/kept.lock") == before
    assert ground.history.posts == 0
