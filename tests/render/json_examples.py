"""The documents that the reference shows, by the heading they stand under."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Final

from ftops.core.ledger import Acquired, Begun, Holder, Intended, Page
from ftops.core.names import FileId, SpecName
from ftops.core.observed import ObservedFile
from ftops.core.plan import Plan
from ftops.core.privacy import Kind
from ftops.core.status import Standing
from ftops.core.surplus import Surplus, SurplusModel
from ftops.dataset.importing.convert import Conversion, records_of, to_rows
from ftops.dataset.privacy.scanned import NOT_CHECKED, Scanned
from ftops.dataset.quality.figures import Quality
from ftops.dataset.stats import Stats, count_stats
from ftops.errors import Problem
from ftops.render import as_json
from ftops.render.import_view import import_json
from ftops.render.json_parts import problem_part
from ftops.render.ledger_view import ledger_json
from ftops.render.plain_data import document
from ftops.render.plot import Series
from ftops.render.privacy_view import anonymised_json, privacy_json
from ftops.render.prune_view import prune_json
from ftops.render.stats_view import stats_json
from tests.fakes.clock import NOON
from tests.fakes.specs import PROJECT, TARGET, TUNED, intent
from tests.render.quality_samples import FIGURES, QUALITY, REPORT
from tests.render.quality_samples import PROBLEM as FINDING
from tests.render.samples import (
    AWAIT,
    CHANGED,
    CHAPTERS,
    CHECKS,
    EVENTS,
    KEEP,
    OPENAI,
    OUTCOMES,
    PLAN,
    PROBLEM,
    STANDINGS,
    TRAIN,
    step,
)


def _brief() -> Quality:
    """Return quality whose lists are as short as they can be and still show their shape."""
    figures = replace(FIGURES, histogram=FIGURES.histogram[1:], roles=FIGURES.roles[:1])
    return replace(QUALITY, training=figures, validation=None)


def _standing_of(name: str) -> Standing:
    return next(one for one in STANDINGS if one.status.spec == name)


PERSONAL: Final = Problem(
    message="messages[1].content: This looks like an e-mail address: m***@q***.net",
    path="datasets/triage.train.jsonl",
    line=12,
    code="FT351",
    is_warning=True,
)


def _stats() -> Stats:
    messages = [{"role": "user", "content": "Hi?"}, {"role": "assistant", "content": "Hi."}]
    rows = BytesIO(json.dumps({"messages": messages}).encode() + b"\n{}\n")
    return count_stats([("datasets/a.jsonl", rows)], method="supervised")


def _page() -> Page:
    """Return a ledger whose holder is about to launch."""
    holder = Holder(who="GitHub run 42 of acme/models", pid=1702, command="ftops apply")
    ttl = timedelta(minutes=15)
    taken = Acquired(at=NOON, lease="9f2c41d07be3a655", holder=holder, ttl=ttl)
    begun = Begun(project=PROJECT, target=TARGET, intent=intent(TRAIN.desired))
    intended = Intended(at=NOON, lease=taken.lease, begun=begun)
    return Page().after(taken).after(intended)


def _surplus() -> Surplus:
    """Return a replaced model and the file that only it was trained on."""
    model = SurplusModel(id=TUNED, spec="triage", job="ftjob-1", finished_at=NOON)
    name = "ftops-128d8621a4e6c40079367c032750363d.jsonl"
    return Surplus(
        models=(model,), files=(ObservedFile(id=FileId("file-1"), name=name, size=4096),)
    )


def _imported() -> Conversion:
    done = Conversion(to_rows())
    table = BytesIO(b"question,answer\nWhere?,Here.\nWho?\n")
    assert len(list(done.rows(records_of(table, "csv")))) == 1
    return done


EXAMPLES: Final[Mapping[str, str]] = {
    "plan": as_json.plan_json(
        Plan(changes=(KEEP, TRAIN), notes=PLAN.notes), [OPENAI], [PROBLEM], CHANGED
    ),
    "outcomes": as_json.outcomes_json([OUTCOMES[1], OUTCOMES[6]]),
    "status": as_json.status_json(
        [_standing_of(KEEP.desired.name), _standing_of(AWAIT.desired.name)], [OPENAI]
    ),
    "validation": as_json.validation_json([PROBLEM], [TRAIN.desired], unchecked=NOT_CHECKED),
    "quality": as_json.quality_json([FINDING], {SpecName("triage"): _brief()}),
    "privacy": privacy_json(
        [PERSONAL],
        {SpecName("triage"): Scanned(rows=120, counts={Kind.EMAIL: 1}, findings=())},
    ),
    "anonymised": anonymised_json({Kind.EMAIL: 31, Kind.PHONE: 4}, 28, 120),
    "report": as_json.report_json(
        replace(REPORT, validation=(), quality=replace(_brief(), validation=None, leaks=None))
    ),
    "problems": document({"problems": [problem_part(PROBLEM)]}),
    "history": as_json.history_json(CHAPTERS),
    "checks": as_json.checks_json(CHECKS),
    "ledger": ledger_json(_page(), "origin refs/ftops/ledger"),
    "prune": prune_json({TARGET: _surplus()}, {}),
    "metrics": as_json.metrics_json(
        "ftjob-1", [Series(name="train_loss", points=((1, 2.5), (2, 1.75)))]
    ),
    "stats": stats_json(("datasets/a.jsonl",), _stats()),
    "import": import_json(_imported()),
    "log": as_json.log_json(step(12)),
    "progress": "\n".join(map(as_json.event_json, EVENTS)),
}
