"""`apply --commit`, `--push` and `--push-to`, as a pipeline uses them."""

from pathlib import Path

import pytest

from ftops.cli.publishing import told
from ftops.usecases.publish import Place, Published
from tests.cli.checkout import Checkout, rows
from tests.cli.scene import Scene, document

LOCK = "specs/triage.lock"


@pytest.fixture
def hub(at: Scene, tmp_path: Path) -> Checkout:
    """Share the scene's project; return the bare repository."""
    at.checkout.commit("Declare triage")
    at.checkout.git("clone", "--quiet", "--bare", ".", str(tmp_path / "hub.git"))
    at.checkout.git("remote", "add", "origin", f"file://{tmp_path / 'hub.git'}")
    return Checkout(tmp_path / "hub.git")


def test_a_pipeline_records_what_it_launched_earlier(at: Scene, hub: Checkout) -> None:
    launched = at.ftops("apply", "--yes", "--no-wait", "--push")
    assert launched.code == 0
    assert "nothing to commit" in launched.err
    recorded = at.ftops("apply", "--yes", "--push")
    assert recorded.code == 0, recorded.err
    assert "committed and pushed to origin/main as " in recorded.err
    assert hub.git("show", f"main:{LOCK}") == at.checkout.read(LOCK)
    assert at.checkout.git("status", "--porcelain") == ""
    assert hub.git("log", "-1", "--format=%s", "main") == "Record triage [skip ci]\n"
    again = at.ftops("apply", "--yes", "--push")
    assert again.err == "nothing to commit: the locks under specs/ are as committed\n"


def test_a_commit_stays_here_without_push(at: Scene, hub: Checkout) -> None:
    ran = at.ftops("apply", "--yes", "--commit")
    assert ran.code == 0
    assert f": {LOCK}\n" in ran.err
    assert at.checkout.git("log", "-1", "--format=%s%n%an") == "Record triage\nftops\n"
    assert hub.git("log", "-1", "--format=%s", "main") == "Declare triage\n"


def test_data_that_is_not_committed_is_told_beside_its_lock(at: Scene, hub: Checkout) -> None:
    assert hub.root.exists()
    at.checkout.write("datasets/triage.jsonl", rows("shipping", 12))
    ran = at.ftops("apply", "--yes", "--commit")
    assert ran.code == 0
    assert "warning: not as committed: datasets/triage.jsonl\nhint: commit and push them" in ran.err
    at.checkout.commit("The new rows")
    again = at.ftops("apply", "--yes", "--commit")
    assert "not as committed" not in again.err


def test_an_earlier_runs_lock_is_committed_as_well(at: Scene, hub: Checkout) -> None:
    assert hub.root.exists()
    assert at.ftops("apply", "--yes").code == 0
    assert LOCK in at.ftops("apply", "--commit").err


def test_a_result_stays_alone_on_standard_output(at: Scene, hub: Checkout) -> None:
    assert hub.root.exists()
    told = document(at.ftops("apply", "--yes", "--commit", "-o", "json"))
    assert told["is_fine"] is True


def test_a_detached_pipeline_names_its_branch(at: Scene, hub: Checkout) -> None:
    at.checkout.git("checkout", "--quiet", "--detach")
    refused = at.ftops("apply", "--yes", "--push")
    assert refused.code == 1
    assert "hint: name it: ftops apply --push-to BRANCH" in refused.err
    assert at.lab.acts == {}
    at.env.setenv("CI_COMMIT_BRANCH", "main")
    assert at.ftops("apply", "--yes", "--push").code == 0
    assert hub.git("show", f"main:{LOCK}") == at.checkout.read(LOCK)


def test_a_protected_branch_is_spared(at: Scene, hub: Checkout) -> None:
    ran = at.ftops("apply", "--yes", "--push-to", "ftops/locks")
    assert ran.code == 0
    assert "pushed to origin/ftops/locks" in ran.err
    assert hub.git("show", f"ftops/locks:{LOCK}") == at.checkout.read(LOCK)
    assert hub.git("log", "-1", "--format=%s", "main") == "Declare triage\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(("--commit",), "there is no commit to build on", id="no repository"),
        pytest.param(("--push",), "there is no commit to build on", id="no repository, pushing"),
    ],
)
def test_what_cannot_be_committed_is_not_paid_for(
    at: Scene, words: tuple[str, ...], told: str
) -> None:
    ran = at.ftops("apply", "--yes", *words)
    assert ran.code == 1
    assert told in ran.err
    assert at.lab.acts == {}


def test_a_push_that_is_refused_loses_nothing(at: Scene, hub: Checkout) -> None:
    hook = hub.root / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    ran = at.ftops("apply", "--yes", "--push")
    assert ran.code == 1
    assert "settled" in ran.out
    assert "the locks could not be pushed to origin/main" in ran.err
    assert at.checkout.lock("triage").exists()
    hook.unlink()
    assert at.ftops("apply", "--yes", "--push").code == 0
    assert hub.git("show", f"main:{LOCK}") == at.checkout.read(LOCK)
    assert at.lab.jobs_asked_for == 1


def test_a_rehearsals_lock_is_never_committed(at: Scene, hub: Checkout) -> None:
    assert hub.root.exists()
    at.checkout.settings(
        targets={"lab": {"base_url": at.lab.base_url}, "other": {"base_url": at.lab.base_url}},
        defaults={"target": "lab"},
    )
    at.checkout.commit("Another target")
    ran = at.ftops("--target", "other", "apply", "--yes", "--commit")
    assert ran.code == 0
    assert "the locks of a rehearsal stay in .ftops/targets/" in ran.err
    assert at.checkout.git("log", "-1", "--format=%s") == "Another target\n"


def test_a_failed_spec_does_not_keep_anothers_lock_back(at: Scene, hub: Checkout) -> None:
    assert hub.root.exists()
    at.checkout.spec("broken", model="no-such-base")
    at.checkout.commit("Declare another")
    ran = at.ftops("apply", "--yes", "--commit")
    assert ran.code == 1
    assert at.checkout.git("log", "-1", "--format=%s") == "Record triage\n"


def test_what_others_did_meanwhile_is_told() -> None:
    place = Place(remote="origin", branch="main", is_own=True)
    assert told(Published(place=place, left=(LOCK,), is_behind=True)) == [
        "nothing to commit: the locks under specs/ are as committed",
        f"left as they are on origin/main, whose jobs are younger: {LOCK}",
        "origin/main is ahead of this checkout: git pull",
    ]
