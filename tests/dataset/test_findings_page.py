"""The reference of codes is the table of codes."""

import re
from pathlib import Path

import pytest

from ftops.dataset.finding import MEANINGS, WARNINGS, Code

PAGE = Path(__file__).parents[2] / "docs/reference/findings.md"
TEXT = PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("code", Code)
def test_the_page_explains_every_code(code: Code) -> None:
    severity = "warning" if code in WARNINGS else "error"
    assert f"| {code} | {severity} | {MEANINGS[code]} |\n" in TEXT


def test_the_page_explains_nothing_else() -> None:
    assert re.findall(r"^\| (FT\d+) ", TEXT, re.MULTILINE) == list(Code)
