"""The loop that ftops' speed is measured against makes the same checks, or it would be no match."""

import codecs
import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from hypothesis import given, settings

from ftops.dataset.formats import Format
from ftops.dataset.judge import judge
from tests.dataset.rows import ASK, line, mutated_lines

LOOP = Path(__file__).parents[2] / "benchmarks" / "plain_json.py"
CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.jsonl"))


@pytest.fixture(scope="module")
def check_line() -> Callable[[bytes], list[str]]:
    spec = spec_from_file_location("plain_json", LOOP)
    assert spec is not None
    assert spec.loader is not None
    loop = module_from_spec(spec)
    sys.modules[spec.name] = loop
    spec.loader.exec_module(loop)
    return loop.check_line  # type: ignore[no-any-return]  # loaded by its path


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_the_plain_loop_finds_what_ftops_finds_in_the_corpus(
    path: Path, check_line: Callable[[bytes], list[str]]
) -> None:
    for one in path.read_bytes().removeprefix(codecs.BOM_UTF8).split(b"\n"):
        assert bool(check_line(one)) == bool(judge(one, Format.CHAT)[1]), one[:200]


def test_a_part_of_no_type_is_wrong_and_no_crash(check_line: Callable[[bytes], list[str]]) -> None:
    answer = {"role": "assistant", "content": [{"text": "Hi"}]}
    assert check_line(line({"messages": [ASK, answer]}))


@given(case=mutated_lines())
@settings(max_examples=300, deadline=None)
def test_and_in_mutated_rows(
    case: tuple[bytes, Format], check_line: Callable[[bytes], list[str]]
) -> None:
    written, row_format = case
    if row_format is Format.CHAT:
        assert bool(check_line(written)) == bool(judge(written, row_format)[1])
