"""The one place where a row is legal or not: a quick yes, else every reason in words."""

from ftops.dataset.explaining.explain import explain
from ftops.dataset.finding import Code, Finding, Severity, find
from ftops.dataset.formats import Format, Row
from ftops.dataset.legal.glance import glance
from ftops.dataset.rows import decode_row


def judge(line: bytes, row_format: Format) -> tuple[Row | None, list[Finding]]:
    """Return the row if it is legal, and all there is to say about it."""
    seen = glance(line, row_format)
    decoded = None if seen is None else decode_row(line, row_format)
    return judge_at_length(line, row_format) if decoded is None else (decoded[0], [])


def judge_at_length(line: bytes, row_format: Format) -> tuple[Row | None, list[Finding]]:
    """Do the same for a row that a glance has found wanting."""
    findings = explain(line, row_format)
    if any(finding.severity is Severity.ERROR for finding in findings):
        return None, findings
    decoded = decode_row(line, row_format)
    if decoded is None:
        return None, [*findings, _unexplained()]
    return decoded[0], findings


def _unexplained() -> Finding:
    message = "The row cannot be read exactly; probably a number is out of range."
    return find(Code.UNREADABLE, message, hint="Write very large numbers as texts.")
