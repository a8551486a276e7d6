from datetime import timedelta

import pytest

from ftops.core.ledger import (
    Acquired,
    Begun,
    Ended,
    Entry,
    Holder,
    Intended,
    Page,
    Posted,
    Released,
    Renewed,
    Tried,
    Watched,
    merged,
)
from ftops.core.names import JobId
from ftops.core.observed import OpenIntent
from ftops.errors import LeaseLost
from tests.fakes.clock import NOON
from tests.fakes.specs import PROJECT, TARGET, desired, intent

TTL = timedelta(minutes=15)
ANN = Holder(who="ann@laptop", pid=1, command="ftops apply")
TRIAGE, TONE = desired("triage"), desired("tone")


def acquired(lease: str = "a", instead_of: str | None = None) -> Acquired:
    return Acquired(at=NOON, lease=lease, holder=ANN, ttl=TTL, instead_of=instead_of)


def begun(of: OpenIntent, project: str = PROJECT) -> Begun:
    return Begun(project=project, target=TARGET, intent=of)


def intended(lease: str = "a", of: OpenIntent | None = None) -> Intended:
    return Intended(at=NOON, lease=lease, begun=begun(of or intent(TRIAGE)))


def ended(of: OpenIntent | None = None) -> Ended:
    mark = (of or intent(TRIAGE)).fingerprint
    return Ended(at=NOON, project=PROJECT, target=TARGET, fingerprint=mark, how="refused")


def page(*entries: Entry) -> Page:
    now = Page()
    for entry in entries:
        now = now.after(entry)
    return now


@pytest.mark.parametrize(
    ("entries", "holder", "open_specs"),
    [
        pytest.param([], None, [], id="an empty ledger"),
        pytest.param([acquired()], "a", [], id="a lease is taken"),
        pytest.param([acquired(), Released(at=NOON, lease="a")], None, [], id="and given back"),
        pytest.param([acquired(), acquired("b", "a")], "b", [], id="and taken over"),
        pytest.param([acquired(), acquired("a")], "a", [], id="and taken again by its holder"),
        pytest.param([acquired(), intended()], "a", ["triage"], id="an intent"),
        pytest.param([acquired(), intended(), ended()], "a", [], id="an intent and its end"),
        pytest.param(
            [acquired(), intended(), Released(at=NOON, lease="a")],
            None,
            ["triage"],
            id="an intent outlives its lease",
        ),
        pytest.param(
            [acquired(), intended(), intended(of=intent(TONE)), intended()],
            "a",
            ["tone", "triage"],
            id="a later intent of a training counts",
        ),
        pytest.param([ended()], None, [], id="an end of nothing"),
        pytest.param([Tried(at=NOON, who="ann")], None, [], id="a try"),
    ],
)
def test_entries_come_to_a_page(
    entries: list[Entry], holder: str | None, open_specs: list[str]
) -> None:
    now = page(*entries)
    assert now.entries == len(entries)
    assert (None if now.lease is None else now.lease.id) == holder
    assert [one.spec for one in now.open_intents(PROJECT, TARGET)] == open_specs


@pytest.mark.parametrize(
    ("before", "entry"),
    [
        pytest.param([], intended(), id="an intent without a lease"),
        pytest.param([], Renewed(at=NOON, lease="a"), id="a renewal without a lease"),
        pytest.param([], Released(at=NOON, lease="a"), id="a release without a lease"),
        pytest.param([acquired("b")], intended(), id="an intent under another's lease"),
        pytest.param([acquired("b")], Renewed(at=NOON, lease="a"), id="a renewal of a lost lease"),
        pytest.param([acquired("b")], Released(at=NOON, lease="a"), id="a release of a lost lease"),
        pytest.param([acquired("b")], acquired("a"), id="a second holder"),
        pytest.param([acquired("c")], acquired("a", "b"), id="a takeover of a lease that changed"),
    ],
)
def test_a_writer_without_the_lease_is_fenced_off(before: list[Entry], entry: Entry) -> None:
    with pytest.raises(LeaseLost, match="the lease of this run was lost"):
        page(*before).after(entry)


def test_a_token_grows_with_every_holder() -> None:
    first = page(acquired())
    second = first.after(Released(at=NOON, lease="a")).after(acquired("b"))
    assert first.lease is not None
    assert second.lease is not None
    assert second.lease.token > first.lease.token


def test_an_intent_renews_its_lease() -> None:
    later = NOON + timedelta(minutes=5)
    before = page(acquired())
    lease = before.after(Intended(at=later, lease="a", begun=begun(intent(TRIAGE)))).lease
    assert before.lease is not None
    assert lease is not None
    assert (lease.since, lease.runs_out_at) == (NOON, later + TTL)
    assert lease.entry > before.lease.entry


def test_an_answer_names_the_job_without_a_lease() -> None:
    named = OpenIntent(
        fingerprint=TRIAGE.fingerprint, spec=TRIAGE.name, begun_at=NOON, jobs=(JobId("ftjob-1"),)
    )
    now = page(acquired(), intended(), Released(at=NOON, lease="a"))
    now = now.after(Posted(at=NOON, begun=begun(named)))
    assert now.open_intents(PROJECT, TARGET) == (named,)
    assert now.lease is None


def test_projects_do_not_see_each_other() -> None:
    now = page(acquired(), intended())
    assert now.open_intents("other", TARGET) == ()
    assert now.find("other", TARGET, TRIAGE.fingerprint) is None
    assert now.find(PROJECT, TARGET, TRIAGE.fingerprint) == begun(intent(TRIAGE))


@pytest.mark.parametrize(
    ("watched_for", "clock_says", "over"),
    [
        pytest.param(900, 900, True, id="watched for its whole life, and old"),
        pytest.param(899, 900, False, id="not watched long enough"),
        pytest.param(0, 86_400, False, id="our clock is a day ahead"),
        pytest.param(900, -86_400, False, id="our clock is a day behind"),
        pytest.param(5000, 899, False, id="its own time says that it lasts"),
    ],
)
def test_a_lease_runs_out_by_patience_and_by_its_time(
    watched_for: float, clock_says: float, *, over: bool
) -> None:
    lease = page(acquired()).lease
    assert lease is not None
    watched = Watched.beginning(lease).still(lease, watched_for)
    assert watched.has_run_out(lease, NOON + timedelta(seconds=clock_says)) is over


def test_a_renewal_is_watched_from_its_beginning() -> None:
    now = page(acquired())
    assert now.lease is not None
    watched = Watched.beginning(now.lease).still(now.lease, 800)
    renewed = now.after(Renewed(at=NOON, lease="a")).lease
    assert renewed is not None
    assert watched.still(renewed, 100) == Watched.beginning(renewed)


def test_two_records_become_one() -> None:
    old = OpenIntent(
        fingerprint=TRIAGE.fingerprint,
        spec=TRIAGE.name,
        begun_at=NOON - timedelta(hours=1),
        jobs=(JobId("ftjob-1"),),
    )
    new = OpenIntent(
        fingerprint=TRIAGE.fingerprint, spec=TRIAGE.name, begun_at=NOON, jobs=(JobId("ftjob-2"),)
    )
    other = intent(TONE)
    both = merged((new, other), (old,))
    assert {one.spec for one in both} == {"triage", "tone"}
    counted = next(one for one in both if one.spec == "triage")
    assert counted.begun_at == NOON
    assert counted.jobs == ("ftjob-1", "ftjob-2")
    assert set(merged((old,), (new, other))) == set(both)
