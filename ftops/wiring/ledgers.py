"""Open the ledger that a project's machines share, and say who this machine is."""

import getpass
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from ftops.adapters.environment import Environment
from ftops.adapters.own_folder.seat import seat
from ftops.core.ledger import Holder, Lease, Page, Tried
from ftops.core.names import TargetName
from ftops.core.project import GitLease
from ftops.ports import Clock, Hands, Journal, JournalReader, Reporter
from ftops.usecases.lease import Membership, SharedLedger, SharedTurns, release_by_id
from ftops.usecases.plan import Prepared
from ftops.usecases.shared_journal import Scope, SharedJournal, SharedReading


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """One project's part in a ledger; the ledger is opened by its first question."""

    root: Path
    project: str
    lease: GitLease
    environment: Environment
    clock: Clock

    @cached_property
    def ledger(self) -> SharedLedger:
        """The ledger."""
        from ftops.adapters.git.ledger import GitLedger

        return SharedLedger(GitLedger(self.root, remote=self.lease.remote, ref=self.lease.ref))

    @cached_property
    def _readings(self) -> dict[TargetName, SharedReading]:
        return {}

    def reading(self, target: TargetName, journal: JournalReader) -> SharedReading:
        """Return the journal of plan and status."""
        scope = Scope(project=self.project, target=target)
        fresh = SharedReading(journal, self.ledger, scope)
        return self._readings.setdefault(target, fresh)

    def noted(self, prepared: Prepared) -> Prepared:
        """Return the plan with a note if the ledger could not be read for it."""
        troubles = (one.trouble for one in self._readings.values())
        trouble = next((trouble for trouble in troubles if trouble is not None), None)
        if trouble is None:
            return prepared
        note = f"what other machines have begun is not known: {trouble.message}"
        plan = replace(prepared.plan, notes=(*prepared.plan.notes, note))
        return replace(prepared, plan=plan)

    def try_to_write(self) -> Page:
        """Write an entry from which nothing follows; LedgerError if none is taken."""
        entry = Tried(at=self.clock.now(), who=who_is_this(self.environment))
        self.ledger.fresh()
        return self.ledger.write(lambda _: entry)

    def release(self, lease: str) -> Lease:
        """End the lease of that id for whoever held it; LeaseHeld unless it is held."""
        return release_by_id(self.ledger, lease, who_is_this(self.environment), self.clock)

    def shared(
        self, hands: Mapping[TargetName, Hands], reporter: Reporter
    ) -> dict[TargetName, Hands]:
        """Return the hands that launch in turns; one process of a checkout may have them."""
        holder = Holder(
            who=who_is_this(self.environment),
            pid=os.getpid(),
            command="ftops apply",
            seat=seat(self.root),
        )
        member = Membership(holder=holder, ttl=timedelta(seconds=self.lease.ttl_seconds))
        turns = SharedTurns(self.ledger, member, self.clock, reporter)
        return {
            target: replace(each, turns=turns, journal=self._journal(target, each.journal, turns))
            for target, each in hands.items()
        }

    def _journal(self, target: TargetName, journal: Journal, turns: SharedTurns) -> Journal:
        return SharedJournal(journal, turns, Scope(project=self.project, target=target))


def who_is_this(environment: Environment) -> str:
    """Return a name that a colleague can act on: the pipeline's run, or user and machine."""
    repository, run = environment.get("GITHUB_REPOSITORY"), environment.get("GITHUB_RUN_ID")
    if repository and run:
        return f"GitHub run {run} of {repository}"
    pipeline = environment.get("CI_JOB_URL")
    if pipeline:
        return pipeline
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = str(os.getuid())
    return f"{user}@{platform.node()}"
