"""The ledger on real remotes: races, lost answers, refusals, damage."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from typing_extensions import override

from ftops.adapters.git import calls
from ftops.adapters.git.calls import Answer
from ftops.adapters.git.ledger import GitLedger
from ftops.adapters.git.remote import GitRemote
from ftops.core.ledger import Acquired, Begun, Holder, Intended, Page, Released, Tip, Tried
from ftops.errors import LeaseLost, LedgerError
from ftops.git_ports import Ledger
from tests.adapters.git.repositories import Hub, commit, git, write
from tests.fakes.clock import NOON
from tests.fakes.specs import PROJECT, TARGET, intent

REF = "refs/ftops/ledger"
HOLDER = Holder(who="ann@laptop", pid=1, command="ftops apply", seat="boot:1:2")


def ledger(folder: Path, remote: str = "origin", ref: str = REF) -> Ledger:
    return GitLedger(folder, remote=remote, ref=ref)


def tried(who: str = "ann") -> Tried:
    return Tried(at=NOON, who=who)


def acquired(lease: str) -> Acquired:
    return Acquired(at=NOON, lease=lease, holder=HOLDER, ttl=timedelta(minutes=15))


def append(one: Ledger, entry: Tried | Acquired | Intended | Released) -> Tip:
    tip = one.append(one.read(), entry)
    assert tip is not None
    return tip


def test_a_ledger_begins_empty(hub: Hub) -> None:
    assert ledger(hub.clone("a")).read() == Tip(commit=None, page=Page())


def test_what_one_machine_writes_another_reads(hub: Hub) -> None:
    begun = Begun(project=PROJECT, target=TARGET, intent=intent())
    here, there = ledger(hub.clone("a")), ledger(hub.clone("b"))
    append(here, acquired("x"))
    written = append(here, Intended(at=NOON, lease="x", begun=begun))
    assert there.read() == written
    assert there.read().page.begun == (begun,)


def test_entries_are_a_chain_that_tells_itself(hub: Hub) -> None:
    one = ledger(hub.clone("a"))
    append(one, acquired("0123456789abcdef"))
    append(one, Released(at=NOON, lease="0123456789abcdef"))
    subjects = git(hub.bare, "log", "--format=%s %an", REF).splitlines()
    assert subjects == ["released 0123456789abcdef ftops", "acquired 0123456789abcdef ftops"]


def test_the_repository_itself_is_left_alone(hub: Hub) -> None:
    clone = hub.clone("a")
    before = (git(clone, "rev-parse", "HEAD"), git(clone, "branch", "--all"))
    append(ledger(clone), tried())
    ledger(clone).read()
    assert (git(clone, "rev-parse", "HEAD"), git(clone, "branch", "--all")) == before
    assert git(clone, "status", "--porcelain") == ""
    assert not (clone / ".git/FETCH_HEAD").exists()


def test_a_shallow_detached_clone_takes_part(hub: Hub) -> None:
    append(ledger(hub.clone("a")), tried())
    runner = hub.clone("runner", "--depth=1")
    git(runner, "checkout", "--quiet", "--detach")
    assert append(ledger(runner), tried("runner")).page.entries == 2


def test_a_branch_will_do_for_a_ledger(hub: Hub) -> None:
    one = ledger(hub.clone("a"), ref="refs/heads/ftops-ledger")
    append(one, tried())
    assert append(one, tried()).page.entries == 2


def test_the_second_of_two_writers_learns_that_it_was_second(hub: Hub) -> None:
    here, there = ledger(hub.clone("a")), ledger(hub.clone("b"))
    for first in (here.read(), append(here, tried())):
        assert there.append(there.read(), tried("b")) is not None
        assert here.append(first, tried("a")) is None


def test_of_many_at_once_exactly_one_is_first(hub: Hub) -> None:
    machines = [ledger(hub.clone(f"clone{number}")) for number in range(4)]
    for _ in range(3):
        tips, gate = [one.read() for one in machines], threading.Barrier(len(machines))
        with ThreadPoolExecutor(len(machines)) as pool:
            written = list(pool.map(partial(race, gate), machines, tips))
        assert sum(tip is not None for tip in written) == 1


def race(gate: threading.Barrier, machine: Ledger, tip: Tip) -> Tip | None:
    gate.wait()
    return machine.append(tip, tried())


def test_a_lost_answer_is_read_back(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    class Deaf(GitRemote):
        @override
        def push(self, commit: str, ref: str, *, begins: bool = False) -> Answer | None:
            super().push(commit, ref, begins=begins)
            return None

    monkeypatch.setattr("ftops.adapters.git.ledger.GitRemote", Deaf)
    assert append(ledger(hub.clone("a")), tried()).page.entries == 1


def test_an_entry_that_others_have_built_on_is_in(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = ledger(hub.clone("b"))

    class Slow(GitRemote):
        @override
        def push(self, commit: str, ref: str, *, begins: bool = False) -> Answer | None:
            answer = super().push(commit, ref, begins=begins)
            append(other, tried("b"))
            return answer

    one = ledger(hub.clone("a"))
    monkeypatch.setattr("ftops.adapters.git.ledger.GitRemote", Slow)
    slow = ledger(hub.clone("c"))
    assert slow.append(slow.read(), tried("c")) is not None
    assert one.read().page.entries == 2


def test_a_dead_machines_late_push_is_refused(hub: Hub) -> None:
    dead, alive = ledger(hub.clone("a")), ledger(hub.clone("b"))
    before = dead.read()
    append(alive, acquired("b"))
    append(alive, Released(at=NOON, lease="b"))
    assert dead.append(before, acquired("zombie")) is None
    assert alive.read().page.lease is None


def test_an_entry_that_may_not_follow_is_not_even_pushed(hub: Hub) -> None:
    one = ledger(hub.clone("a"))
    with pytest.raises(LeaseLost):
        one.append(one.read(), Released(at=NOON, lease="x"))
    assert one.read().commit is None


def test_a_refusal_is_told_without_the_password(hub: Hub) -> None:
    hub.hook("pre-receive", "echo see https://ann:hunter2@example.org/policy >&2; exit 1")
    one = ledger(hub.clone("a"))
    with pytest.raises(LedgerError, match=r"cannot be written: .*pre-receive hook") as caught:
        one.append(one.read(), tried())
    assert "example.org/policy" in caught.value.message
    assert "hunter2" not in caught.value.message
    assert "git ls-remote origin" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(["remote", "remove", "origin"], "no remote named origin", id="no remote"),
        pytest.param(
            ["remote", "set-url", "origin", "file:///no/such/place"],
            "cannot be read",
            id="a remote that is not there",
        ),
        pytest.param(
            ["remote", "set-url", "origin", "ext::sh -c 'exit 0'"],
            "cannot be read: .*not allowed",
            id="a remote that would run a program",
        ),
    ],
)
def test_a_remote_that_does_not_answer_is_told(hub: Hub, spoil: list[str], words: str) -> None:
    clone = hub.clone("a")
    git(clone, *spoil)
    with pytest.raises(LedgerError, match=words):
        ledger(clone).read()


def test_outside_a_repository_there_is_no_remote(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="git knows no remote named origin here"):
        ledger(tmp_path).read()


def test_a_remote_that_hangs_is_cut_off(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.hook("pre-receive", "exec sleep 30")
    one = ledger(hub.clone("a"))
    tip = one.read()
    monkeypatch.setattr(calls, "NETWORK_TIMEOUT", 0.7)
    monkeypatch.setattr("ftops.adapters.git.ledger.TRIES", 1)
    with pytest.raises(LedgerError, match="cannot be written: it gave no answer"):
        one.append(tip, tried())


def damage(hub: Hub, text: str | None) -> None:
    """Let somebody else write that onto the ref."""
    clone = hub.clone("vandal")
    git(clone, "checkout", "--quiet", "--orphan", "ledger")
    git(clone, "rm", "--quiet", "-r", "--force", ".")
    write(clone / ("other" if text is None else "ledger.json"), text or "x")
    commit(clone, "Vandal")
    git(clone, "push", "--quiet", "origin", f"HEAD:{REF}")


WHOLE = '{"schema": 1, "page": {"entries": 1, "lease": null, "begun": []}}'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "holds no|damaged", id="empty"),
        pytest.param("[]", "damaged", id="no mapping"),
        pytest.param(WHOLE[:40], "damaged", id="half"),
        pytest.param(WHOLE, "", id="whole after all"),
        pytest.param(WHOLE.replace('"entries": 1', '"entries": "x"'), "damaged", id="no number"),
        pytest.param(WHOLE.replace('"schema": 1', '"schema": 2'), "upgrade", id="a later schema"),
        pytest.param(None, "holds no ledger.json", id="another use of the ref"),
        pytest.param(
            '{"schema": 1, "page": {"begun": [{"project": "p", "target": "t", "intent": '
            '{"fingerprint": "f", "spec": "s", "begun_at": "2026-11-22T12:00:00"}}]}}',
            "a time without zone",
            id="a time without zone",
        ),
    ],
)
def test_a_damaged_ledger_stops_everything(hub: Hub, text: str | None, words: str) -> None:
    damage(hub, text)
    one = ledger(hub.clone("a"))
    if not words:
        assert one.read().page.entries == 1
        return
    with pytest.raises(LedgerError) as caught:
        one.read()
    told = f"{caught.value.message} {caught.value.hint}"
    assert any(word in told for word in words.split("|"))


def test_keys_of_a_later_version_are_passed_over(hub: Hub) -> None:
    damage(hub, WHOLE.replace('"lease"', '"colour": "blue", "lease"'))
    assert ledger(hub.clone("a")).read().page == Page(entries=1)


def test_a_repository_that_cannot_be_written_to_is_told(hub: Hub) -> None:
    clone = hub.clone("a")
    one = ledger(clone)
    tip = one.read()
    git(clone, "config", "core.repositoryformatversion", "99")
    with pytest.raises(LedgerError, match="an entry of the ledger cannot be made here"):
        one.append(tip, tried())


def test_hooks_and_settings_of_the_repository_run_nothing(hub: Hub, tmp_path: Path) -> None:
    clone, marker = hub.clone("a"), tmp_path / "ran"
    for name in ("pre-push", "reference-transaction", "post-commit"):
        write(clone / ".git/hooks" / name, f"#!/bin/sh\ntouch {marker}\n")
        (clone / ".git/hooks" / name).chmod(0o755)
    git(clone, "config", "core.fsmonitor", f"touch {marker}")
    append(ledger(clone), tried())
    ledger(clone).read()
    assert not marker.exists()


def test_a_remotes_name_is_never_an_option(hub: Hub, tmp_path: Path) -> None:
    odd = tmp_path / "odd"
    with pytest.raises(LedgerError):
        ledger(hub.clone("a"), remote=f"--upload-pack=touch {odd}").read()
    assert not odd.exists()
