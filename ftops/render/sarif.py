"""Findings as SARIF 2.1.0, which code scanning and editors read."""

import json
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote

from ftops.dataset.finding import MEANINGS, WARNINGS, Code
from ftops.errors import Problem
from ftops.render.problem_order import in_file_order

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
DECLARATION: Final = "declaration"
"""The rule of findings without a code: a spec or ftops.yaml that cannot be understood."""

_UNCODED: Final = "A spec or ftops.yaml is wrong, or its data cannot be used."


def sarif(problems: Sequence[Problem], version: str, folder: str = "") -> str:
    """Return one run with every finding; `folder` leads from the repository to the project."""
    ordered = in_file_order(problems)
    rules = sorted({_rule_of(one) for one in ordered})
    driver = {"name": "ftops", "version": version, "rules": list(map(_rule_part, rules))}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, rules.index(_rule_of(one)), folder) for one in ordered],
    }
    found = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(found, indent=2, ensure_ascii=True)


def _rule_of(problem: Problem) -> str:
    return problem.code or DECLARATION


def _rule_part(rule: str) -> Mapping[str, object]:
    code = None if rule == DECLARATION else Code(rule)
    level = "warning" if code in WARNINGS else "error"
    return {
        "id": rule,
        "shortDescription": {"text": _UNCODED if code is None else MEANINGS[code]},
        "defaultConfiguration": {"level": level},
    }


def _result(problem: Problem, rule: int, folder: str) -> Mapping[str, object]:
    hint = f"\nhint: {problem.hint}" if problem.hint else ""
    found: dict[str, object] = {
        "ruleId": _rule_of(problem),
        "ruleIndex": rule,
        "level": "warning" if problem.is_warning else "error",
        "message": {"text": problem.message + hint},
    }
    if problem.path:
        place: dict[str, object] = {"artifactLocation": {"uri": quote(folder + problem.path)}}
        if problem.line:
            column = {"startColumn": problem.column} if problem.column else {}
            place["region"] = {"startLine": problem.line, **column}
        found["locations"] = [{"physicalLocation": place}]
    return found
