"""Several clones of one project that share a remote and its ledger."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ftops.adapters.git.ledger import GitLedger
from ftops.core.ledger import Acquired, Begun, Holder, Intended
from ftops.core.names import Fingerprint, SpecName, TargetName
from ftops.core.observed import OpenIntent
from tests.cli.checkout import Checkout
from tests.cli.scene import Scene, document

REF = "refs/ftops/ledger"
Clone = Callable[[str], Checkout]


@pytest.fixture
def clone(at: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    """Share the scene's project; return a function that goes to a new clone of it."""
    at.checkout.settle(at.lab.base_url, lease="git")
    at.checkout.commit("Declare triage")
    hub = tmp_path / "hub.git"
    at.checkout.git("clone", "--quiet", "--bare", ".", str(hub))
    at.checkout.git("remote", "add", "origin", f"file://{hub}")

    def made(name: str) -> Checkout:
        at.checkout.git("clone", "--quiet", f"file://{hub}", str(tmp_path / name))
        monkeypatch.chdir(tmp_path / name)
        return Checkout(tmp_path / name)

    return made


def trail(checkout: Checkout) -> list[str]:
    checkout.git("fetch", "--quiet", "origin", f"+{REF}:refs/test/ledger")
    log = checkout.git("log", "--format=%s", "--reverse", "refs/test/ledger")
    return [line.split()[0] for line in log.splitlines()]


def test_an_apply_takes_its_turn(at: Scene, clone: Clone) -> None:
    here = clone("a")
    ran = at.ftops("apply", "--yes")
    assert ran.code == 0, ran.err
    assert trail(here) == ["acquired", "intended", "posted", "released", "ended"]
    assert at.ftops("apply", "--yes").code == 0
    assert len(trail(here)) == 5


def test_a_clone_waits_for_the_job_of_another(at: Scene, clone: Clone) -> None:
    clone("a")
    assert at.ftops("apply", "--yes", "--no-wait").code == 0
    clone("b")
    assert at.ftops("apply", "--yes").code == 0
    assert at.lab.jobs_asked_for == 1


@pytest.fixture
def vanished(at: Scene, clone: Clone) -> Checkout:
    """A runner began to launch, and is gone with its disk."""
    gone = clone("gone")
    (planned,) = document(at.ftops("plan", "-o", "json"))["changes"]
    ledger = GitLedger(gone.root, remote="origin", ref=REF)
    now = datetime.now(UTC)  # noqa: TID251 the ledger of a real run has the real time
    holder = Holder(who="GitHub run 7 of acme/models", pid=9, command="ftops apply")
    tip = ledger.append(
        ledger.read(),
        Acquired(at=now, lease="deadbeef00000000", holder=holder, ttl=timedelta(minutes=15)),
    )
    assert tip is not None
    intent = OpenIntent(
        fingerprint=Fingerprint(planned["fingerprint"]), spec=SpecName("triage"), begun_at=now
    )
    begun = Begun(project="acme", target=TargetName("lab"), intent=intent)
    assert ledger.append(tip, Intended(at=now, lease="deadbeef00000000", begun=begun)) is not None
    return gone


def test_a_fresh_clone_sees_what_a_vanished_runner_began(
    at: Scene, vanished: Checkout, clone: Clone
) -> None:
    assert vanished.root.exists()
    clone("b")
    (planned,) = document(at.ftops("plan", "-o", "json"))["changes"]
    assert planned["kind"] == "confirm"


def test_the_lease_of_a_vanished_runner_is_shown_and_ended(
    at: Scene, vanished: Checkout, clone: Clone
) -> None:
    clone("b")
    shown = at.ftops("lock", "status")
    assert "GitHub run 7 of acme/models (ftops apply, process 9) is launching" in shown.out
    assert "ftops lock release --id deadbeef00000000" in shown.out
    assert "triage" in shown.out
    told = document(at.ftops("lock", "status", "-o", "json"))
    assert told["lease"]["id"] == "deadbeef00000000"
    assert [one["spec"] for one in told["begun"]] == ["triage"]
    wrong = at.ftops("lock", "release", "--id", "deadbeef")
    assert wrong.code == 1
    assert "deadbeef is not the lease that is held: deadbeef00000000 is held" in wrong.err
    ran = at.ftops("lock", "release", "--id", "deadbeef00000000")
    assert ran.code == 0
    assert ran.out.startswith("released: GitHub run 7 of acme/models")
    assert document(at.ftops("lock", "status", "-o", "json"))["lease"] is None
    assert "nobody is launching" in at.ftops("lock", "status").out
    assert trail(vanished)[-1] == "released"


