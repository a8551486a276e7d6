"""Ask a model: only one that this project made, within limits, counted and written down."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from ftops.core.cost import base_of
from ftops.core.names import ModelId, TargetName
from ftops.core.orders import Question
from ftops.dataset.counting.tally import counting_for
from ftops.dataset.counting.tokens import PER_EXAMPLE, PER_MESSAGE, estimate_tokens
from ftops.dataset.counting.vocabulary import CountText, exact_counter
from ftops.errors import FtopsError
from ftops.serve.access.meter import Meter, Ticket
from ftops.serve.caller import Caller
from ftops.serve.ports import AuditLog
from ftops.serve.problems import RefusedError, refused_by_provider
from ftops.serve.snapshot.values import ModelView
from ftops.serve.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageView:
    """Tokens by this machine's own count: providers bill by theirs."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    usd: float | None
    is_estimate: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """What a model said."""

    response: str
    model: str
    spec: str | None
    usage: UsageView
    latency_ms: int


class Asking:
    """Every question goes this way, whoever asks and however the answer is sent."""

    def __init__(self, watch: Watch, meter: Meter, audit: AuditLog, *, tells_prompts: bool) -> None:
        self.meter = meter
        self._watch = watch
        self._audit = audit
        self._tells_prompts = tells_prompts

    def find(self, name: str) -> ModelView:
        """Return the model of that id, or the one a spec has now; no other is ever asked."""
        snapshot = self._watch.snapshot
        model = snapshot.models_by_name.get(name)
        if model is not None:
            return model
        declared = any(one.name == name for one in snapshot.specs)
        raise RefusedError(
            HTTPStatus.NOT_FOUND,
            "not_found",
            f"{name} has no model yet" if declared else f"this project has no model {name}",
            hint=f"`ftops apply {name}` trains or records it"
            if declared
            else "GET /api/llm/models lists them",
        )

    def pieces(
        self, caller: Caller, model: ModelView, question: Question
    ) -> Iterator[str | AnswerView]:
        """Yield the answer as it comes, and at the end all of it; raises RefusedError."""
        count = _counter(model.base_model)
        asked = PER_EXAMPLE + sum(PER_MESSAGE + count(one["content"]) for one in question.messages)
        sight = self._watch.snapshot.survey.sights[TargetName(model.target)]
        ticket = Ticket(caller=caller, model=model.id, tariff=sight.tariff, prompt_tokens=asked)
        told: list[str] = []
        began, outcome = self._now(), "broken off"
        try:
            with self.meter.asking(ticket, question.max_tokens):
                try:
                    for piece in self._ask(model, question):
                        told.append(piece)
                        yield piece
                finally:
                    ticket.completion_tokens = count("".join(told))
            outcome = "answered"
        except RefusedError as refused:
            outcome = refused.code
            raise
        finally:
            latency = round((self._now() - began) / timedelta(milliseconds=1))
            self._write_down(ticket, question, outcome, latency)
        yield _answer(ticket, "".join(told), model, latency)

    def _now(self) -> datetime:
        return self._watch.lookout.clock.now()

    def _ask(self, model: ModelView, question: Question) -> Iterator[str]:
        probe = self._watch.lookout.probe(TargetName(model.target))
        try:
            yield from probe.ask(ModelId(model.id), question)
        except FtopsError as error:
            raise refused_by_provider(error) from error

    def _write_down(self, ticket: Ticket, question: Question, outcome: str, latency: int) -> None:
        text = "\n".join(one["content"] for one in question.messages)
        entry: dict[str, object] = {
            "at": self._now(),
            "action": "test",
            "outcome": outcome,
            "caller": ticket.caller.id,
            "name": ticket.caller.name,
            "model": ticket.model,
            "prompt_characters": len(text),
            "prompt_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "prompt_tokens": ticket.prompt_tokens,
            "completion_tokens": ticket.completion_tokens,
            "latency_ms": latency,
        }
        if self._tells_prompts:
            entry["messages"] = [dict(one) for one in question.messages]
        self._audit.write(entry)


def _counter(base_model: str) -> CountText:
    encoding = counting_for(base_of(base_model)).encoding
    exact = None if encoding is None else exact_counter(encoding)
    return exact or estimate_tokens


def _answer(ticket: Ticket, told: str, model: ModelView, latency: int) -> AnswerView:
    used = ticket.used(ticket.completion_tokens)
    return AnswerView(
        response=told,
        model=model.id,
        spec=model.spec,
        usage=UsageView(
            prompt_tokens=used.prompt_tokens,
            completion_tokens=used.completion_tokens,
            total_tokens=used.tokens,
            usd=None if used.unpriced else used.usd,
        ),
        latency_ms=latency,
    )
