"""The one place where a row is legal or not: a quick yes, else every reason in words."""

from ftops.dataset.explain import explain
from ftops.dataset.finding import Code, Finding, Severity, find
from ftops.dataset.formats import Format, Row
from ftops.dataset.repeats import is_too_deep, repeats_a_key
from ftops.dataset.rows import decode_row
from ftops.dataset.rules import is_beyond_reproach


def judge(line: bytes, row_format: Format) -> tuple[Row | None, list[Finding]]:
    """Return the row if it is legal, and all there is to say about it."""
    decoded = decode_row(line, row_format)
    if decoded is not None:
        row, whole = decoded
        suspect = is_too_deep(line, whole) or repeats_a_key(line, whole)
        if not suspect and is_beyond_reproach(row):
            return row, []
    findings = explain(line, row_format)
    if any(finding.severity is Severity.ERROR for finding in findings):
        return None, findings
    if decoded is None:
        return None, [*findings, _unexplained()]
    return decoded[0], findings


def _unexplained() -> Finding:
    message = "The row cannot be read exactly; probably a number is out of range."
    return find(Code.UNREADABLE, message, hint="Write very large numbers as texts.")