def test_without_a_ledger_there_is_no_lease_to_show(at: Scene) -> None:
    ran = at.ftops("lock", "status")
    assert ran.code == 1
    assert "machines take no turns in this project" in ran.err


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        pytest.param({"lease": "git"}, "git knows no remote named origin", id="no remote"),
        pytest.param(
            {"lease": {"git": {"remote": "hub"}}}, "no remote named hub", id="another remote"
        ),
    ],
)
def test_without_the_remote_nothing_is_uploaded(
    at: Scene, settings: dict[str, object], words: str
) -> None:
    at.checkout.settle(at.lab.base_url, **settings)
    at.checkout.commit("Declare triage")
    planned = at.ftops("plan")
    assert planned.code == 0
    assert "what other machines have begun is not known" in planned.out
    ran = at.ftops("apply", "--yes")
    assert ran.code == 1
    assert words in ran.err
    assert "hint: git remote add" in ran.err
    assert at.lab.acts == {}


def test_doctor_tries_the_ledger(at: Scene, clone: Clone) -> None:
    here = clone("a")
    ran = at.ftops("doctor")
    assert "refs/ftops/ledger of origin takes entries" in ran.out
    assert trail(here) == ["tried"]
    here.git("remote", "remove", "origin")
    ran = at.ftops("doctor")
    assert ran.code == 1
    assert "git knows no remote named origin" in ran.out


def test_a_ledger_of_another_name_is_used(at: Scene, clone: Clone, tmp_path: Path) -> None:
    here = clone("a")
    lease = {"git": {"ref": "refs/heads/ftops-ledger", "ttl_seconds": 300}}
    here.settle(at.lab.base_url, lease=lease)
    assert at.ftops("apply", "--yes", "--no-wait").code == 0
    branches = here.git("ls-remote", str(tmp_path / "hub.git"))
    assert "refs/heads/ftops-ledger" in branches
    assert REF not in branches


@pytest.mark.parametrize(
    ("variables", "who"),
    [
        pytest.param(
            {"GITHUB_REPOSITORY": "acme/models", "GITHUB_RUN_ID": "42"},
            "GitHub run 42 of acme/models",
            id="GitHub",
        ),
        pytest.param(
            {"CI_JOB_URL": "https://gitlab.example.org/jobs/7"},
            "https://gitlab.example.org/jobs/7",
            id="GitLab",
        ),
        pytest.param({"LOGNAME": "ann"}, f"ann@{os.uname().nodename}", id="a person"),
    ],
)
def test_the_ledger_says_who(at: Scene, clone: Clone, variables: dict[str, str], who: str) -> None:
    here = clone("a")
    for name in ("GITHUB_REPOSITORY", "GITHUB_RUN_ID", "CI_JOB_URL"):
        at.env.delenv(name, raising=False)
    for name, value in variables.items():
        at.env.setenv(name, value)
    assert at.ftops("doctor").code == 0
    here.git("fetch", "--quiet", "origin", f"+{REF}:refs/test/ledger")
    assert f'"who": "{who}"' in here.git("log", "--format=%b", "refs/test/ledger")


def test_a_rehearsal_on_this_machines_own_server_takes_no_turn(at: Scene, clone: Clone) -> None:
    here = clone("a")
    planned = document(at.ftops("--target", "local", "plan", "-o", "json"))
    assert [one["kind"] for one in planned["changes"]] == ["train"]
    here.git("remote", "remove", "origin")
    ran = at.ftops("--target", "local", "plan")
    assert ran.code == 0
    assert "what other machines have begun is not known" not in ran.out
    assert at.ftops("local", "down").code == 0
