"""Calls and their answers, instructions, pictures: what is told, and what is nobody's business."""

import base64
from typing import Final

import pytest

from ftops.dataset.finding import WARNINGS, Code
from ftops.dataset.formats import Format
from ftops.dataset.judge import judge
from ftops.dataset.pictures import MOST_IMAGE_BYTES, flaw_of
from tests.dataset.rows import ANSWER, ASK, CALL, IMAGE, PREFERENCE, SAY, Json, line

OTHER: Final = {**ANSWER, "tool_call_id": "call_2"}
TWO_CALLS: Final = {
    "role": "assistant",
    "tool_calls": [*CALL["tool_calls"], {**CALL["tool_calls"][0], "id": "call_2"}],
}
SAME_CALLS: Final = {"role": "assistant", "tool_calls": CALL["tool_calls"] * 2}
SYSTEM: Final = {"role": "system", "content": "Be kind."}
DEVELOPER: Final = {"role": "developer", "content": "Be brief."}

FINE = [
    pytest.param([ASK, CALL], id="a call to learn"),
    pytest.param([ASK, TWO_CALLS], id="two calls to learn"),
    pytest.param([ASK, CALL, ANSWER, SAY], id="a call and its answer"),
    pytest.param([ASK, TWO_CALLS, OTHER, ANSWER, SAY], id="answers in any order"),
    pytest.param([ASK, CALL, ANSWER, CALL, ANSWER, SAY], id="an id used again later"),
    pytest.param([DEVELOPER, SYSTEM, ASK, SAY], id="instructions by two"),
    pytest.param([ASK, CALL, ANSWER, CALL], id="a call after an answered one"),
]


@pytest.mark.parametrize("messages", FINE)
def test_turns_in_order_are_not_spoken_of(messages: list[Json]) -> None:
    assert judge(line({"messages": messages}), Format.CHAT)[1] == []


BROKEN: Final[list[tuple[str, list[Json], list[tuple[str, str]]]]] = [
    ("a call without an answer", [ASK, CALL, SAY], [("FT038", "messages[1].tool_calls[0]")]),
    (
        "one of two calls without an answer",
        [ASK, TWO_CALLS, ANSWER, SAY],
        [("FT038", "messages[1].tool_calls[1]")],
    ),
    (
        "half of the answers at the end",
        [ASK, TWO_CALLS, ANSWER],
        [("FT038", "messages[1].tool_calls[1]"), ("FT036", "messages[2]")],
    ),
    (
        "an answer too late",
        [ASK, CALL, ASK, ANSWER, SAY],
        [("FT038", "messages[1].tool_calls[0]"), ("FT039", "messages[3].tool_call_id")],
    ),
    ("no call at all", [ASK, ANSWER, SAY], [("FT039", "messages[1].tool_call_id")]),
    (
        "a call answered twice",
        [ASK, CALL, ANSWER, ANSWER, SAY],
        [("FT039", "messages[3].tool_call_id")],
    ),
    (
        "an answer to another call",
        [ASK, CALL, OTHER, SAY],
        [("FT039", "messages[2].tool_call_id")],
    ),
    (
        "one of two answers to another call",
        [ASK, TWO_CALLS, {**OTHER, "tool_call_id": "call_9"}, ANSWER, SAY],
        [("FT039", "messages[2].tool_call_id")],
    ),
    (
        "an answer to another call, and one that is not there",
        [ASK, TWO_CALLS, {**OTHER, "tool_call_id": "call_9"}, SAY],
        [
            ("FT039", "messages[2].tool_call_id"),
            ("FT038", "messages[1].tool_calls[0]"),
            ("FT038", "messages[1].tool_calls[1]"),
        ],
    ),
    (
        "an answer before its call",
        [ASK, ANSWER, CALL, SAY],
        [("FT039", "messages[1].tool_call_id"), ("FT038", "messages[2].tool_calls[0]")],
    ),
    (
        "one id for two calls",
        [ASK, SAME_CALLS, ANSWER, SAY],
        [("FT040", "messages[1].tool_calls[1].id")],
    ),
    ("late instructions", [ASK, SYSTEM, SAY], [("FT041", "messages[1].role")]),
    (
        "instructions late twice are told once",
        [SYSTEM, ASK, SAY, DEVELOPER, ASK, SYSTEM, SAY],
        [("FT041", "messages[3].role")],
    ),
]

