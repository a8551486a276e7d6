"""`ftops plan` and `apply` over a project with several mistakes: one run tells all of them."""

import pytest

from tests.cli.checkout import rows
from tests.cli.scene import Scene

BROKEN = '{"messages": [\n'
LATE = (
    '{"messages": [{"role": "user", "content": "Hi?"}, {"role": "system", "content": "Be kind."}, '
    '{"role": "assistant", "content": "Hello."}]}\n'
)


@pytest.fixture
def wrong(at: Scene) -> Scene:
    """Three specs with data that is wrong, two of them with the same, beside one that is right."""
    at.checkout.write("datasets/shared.jsonl", rows("shared") + BROKEN)
    for name in ("first", "second"):
        at.checkout.spec(name, dataset={"train": "datasets/shared.jsonl"}, suffix=name)
    at.checkout.spec("third", dataset={"train": "datasets/nowhere.jsonl"})
    return at


@pytest.mark.parametrize("words", [("plan",), ("apply", "--yes")], ids=["plan", "apply"])
def test_the_data_of_all_specs_is_told_at_once(wrong: Scene, words: tuple[str, ...]) -> None:
    ran = wrong.ftops(*words)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("datasets/shared.jsonl:11:") == 1
    assert "specs/third.yaml:3: datasets/nowhere.jsonl does not exist" in ran.err
    assert ran.err.endswith("2 findings in 2 files.\nhint: nothing was uploaded or launched\n")
    assert wrong.lab.jobs_asked_for == 0


@pytest.mark.parametrize("words", [("plan",), ("apply", "--yes")], ids=["plan", "apply"])
def test_a_wrong_spec_hides_no_wrong_data(wrong: Scene, words: tuple[str, ...]) -> None:
    wrong.add("method: supervized")
    ran = wrong.ftops(*words)
    assert (ran.code, ran.out) == (1, "")
    assert "specs/triage.yaml:4:" in ran.err
    assert "datasets/shared.jsonl:11:" in ran.err
    assert "specs/third.yaml:3: datasets/nowhere.jsonl does not exist" in ran.err
    assert "3 findings in 3 files.\n" in ran.err
    assert wrong.lab.jobs_asked_for == 0


def test_a_narrowed_plan_tells_only_of_what_was_named(wrong: Scene) -> None:
    wrong.add("method: supervized")
    told = wrong.ftops("plan", "third").err
    assert "datasets/nowhere.jsonl" in told
    assert "datasets/shared.jsonl" not in told


def test_what_is_only_unwise_is_told_once_for_all_who_share_it(at: Scene) -> None:
    at.checkout.write("datasets/shared.jsonl", rows("shared") + LATE)
    for name in ("first", "second"):
        at.checkout.spec(name, dataset={"train": "datasets/shared.jsonl"}, suffix=name)
    told = at.ftops("plan").out
    assert told.count("datasets/shared.jsonl:11:") == 1
