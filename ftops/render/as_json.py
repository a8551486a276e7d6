"""Every JSON document that ftops writes; `docs/reference/json.md` describes them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Final

from ftops.core.checkup import Check
from ftops.core.cost import PRICES_AS_OF
from ftops.core.desired import Desired
from ftops.core.history import Chapter
from ftops.core.names import SpecName
from ftops.core.notes import TargetFacts
from ftops.core.outcome import Outcome, is_fine
from ftops.core.plan import Plan, spec_of
from ftops.core.progress import JobEvent, JobLine, Progress
from ftops.core.status import Standing
from ftops.dataset.changes.data_change import NO_CHANGES, DataChanges
from ftops.dataset.privacy.scanned import NOT_CHECKED
from ftops.dataset.quality.figures import Quality
from ftops.dataset.report import DataReport
from ftops.errors import Problem
from ftops.render.change_parts import data_part
from ftops.render.figures import outcome_totals, plan_totals
from ftops.render.json_parts import (
    change_part,
    job_event_part,
    outcome_part,
    problem_part,
    standing_part,
    target_part,
    totals_part,
    valid_part,
)
from ftops.render.plain_data import document, json_line
from ftops.render.plot import Series
from ftops.render.problem_order import in_file_order
from ftops.render.quality_parts import quality_part

_WORD_START: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def plan_json(
    plan: Plan,
    targets: Sequence[TargetFacts],
    warnings: Sequence[Problem],
    changes: DataChanges = NO_CHANGES,
) -> str:
    """Return a plan; its changes stand in an order in which they can be done."""
    return document(
        {
            "digest": plan.digest,
            "is_empty": plan.is_empty,
            "targets": [target_part(one) for one in targets],
            "changes": [
                {**change_part(one), "data": data_part(changes.get(spec_of(one)))}
                for one in plan.changes
            ],
            "totals": {**totals_part(plan_totals(plan)), "prices_as_of": PRICES_AS_OF.isoformat()},
            "notes": plan.notes,
            "warnings": [problem_part(one) for one in in_file_order(warnings)],
        }
    )


def outcomes_json(outcomes: Sequence[Outcome]) -> str:
    """Return what became of a plan, in the plan's order."""
    return document(
        {
            "is_fine": all(map(is_fine, outcomes)),
            "outcomes": [outcome_part(one) for one in outcomes],
            "totals": totals_part(outcome_totals(outcomes)),
        }
    )


def status_json(standings: Sequence[Standing], targets: Sequence[TargetFacts]) -> str:
    """Return each spec's standing, by name."""
    ordered = sorted(standings, key=lambda one: (one.status.spec, one.target))
    return document(
        {
            "targets": [target_part(one) for one in targets],
            "specs": [standing_part(one) for one in ordered],
        }
    )


def validation_json(
    problems: Sequence[Problem],
    desired: Sequence[Desired],
    assessed: Mapping[SpecName, Quality] | None = None,
    *,
    with_tokens: bool = True,
    unchecked: Sequence[str] | None = None,
) -> str:
    """Return what a validation found: warnings beside valid specs, or errors and no specs."""
    return document(
        {
            "valid": bool(desired),
            "problems": [problem_part(one) for one in in_file_order(problems)],
            "specs": [valid_part(one, with_tokens=with_tokens) for one in desired],
            "quality": {name: quality_part(one) for name, one in (assessed or {}).items()},
            "not_checked": None if unchecked is None else list(unchecked),
        }
    )


def quality_json(problems: Sequence[Problem], assessed: Mapping[SpecName, Quality]) -> str:
    """Return only figures and warnings about quality, by spec."""
    return document(
        {
            "problems": [problem_part(one) for one in in_file_order(problems)],
            "quality": {name: quality_part(one) for name, one in assessed.items()},
        }
    )


def report_json(report: DataReport) -> str:
    """Return all that is known of a dataset without a spec."""
    checked = report.checked
    return document(
        {
            "files": report.files,
            "method": report.method,
            "digest": checked.digest,
            "bytes": checked.size,
            "examples": checked.examples,
            "tokens": checked.tokens,
            "tokens_exact": checked.tokens_exact,
            "legal": checked.is_legal,
            "problems": [problem_part(one) for one in in_file_order(report.problems)],
            "quality": quality_part(report.quality),
            "privacy": dict(sorted(report.privacy.counts.items())),
            "not_checked": list(NOT_CHECKED),
        }
    )


def history_json(chapters: Sequence[Chapter]) -> str:
    """Return the committed locks of one spec, youngest first."""
    return document({"history": [_chapter_part(one) for one in chapters]})


def checks_json(checks: Sequence[Check]) -> str:
    """Return a checkup; `ok` is whether nothing failed."""
    return document(
        {
            "ok": all(one.ok is not False for one in checks),
            "checks": [
                {"name": one.name, "ok": one.ok, "detail": one.detail, "hint": one.hint}
                for one in checks
            ],
        }
    )


def metrics_json(job: str, series: Sequence[Series]) -> str:
    """Return every measured curve of a job as pairs of step and value."""
    return document(
        {"job": job, "series": [{"name": one.name, "points": one.points} for one in series]}
    )


def log_json(event: JobEvent) -> str:
    """Return one line of a job's log, on one line."""
    return json_line(job_event_part(event))


def event_json(event: Progress) -> str:
    """Return one event of apply's progress, on one line; `type` is its kind, as `job-line`."""
    kind = _WORD_START.sub("-", type(event).__name__).lower()
    told = {one.name: getattr(event, one.name) for one in fields(event)}
    if isinstance(event, JobLine):
        told["event"] = job_event_part(event.event)
    return json_line({"type": kind, **told})


def _chapter_part(chapter: Chapter) -> dict[str, object]:
    version = chapter.version
    return {
        "commit": version.commit,
        "committed_at": version.committed_at,
        "author": version.author,
        "subject": version.subject,
        "lock": None if chapter.lock is None else chapter.lock.to_plain(),
    }
