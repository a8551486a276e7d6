"""Token estimates by hand, limits and the auto rule."""

import pytest

from ftops.dataset.counting.tokens import RowCounter, context_limit, estimate_tokens
from ftops.dataset.formats import Format
from ftops.dataset.judge import judge
from tests.dataset.rows import (
    ANSWER,
    ASK,
    CALL,
    CHAT,
    IMAGE,
    PREFERENCE,
    REINFORCEMENT,
    RICH,
    SAY,
    TOOL,
    line,
)


def count(row: object, row_format: Format = Format.CHAT) -> int:
    legal, _ = judge(line(row), row_format)
    assert legal is not None
    return RowCounter().count(legal)


def more(*messages: object, **keys: object) -> int:
    """Return what messages and keys add to the small chat row."""
    return count({"messages": [*messages, *CHAT["messages"]], **keys}) - count(CHAT)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("a", 1, id="a letter"),
        pytest.param("a" * 46, 10, id="ASCII"),
        pytest.param("é" * 46, 17, id="two bytes a character"),
        pytest.param("中" * 46, 24, id="three bytes a character"),
    ],
)
def test_texts_are_estimated_from_their_length(text: str, tokens: int) -> None:
    assert estimate_tokens(text) == tokens


def test_a_sentence_of_known_length() -> None:
    # 27 tokens in the o200k vocabulary.
    text = (
        "To reset your password, go to the login page, click 'Forgot password' and follow "
        "the instructions sent to your registered email address."
    )
    assert abs(estimate_tokens(text) - 27) <= 3


def test_overhead_is_the_cookbooks() -> None:
    hello, good_day = estimate_tokens(ASK["content"]), estimate_tokens(SAY["content"])
    assert count(CHAT) == 3 + (4 + hello) + (4 + good_day)
    assert more({**ASK, "name": "ann"}) == 4 + hello + 1 + 1


@pytest.mark.parametrize(
    ("content", "tokens"),
    [
        pytest.param([{"type": "text", "text": "a" * 46}], 10, id="text"),
        pytest.param([IMAGE], 85, id="an image at low detail"),
        pytest.param(
            [{"type": "image_url", "image_url": {"url": "http://x"}}], 1445, id="another image"
        ),
    ],
)
def test_parts_are_added_up(content: object, tokens: int) -> None:
    assert more({"role": "user", "content": content}) == 4 + tokens


def test_everything_said_is_counted() -> None:
    called = {**ANSWER, "content": "a" * 46}
    assert more(CALL, called) - more(CALL, ANSWER) == 10
    asked = count(REINFORCEMENT, Format.REINFORCEMENT)
    assert more(CALL, ANSWER) == count({"messages": [ASK, CALL]}) - asked + 4 + 2
    assert more({"role": "function", "content": None, "name": "f"}) == 4 + 2
    assert more({**SAY, "content": [{"type": "refusal", "refusal": "a" * 46}]}) == 4 + 10
    assert more({"role": "assistant", "refusal": "a" * 46}) == 4 + 10
    assert more(CALL, ANSWER) > 8 + 10
    assert more(tools=[TOOL]) > 20
    assert more(functions=[{"name": "f"}]) > 0
    assert count(RICH) > count(CHAT)


def test_both_answers_of_a_preference_are_counted() -> None:
    doubled = {**PREFERENCE, "non_preferred_output": [{"role": "assistant", "content": "a" * 460}]}
    assert count(doubled, Format.PREFERENCE) - count(PREFERENCE, Format.PREFERENCE) == 100 - 2


def test_a_reinforcement_prompt_is_counted_without_its_extra_keys() -> None:
    assert count(REINFORCEMENT, Format.REINFORCEMENT) == 3 + 4 + estimate_tokens("Hello?")


@pytest.mark.parametrize(
    ("row", "row_format", "published"),
    [
        pytest.param(CHAT, Format.CHAT, True, id="plain chat"),
        pytest.param(
            {"messages": [{**ASK, "content": [{"type": "text", "text": "Hi"}]}, SAY]},
            Format.CHAT,
            True,
            id="one text part",
        ),
        pytest.param(
            {"messages": [{**ASK, "content": [{"type": "text", "text": "Hi"}] * 2}, SAY]},
            Format.CHAT,
            False,
            id="two text parts",
        ),
        pytest.param(
            {"messages": [{"role": "user", "content": [IMAGE]}, SAY]},
            Format.CHAT,
            False,
            id="an image",
        ),
        pytest.param({**CHAT, "tools": [TOOL]}, Format.CHAT, False, id="tools"),
        pytest.param({"messages": [ASK, CALL]}, Format.CHAT, False, id="a call"),
        pytest.param(
            {"messages": [CALL, ANSWER, SAY]},
            Format.CHAT,
            False,
            id="a tool's answer",
        ),
        pytest.param(
            {"messages": [{"role": "function", "content": "1", "name": "f"}, SAY]},
            Format.CHAT,
            False,
            id="a function's answer",
        ),
        pytest.param(REINFORCEMENT, Format.REINFORCEMENT, True, id="a reinforcement prompt"),
        pytest.param(PREFERENCE, Format.PREFERENCE, False, id="a preference"),
    ],
)
def test_what_no_published_rule_covers_is_remembered(
    row: object, row_format: Format, *, published: bool
) -> None:
    counter = RowCounter()
    for one, one_format in ((row, row_format), (CHAT, Format.CHAT)):
        legal, _ = judge(line(one), one_format)
        assert legal is not None
        counter.count(legal)
    assert counter.is_published is published


def test_system_prompts_and_tools_that_repeat_are_counted_once() -> None:
    asked: list[str] = []

    def count_text(text: str) -> int:
        asked.append(text)
        return 1

    counter = RowCounter(count_text)
    row = {"messages": [{"role": "system", "content": "Be kind."}, ASK, SAY], "tools": [TOOL]}
    legal, _ = judge(line(row), Format.CHAT)
    assert legal is not None
    assert counter.count(legal) == counter.count(legal) == 3 + 3 * 4 + 3 + 1
    assert len(asked) == 4 + 2
    assert asked.count("Be kind.") == 1


@pytest.mark.parametrize(
    ("base", "limit"),
    [
        pytest.param("gpt-4.1-mini-2025-04-14", 65_536, id="a dated name"),
        pytest.param("gpt-4.1", 65_536, id="an alias"),
        pytest.param("ft:gpt-4o-mini-2024-07-18:acme:support:AbC", 65_536, id="a tuned model"),
        pytest.param("gpt-3.5-turbo-0125", 16_385, id="3.5"),
        pytest.param("gpt-4-0613", 8_192, id="4"),
        pytest.param("gpt-4-turbo-2024-04-09", None, id="a base that is not tuned"),
        pytest.param("llama-3", None, id="a stranger"),
    ],
)
def test_where_a_base_cuts(base: str, limit: int | None) -> None:
    assert context_limit(base) == limit
