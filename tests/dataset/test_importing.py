"""Foreign files become legal rows; what cannot is told with its line."""

import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftops.dataset.check import check_stream
from ftops.dataset.concatenate import MAX_ROW_BYTES
from ftops.dataset.formats import Format
from ftops.dataset.importing import json_records
from ftops.dataset.importing.convert import (
    MOST_LINES,
    MOST_REASONS,
    Conversion,
    records_of,
    to_rows,
)
from ftops.dataset.importing.json_records import CHUNK, LONGEST_RECORD
from ftops.dataset.importing.record import UnfitFileError
from ftops.dataset.importing.shapes import Shape
from tests.dataset.rows import ASK, CHAT, LEGAL, RICH, SAY, Json, line

SYSTEM = {"role": "system", "content": "Be kind."}
QUESTION, ANSWER = ASK["content"], SAY["content"]
TURNS = [{"from": "human", "value": QUESTION}, {"from": "gpt", "value": ANSWER}]


def converted(
    text: bytes | str, container: str = "", shape: Shape | None = None, system: str | None = None
) -> tuple[list[Json], Conversion]:
    stream = BytesIO(text.encode() if isinstance(text, str) else text)
    conversion = Conversion(to_rows(shape, system))
    lines = list(conversion.rows(records_of(stream, container)))
    assert len(lines) == conversion.converted
    return [json.loads(one) for one in lines], conversion


def reasons(conversion: Conversion) -> dict[str, list[int]]:
    return {reason: one.lines for reason, one in conversion.skipped.items()}


@pytest.mark.parametrize(
    ("record", "shape"),
    [
        pytest.param(
            {"prompt": QUESTION, "completion": f" {ANSWER}\n"},
            Shape.PROMPT_COMPLETION,
            id="prompt and completion",
        ),
        pytest.param(
            {"question": QUESTION, "answer": ANSWER, "id": 7},
            Shape.PROMPT_COMPLETION,
            id="question and answer",
        ),
        pytest.param(
            {"prompt": [ASK], "completion": [SAY]},
            Shape.PROMPT_COMPLETION,
            id="halves of a chat",
        ),
        pytest.param({"conversations": TURNS, "id": "x"}, Shape.SHAREGPT, id="ShareGPT"),
        pytest.param(
            {"conversations": [{"role": "USER", "content": QUESTION}, TURNS[1]]},
            Shape.SHAREGPT,
            id="ShareGPT in the provider's words",
        ),
        pytest.param(
            {"instruction": QUESTION, "input": "", "output": ANSWER}, Shape.ALPACA, id="Alpaca"
        ),
        pytest.param(
            {"instruction": QUESTION, "output": ANSWER, "history": None},
            Shape.ALPACA,
            id="Alpaca without an input",
        ),
        pytest.param({**CHAT, "source": "crm", "tools": None}, Shape.CHAT, id="a chat with more"),
    ],
)
@pytest.mark.parametrize("as_array", [False, True], ids=["lines", "array"])
def test_a_record_becomes_a_chat(
    record: Json,
    shape: Shape,
    as_array: bool,  # noqa: FBT001 - a table's column
) -> None:
    text = json.dumps([record]) if as_array else json.dumps(record)
    for wanted in (None, shape):
        rows, conversion = converted(text, shape=wanted)
        assert rows == [CHAT]
        assert conversion.shapes == {shape: 1}
        assert conversion.skipped == {}


