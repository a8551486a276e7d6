"""The one door to what a terminal shows of results; every view takes values and prints nothing."""

from ftops.render.doctor_view import doctor_view
from ftops.render.history_view import history_view
from ftops.render.log_line import log_line as jobs_log_line
from ftops.render.outcomes_view import outcomes_view
from ftops.render.plan_view import plan_view, valid_view
from ftops.render.privacy_view import not_checked_view
from ftops.render.problem_lines import problems_view
from ftops.render.quality_view import quality_view, report_view
from ftops.render.status_view import status_view

__all__ = [
    "doctor_view",
    "history_view",
    "jobs_log_line",
    "not_checked_view",
    "outcomes_view",
    "plan_view",
    "problems_view",
    "quality_view",
    "report_view",
    "status_view",
    "valid_view",
]
