"""The reference shows exactly what the program writes."""

import json
import re
from pathlib import Path

import pytest

from ftops.render.plain_data import FORMAT_VERSION
from tests.render.json_examples import EXAMPLES

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "json.md"
SECTION = re.compile(r'<a id="([a-z]+)"></a>.*?```jsonl?\n(.*?)\n```', re.DOTALL)
SHOWN = dict(SECTION.findall(REFERENCE.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_what_the_program_writes(name: str) -> None:
    assert SHOWN[name] == EXAMPLES[name]


def test_the_reference_shows_no_document_that_is_not_compared() -> None:
    assert set(SHOWN) == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_document_says_its_version_first(name: str) -> None:
    lines = EXAMPLES[name].splitlines() if name == "progress" else [EXAMPLES[name]]
    for each in map(json.loads, lines):
        assert next(iter(each)) == "format_version"
        assert each["format_version"] == FORMAT_VERSION