TOLD: Final = {code for _, _, told in BROKEN for code, _ in told}


@pytest.mark.parametrize(
    ("messages", "told"), [pytest.param(*case, id=name) for name, *case in BROKEN]
)
def test_turns_out_of_order_are_told_where_they_stand(
    messages: list[Json], told: list[tuple[str, str]]
) -> None:
    row, findings = judge(line({"messages": messages}), Format.CHAT)
    assert [(finding.code, finding.path) for finding in findings] == told
    assert (row is not None) == all(code in WARNINGS for code, _ in told)


def test_a_prompt_cannot_end_with_open_calls_where_an_answer_follows() -> None:
    row = {**PREFERENCE, "input": {"messages": [ASK, CALL]}}
    [finding] = judge(line(row), Format.PREFERENCE)[1]
    assert (finding.code, finding.path) == ("FT038", "input.messages[1].tool_calls[0]")


def test_calls_of_a_wrong_shape_are_told_once() -> None:
    nameless = {"role": "assistant", "tool_calls": [{"type": "function"}]}
    for broken in (nameless, {**CALL, "tool_calls": None}, {**CALL, "tool_calls": [1]}):
        findings = judge(line({"messages": [ASK, broken, ANSWER, SAY]}), Format.CHAT)[1]
        assert Code.ANSWER_WITHOUT_CALL not in {finding.code for finding in findings}
        assert findings


def test_the_answer_that_fits_is_named() -> None:
    messages = [ASK, CALL, OTHER, SAY]
    finding = judge(line({"messages": messages}), Format.CHAT)[1][0]
    assert finding.hint == 'Open is "call_1".'


def encoded(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


PNG: Final = b"\x89PNG\r\n\x1a\n"
JPEG: Final = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
WEBP: Final = b"RIFF\x10\x00\x00\x00WEBPVP8 "
HUGE: Final = encoded(PNG + bytes(MOST_IMAGE_BYTES))

URLS = [
    pytest.param("https://example.com/a.png", None, id="https"),
    pytest.param("HTTP://EXAMPLE.COM/a", None, id="http in capitals"),
    pytest.param(encoded(PNG), None, id="a PNG"),
    pytest.param(encoded(JPEG), None, id="a JPEG"),
    pytest.param(encoded(WEBP), None, id="a WEBP"),
    pytest.param(encoded(PNG + bytes(MOST_IMAGE_BYTES - 8)), None, id="the largest one"),
    pytest.param(HUGE, "FT045", id="one byte of eight too large"),
    pytest.param(encoded(b"GIF89a" + bytes(20)), "FT044", id="a GIF"),
    pytest.param(encoded(b""), "FT044", id="nothing"),
    pytest.param("data:image/svg+xml,<svg/>", "FT044", id="an SVG as text"),
    pytest.param("data:image/png;base64,é===", "FT044", id="no base64"),
    pytest.param("data:image/png;base64,A", "FT044", id="a letter"),
    pytest.param("file:///tmp/a.png", "FT043", id="a file"),
    pytest.param("images/a.png", "FT043", id="a path"),
    pytest.param("https:///a.png", "FT043", id="no host"),
    pytest.param("", "FT043", id="no text"),
]


@pytest.mark.parametrize(("url", "code"), URLS)
def test_a_picture_is_judged_by_its_url(url: str, code: str | None) -> None:
    assert flaw_of(url) == code
    shown = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}
    row, findings = judge(line({"messages": [shown, SAY]}), Format.CHAT)
    told = [(finding.code, finding.path) for finding in findings]
    assert told == ([] if code is None else [(code, "messages[0].content[0].image_url.url")])
    assert (row is not None) == (code is None or code in WARNINGS)


def test_ten_pictures_are_enough() -> None:
    first = {"role": "user", "content": [IMAGE] * 6}
    second = {"role": "user", "content": [{"type": "text", "text": "And:"}, *[IMAGE] * 4]}
    assert judge(line({"messages": [first, second, SAY]}), Format.CHAT)[1] == []
    second["content"] = [*second["content"], IMAGE, IMAGE]
    [finding] = judge(line({"messages": [first, second, SAY]}), Format.CHAT)[1]
    assert (finding.code, finding.path) == ("FT042", "messages[1].content[5]")
