"""The slow path of a line: everything that is wrong with it, in words, with paths and hints."""

from functools import cache

from msgspec import inspect as types

from ftops.dataset.explaining.broken_rules import explain_rules
from ftops.dataset.explaining.misspelt import SIGNS, Misspelt, place_as_written, read_as_meant
from ftops.dataset.explaining.not_json import HINT_FOR_ARRAYS, ONE_PER_LINE
from ftops.dataset.explaining.parse import parse
from ftops.dataset.explaining.shape import Explain, explain_by
from ftops.dataset.explaining.strangers import explain_stranger
from ftops.dataset.finding import Code, Finding, find
from ftops.dataset.formats import ROW_OF, Format


def explain(line: bytes, row_format: Format) -> list[Finding]:
    """Return all findings of one line, warnings included; none for a row beyond reproach."""
    value, findings = parse(line)
    if findings and value is None:
        return findings
    if not isinstance(value, dict):
        return [*findings, _explain_no_object(value)]
    stranger = explain_stranger(value, row_format)
    if stranger is not None:
        return [*findings, stranger]
    return [*findings, *_explain_row(value, row_format)]


def _explain_row(row: dict[str, object], row_format: Format) -> list[Finding]:
    findings = _shape_of(row_format)(row, "")
    misspelt: list[Misspelt] = []
    if any(finding.code in SIGNS for finding in findings):
        row, misspelt = read_as_meant(row, _type_of(row_format))
    if misspelt:
        findings = [*(one.finding for one in misspelt), *_shape_of(row_format)(row, "")]
    findings = [*findings, *explain_rules(row, row_format)]
    return place_as_written(findings, misspelt) if misspelt else findings


def _explain_no_object(value: object) -> Finding:
    message = "The line is JSON, but not an object."
    match value:
        case list():
            hint = HINT_FOR_ARRAYS
        case str() if value.startswith("{"):
            hint = "The object is a text here; write it without the quotes around it."
        case _:
            hint = ONE_PER_LINE
    return find(Code.NOT_AN_OBJECT, message, hint=hint)


@cache
def _shape_of(row_format: Format) -> Explain:
    return explain_by(_type_of(row_format))


@cache
def _type_of(row_format: Format) -> types.StructType:
    return types.type_info(ROW_OF[row_format])  # type: ignore[return-value]  # of a struct
