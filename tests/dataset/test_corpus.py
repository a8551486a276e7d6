"""Every planted fault of the corpus is reported at its line, and nothing else is."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from ftops.dataset.check import check_stream
from ftops.dataset.finding import PRIVACY, QUALITY, Code

CORPUS: Final = Path(__file__).parent / "corpus"
EXPECTED: Final[dict[str, Any]] = json.loads((CORPUS / "expected.json").read_text("utf-8"))

OF_LARGE_FILES: Final = {
    Code.TOO_LONG,
    Code.IMAGE_TOO_LARGE,
    Code.EXAMPLES_CUT,
    Code.TOO_MANY_EXAMPLES,
    Code.FILE_TOO_LARGE,
    Code.TOO_MANY_IMAGE_EXAMPLES,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_bad_file_has_exactly_its_findings(name: str) -> None:
    case = EXPECTED[name]
    with (CORPUS / name).open("rb") as stream:
        checked = check_stream(stream, method=case["method"])
    assert [[one.code, one.line, one.path] for one in checked.findings] == case["findings"]


def test_every_file_is_expected_and_every_small_fault_is_planted() -> None:
    assert set(EXPECTED) == {path.name for path in CORPUS.glob("*.jsonl")}
    assert len(EXPECTED) >= 60
    planted = {code for case in EXPECTED.values() for code, _, _ in case["findings"]}
    assert planted | QUALITY | PRIVACY | OF_LARGE_FILES == set(Code)
    assert planted.isdisjoint(QUALITY | PRIVACY | OF_LARGE_FILES)
