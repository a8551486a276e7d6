"""Two models side by side, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass

from ftops.core.names import JobId
from ftops.serve.pages.origins import inputs_of, rows_of
from ftops.serve.pages.words import commit, count, day, digest, measure, money, plain
from ftops.serve.snapshot.snapshot import Snapshot
from ftops.serve.snapshot.values import ModelView


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One property of both."""

    name: str
    left: str
    right: str

    @property
    def differs(self) -> bool:
        """Say whether they differ in it."""
        return self.left != self.right


def lines_of(snapshot: Snapshot, left: ModelView, right: ModelView) -> tuple[Line, ...]:
    """Return every property that one of them has."""
    one, other = dict(_sheet(snapshot, left)), dict(_sheet(snapshot, right))
    nothing = plain(None)
    return tuple(
        Line(name=name, left=one.get(name, nothing), right=other.get(name, nothing))
        for name in dict.fromkeys((*one, *other))
    )


def _sheet(snapshot: Snapshot, model: ModelView) -> Iterator[tuple[str, str]]:
    yield "version", model.version
    yield "trained", day(model.created_at.date())
    yield "base model", model.base_model
    yield "commit", commit(model.commit)
    for rows in rows_of(snapshot.survey, model.fingerprint):
        yield f"{rows.side} data", digest(rows.digest)
    job = snapshot.jobs_by_id.get(model.job_id or "")
    for name, value in sorted(() if job is None else job.hyperparameters.items()):
        yield name, plain(value)
    inputs = inputs_of(snapshot.survey, model.fingerprint)
    for name in ("seed", "generation", "method"):
        if name in inputs:
            yield name, plain(inputs[name])
    yield "trained tokens", count(model.trained_tokens)
    yield "cost", money(model.cost_usd)
    trail = snapshot.trails.get(JobId(model.job_id or ""))
    for name, last in () if trail is None else trail.latest.items():
        yield name, measure(last)