@pytest.mark.parametrize(
    ("record", "messages"),
    [
        pytest.param(
            {"conversations": TURNS, "system": "Be kind."}, [SYSTEM, ASK, SAY], id="beside it"
        ),
        pytest.param(
            {"conversations": [{"from": "system", "value": "Be kind."}, *TURNS]},
            [SYSTEM, ASK, SAY],
            id="as a turn",
        ),
        pytest.param(
            {
                "instruction": "Translate.",
                "input": "Hallo?",
                "output": ANSWER,
                "system": "Be kind.",
                "history": [[QUESTION, "Yes?"]],
            },
            [
                SYSTEM,
                ASK,
                {"role": "assistant", "content": "Yes?"},
                {"role": "user", "content": "Translate.\n\nHallo?"},
                SAY,
            ],
            id="with a history",
        ),
        pytest.param(
            {"prompt": QUESTION, "completion": ANSWER, "system": ""},
            [{"role": "system", "content": "Ours."}, ASK, SAY],
            id="empty, so ours",
        ),
        pytest.param(
            {"messages": [{"role": "developer", "content": "Be brief."}, ASK, SAY]},
            [{"role": "developer", "content": "Be brief."}, ASK, SAY],
            id="the developer's",
        ),
    ],
)
def test_a_record_s_own_system_prompt_stays(record: Json, messages: list[Json]) -> None:
    rows, _ = converted(json.dumps(record), system="Ours.")
    assert rows == [{"messages": messages}]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        pytest.param({"a": 1}, "its keys are of no shape that is known here", id="a stranger"),
        pytest.param({"prompt": 1, "completion": "x"}, "its prompt is no text", id="a number"),
        pytest.param(
            {"prompt": "x", "completion": " "},
            "it would be illegal: FT031 The message is empty",
            id="an empty answer",
        ),
        pytest.param({"conversations": {}}, "it has no list of conversations", id="no list"),
        pytest.param({"conversations": ["hi"]}, "a turn is no object", id="a bare turn"),
        pytest.param(
            {"conversations": [{"from": "observation", "value": "x"}]},
            "a turn is by somebody other than human, gpt and system",
            id="a tool's turn",
        ),
        pytest.param(
            {"conversations": [{"from": "gpt", "value": None}]}, "a turn has no text", id="silence"
        ),
        pytest.param(
            {"conversations": TURNS, "system": 1}, "its system is no text", id="no system text"
        ),
        pytest.param(
            {"instruction": "x", "output": "y", "history": [["x"]]},
            "its history is no list of pairs",
            id="half a history",
        ),
        pytest.param(
            {"messages": [{"role": "robot", "content": "x"}]},
            "it would be illegal: FT025",
            id="an illegal chat",
        ),
        pytest.param([1], "it is no JSON object", id="a list"),
    ],
)
def test_what_cannot_be_converted_is_skipped_and_told(record: object, reason: str) -> None:
    rows, conversion = converted(line(CHAT) + b"\n" + line(record) + line(CHAT))
    assert rows == [CHAT, CHAT]
    [(told, lines)] = reasons(conversion).items()
    assert told.startswith(reason)
    assert lines == [3]


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        pytest.param(Shape.CHAT, "it has no messages", id="chat"),
        pytest.param(Shape.SHAREGPT, "it has no list of conversations", id="sharegpt"),
        pytest.param(Shape.ALPACA, "its instruction is no text", id="alpaca"),
        pytest.param(
            Shape.PROMPT_COMPLETION, "it has no prompt with its completion", id="prompt-completion"
        ),
    ],
)
def test_a_shape_that_was_asked_for_is_the_only_one(shape: Shape, reason: str) -> None:
    _, conversion = converted(json.dumps({"text": "x"}), shape=shape)
    assert reasons(conversion) == {reason: [1]}


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(b"{", id="cut"),
        pytest.param(b'{"prompt": "\xff", "completion": "x"}', id="no UTF-8"),
        pytest.param(rb'{"prompt": "\ud800", "completion": "x"}', id="half a character"),
        pytest.param(b'{"a": ' * 5000, id="far too deep"),
    ],
)
def test_a_line_that_cannot_be_read_is_skipped(broken: bytes) -> None:
    rows, conversion = converted(line(CHAT) + broken + b"\r\n" + line(CHAT))
    assert rows == [CHAT, CHAT]
    assert list(reasons(conversion).values()) == [[2]]


def test_a_byte_order_mark_is_no_part_of_the_first_record() -> None:
    for text in (line(CHAT), b"[%s]" % line(CHAT)):
        assert converted(b"\xef\xbb\xbf" + text)[0] == [CHAT]
    assert len(converted(b"\xef\xbb\xbfprompt,completion\na,b\n", "csv")[0]) == 1


@given(st.lists(st.sampled_from([CHAT, RICH, *LEGAL[Format.CHAT]]), max_size=8), st.integers(1, 40))
def test_an_array_is_the_same_however_it_is_cut(rows: list[Json], chunk: int) -> None:
    text = json.dumps(rows, indent=1, ensure_ascii=False)
    original = json_records.CHUNK
    json_records.CHUNK = chunk  # type: ignore[misc]  # a smaller one finds more seams
    try:
        found, conversion = converted(text if rows else "[ ]")
    finally:
        json_records.CHUNK = original  # type: ignore[misc]  # as it was
    assert found == rows
    assert conversion.skipped == {}


def test_elements_that_are_no_objects_are_skipped_with_their_lines() -> None:
    text = f'[\n 12,\n{json.dumps(CHAT)},\n"a",\n[{json.dumps(CHAT)}], null\n]'
    rows, conversion = converted(text)
    assert rows == [CHAT]
    assert reasons(conversion) == {"it is no JSON object": [2, 4, 5, 5]}


