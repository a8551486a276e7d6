"""What questions to models cost: reserved before they are asked, counted once they are answered."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus

from ftops.core.access import Budget, Usage, Used, month_of
from ftops.core.cost import Tariff
from ftops.ports import Clock
from ftops.serve.access.limits import Limits
from ftops.serve.caller import Caller
from ftops.serve.ports import UsageStore
from ftops.serve.problems import RefusedError


@dataclass(slots=True, kw_only=True)
class Ticket:
    """One question under way: whose, to which model, and what it came to so far."""

    caller: Caller
    model: str
    tariff: Tariff
    prompt_tokens: int
    completion_tokens: int = 0

    def used(self, completion_tokens: int) -> Used:
        """Return what it comes to with an answer of so many tokens."""
        usd = self.tariff.answer_cost(self.model, self.prompt_tokens, completion_tokens)
        return Used(
            calls=1,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=completion_tokens,
            usd=usd or 0.0,
            unpriced=1 if usd is None else 0,
        )


class Meter:
    """Refuses what is over a limit or the month's budget, and remembers what was used."""

    def __init__(self, store: UsageStore, limits: Limits, budget: Budget, clock: Clock) -> None:
        self.budget = budget
        self.limits = limits
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._under_way = Used()

    def month(self) -> str:
        """Return the month that counts now."""
        return month_of(self._clock.now())

    def usage(self) -> tuple[Usage, ...]:
        """Return what was used this month."""
        return self._store.usage(self.month())

    @contextmanager
    def asking(self, ticket: Ticket, most_tokens: int) -> Iterator[None]:
        """Let one question be asked; `ticket.completion_tokens` is what it is billed for after."""
        self.limits.count_test(ticket.caller)
        with self.limits.seat():
            reserved = ticket.used(most_tokens)
            self._reserve(reserved)
            try:
                yield
            finally:
                self._settle(ticket, reserved)

    def _reserve(self, wanted: Used) -> None:
        with self._lock:
            used = sum((one.used for one in self.usage()), self._under_way)
            why = self.budget.reason_to_refuse(used, wanted)
            if why is not None:
                raise RefusedError(
                    HTTPStatus.TOO_MANY_REQUESTS,
                    "budget_spent",
                    why,
                    hint="it starts anew with the month; `ftops serve` takes another budget",
                )
            self._under_way += wanted

    def _settle(self, ticket: Ticket, reserved: Used) -> None:
        caller = ticket.caller
        counted = Usage(
            month=self.month(),
            caller=caller.id,
            name=caller.name,
            model=ticket.model,
            used=ticket.used(ticket.completion_tokens),
        )
        with self._lock:
            left = self._under_way
            self._under_way = replace(
                left,
                calls=left.calls - reserved.calls,
                prompt_tokens=left.prompt_tokens - reserved.prompt_tokens,
                completion_tokens=left.completion_tokens - reserved.completion_tokens,
                usd=left.usd - reserved.usd,
                unpriced=left.unpriced - reserved.unpriced,
            )
            self._store.count(counted)
