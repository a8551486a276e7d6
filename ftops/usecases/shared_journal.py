"""A journal kept twice: on this machine and in the ledger, where other machines see it."""

from contextlib import suppress
from dataclasses import dataclass

from ftops.core.ledger import Begun, Ended, Entry, Intended, Page, Posted, merged
from ftops.core.names import Fingerprint, TargetName
from ftops.core.observed import OpenIntent
from ftops.errors import LedgerError, RecordError
from ftops.ports import Journal, JournalReader
from ftops.usecases.lease import SharedLedger, SharedTurns


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose creations: one project's, on one target; a ledger may serve several."""

    project: str
    target: TargetName


class SharedReading:
    """The JournalReader of plan and status: what this machine began, and what any other did.

    A ledger that cannot be read (a pull request's pipeline may have no right to) is no reason not
    to plan; `trouble` then says what is not known. Apply reads it again, and insists.
    """

    def __init__(self, journal: JournalReader, ledger: SharedLedger, scope: Scope) -> None:
        self._journal = journal
        self._ledger = ledger
        self._scope = scope
        self.trouble: LedgerError | None = None

    def open_intents(self) -> tuple[OpenIntent, ...]:
        """Return the intents of both records."""
        here = self._journal.open_intents()
        if self.trouble is not None:
            return here
        try:
            page = self._ledger.known()
        except LedgerError as error:
            self.trouble = error
            return here
        return merged(here, page.open_intents(self._scope.project, self._scope.target))


class SharedJournal:
    """The Journal of apply. An intent goes into the ledger first: that is the check of the lease.

    Only the holder's intents get in, so a machine that lost its turn requests nothing.
    """

    def __init__(self, journal: Journal, turns: SharedTurns, scope: Scope) -> None:
        self._journal = journal
        self._turns = turns
        self._scope = scope

    def open_intents(self) -> tuple[OpenIntent, ...]:
        """Return the intents of both records; LedgerError if the shared one cannot be read."""
        page = self._turns.ledger.known()
        shared = page.open_intents(self._scope.project, self._scope.target)
        return merged(self._journal.open_intents(), shared)

    def begin(self, intent: OpenIntent) -> None:
        """Return once both records have the intent; a job's name needs only one of them."""
        if self._is_answered(intent):
            with suppress(LedgerError):
                self._turns.ledger.write(lambda _: self._posted(intent))
            self._journal.begin(intent)
            return
        self._turns.ledger.write(lambda _: self._intended(intent))
        try:
            self._journal.begin(intent)
        except RecordError:
            self._end(intent.fingerprint, "not requested: the journal cannot be written")
            raise

    def close(self, fingerprint: Fingerprint, how: str) -> None:
        """Record the end in both; one that the ledger cannot be told of grows old there."""
        self._journal.close(fingerprint, how)
        self._end(fingerprint, how)

    def rescue(self, intent: OpenIntent) -> str:
        """Keep an intent that names its job on this machine, and return the place."""
        return self._journal.rescue(intent)

    def prove_writable(self) -> None:
        """Raise RecordError unless this machine's journal takes an intent; see `Turns.prove`."""
        self._journal.prove_writable()

    def _is_answered(self, intent: OpenIntent) -> bool:
        """Say whether the intent was begun before, and now names its job."""
        begun = self._turns.ledger.known().find(
            self._scope.project, self._scope.target, intent.fingerprint
        )
        return begun is not None and begun.intent.begun_at == intent.begun_at

    def _intended(self, intent: OpenIntent) -> Entry:
        return Intended(
            at=self._turns.clock.now(), lease=self._turns.lease, begun=self._begun(intent)
        )

    def _posted(self, intent: OpenIntent) -> Entry:
        return Posted(at=self._turns.clock.now(), begun=self._begun(intent))

    def _begun(self, intent: OpenIntent) -> Begun:
        return Begun(project=self._scope.project, target=self._scope.target, intent=intent)

    def _end(self, fingerprint: Fingerprint, how: str) -> None:
        project, target = self._scope.project, self._scope.target

        def ending(page: Page) -> Entry | None:
            if page.find(project, target, fingerprint) is None:
                return None
            return Ended(
                at=self._turns.clock.now(),
                project=project,
                target=target,
                fingerprint=fingerprint,
                how=how,
            )

        with suppress(LedgerError):
            self._turns.ledger.write(ending)