@pytest.mark.parametrize(
    ("text", "line_number"),
    [
        pytest.param(f"[{json.dumps(CHAT)},\n{{]", 2, id="a broken record"),
        pytest.param(f"[{json.dumps(CHAT)}\n{json.dumps(CHAT)}]", 2, id="no comma"),
        pytest.param(f"[\n{json.dumps(CHAT)}", 2, id="no end"),
        pytest.param(f"[{json.dumps(CHAT)},", 1, id="nothing after a comma"),
    ],
)
def test_a_broken_array_is_told(text: str, line_number: int) -> None:
    with pytest.raises(UnfitFileError, match=f"line {line_number}: the JSON array is broken"):
        converted(text)


def test_a_record_without_an_end_is_given_up_in_bounded_memory() -> None:
    with pytest.raises(UnfitFileError, match="too long"):
        converted('[{"a": "' + "x" * (LONGEST_RECORD + 4 * CHUNK))


def test_an_array_that_is_not_utf8_is_told() -> None:
    with pytest.raises(UnfitFileError, match="not UTF-8"):
        converted(b'[{"a": "\xff"}]')


@pytest.mark.parametrize(
    ("text", "container"),
    [
        pytest.param('Prompt,completion\nHello?,"Good day."\n', "csv", id="commas"),
        pytest.param("prompt ; completion\r\nHello?;Good day.\r\n", "csv", id="semicolons"),
        pytest.param("question\tanswer\nHello?\tGood day.", "tsv", id="tabs"),
        pytest.param("id,instruction,output\n1,Hello?,Good day.\n\n", "csv", id="Alpaca's names"),
    ],
)
def test_a_table_becomes_chats(text: str, container: str) -> None:
    rows, conversion = converted(text, container)
    assert (rows, conversion.skipped) == ([CHAT], {})


def test_rows_of_a_table_are_told_by_the_line_they_begin_on() -> None:
    text = 'prompt,completion\n"two\nlines",x\nalone\n"a" b,c\na,b,c\nx,y\n'
    rows, conversion = converted(text, "csv")
    assert [row["messages"][0]["content"] for row in rows] == ["two\nlines", "x"]
    assert reasons(conversion) == {
        "it has more or fewer columns than the header": [4, 6],
        "it cannot be read as a table's row: ',' expected after '\"'": [5],
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(b"", "names no column", id="empty"),
        pytest.param(b"prompt,Prompt\na,b\n", "names two columns prompt", id="one name twice"),
        pytest.param(b",\na,b\n", "names no column", id="no name"),
        pytest.param(b'"prompt\n', "names no column", id="an open quote"),
        pytest.param(b"prompt,completion\n\xff,b\n", "line 2 is not UTF-8", id="no UTF-8"),
        pytest.param(b"x" * (17 << 20), "line 1 is longer", id="one endless line"),
    ],
)
def test_what_is_no_table_is_told(text: bytes, message: str) -> None:
    with pytest.raises(UnfitFileError, match=message):
        converted(text, "csv")


def test_reasons_and_lines_are_bounded() -> None:
    many = b"".join(line({"messages": [{"role": f"r{n}", "content": ""}]}) for n in range(200))
    _, conversion = converted(many + many)
    assert len(conversion.skipped) == MOST_REASONS + 1
    assert conversion.left_out == 400
    assert all(len(one.lines) <= MOST_LINES for one in conversion.skipped.values())


JUNK: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.integers(), st.text(max_size=3), st.just([[]]), st.just(TURNS), st.just([ASK])
)
KEYS = ("messages", "conversations", "prompt", "completion", "instruction", "output", "system")


@given(st.lists(st.dictionaries(st.sampled_from(KEYS), JUNK), max_size=5))
def test_whatever_is_read_all_that_is_written_is_legal(records: list[Json]) -> None:
    text = b"".join(map(line, records)) + line({"question": "a", "answer": "b"})
    conversion = Conversion(to_rows(system="Be kind."))
    written = b"".join(conversion.rows(records_of(BytesIO(text), "")))
    checked = check_stream(BytesIO(written), method="supervised", role="validation")
    assert checked.is_legal
    assert checked.examples == conversion.converted == len(records) + 1 - conversion.left_out


def test_half_a_character_in_an_array_is_skipped() -> None:
    half = r'{"prompt": "\ud800", "completion": "x"}'
    rows, conversion = converted(f"[{half}, {json.dumps(CHAT)}]")
    assert rows == [CHAT]
    assert [one.lines for one in conversion.skipped.values()] == [[1]]


def test_a_line_beyond_all_rows_is_skipped_in_pieces() -> None:
    rows, conversion = converted(b"x" * (MAX_ROW_BYTES + 9) + b"\n" + line(CHAT))
    assert rows == [CHAT]
    assert reasons(conversion) == {"the line is longer than a row can be": [1]}
