"""Files as people have them: what pandas, Excel and known datasets wrote, with no key lost."""

import codecs
import io
import json
from collections import Counter
from io import BytesIO

import pytest

from ftops.dataset.importing.convert import MOST_KEYS, Conversion, records_of, to_rows
from ftops.dataset.importing.recoding import as_utf8, is_text_encoding
from ftops.dataset.importing.record import UnfitFileError
from ftops.dataset.importing.shapes import Shape
from tests.dataset.rows import ASK, CHAT, SAY, Json

QUESTION, ANSWER = ASK["content"], SAY["content"]
SYSTEM = {"role": "system", "content": "Be kind."}
WORSE = {"role": "assistant", "content": "No."}
TABLE = "Frage;Antwort\r\nWie geht's?;Schön, für 9 €.\r\n"


def converted(
    text: str | bytes,
    container: str = "",
    encoding: str | None = None,
    pair: tuple[str, str] | None = None,
) -> tuple[list[Json], Conversion]:
    stream = BytesIO(text.encode() if isinstance(text, str) else text)
    conversion = Conversion(to_rows(pair=pair))
    rows = list(conversion.rows(records_of(stream, container, encoding)))
    return [json.loads(row) for row in rows], conversion


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f",prompt,completion\n0,{QUESTION},{ANSWER}\n", id="an index"),
        pytest.param(f"|prompt|completion\n0|{QUESTION}|{ANSWER}\n", id="between bars"),
        pytest.param(f"prompt;completion;;\n{QUESTION};{ANSWER};;\n", id="empty columns"),
    ],
)
def test_columns_without_a_name_are_left_out(text: str) -> None:
    rows, conversion = converted(text, "csv")
    assert rows == [CHAT]
    assert conversion.skipped == {}


@pytest.mark.parametrize(
    ("record", "messages"),
    [
        pytest.param(
            {"system_prompt": "Be kind.", "question": QUESTION, "response": ANSWER},
            [SYSTEM, ASK, SAY],
            id="OpenOrca",
        ),
        pytest.param(
            {"system": "Be kind.", "user": QUESTION, "assistant": ANSWER},
            [SYSTEM, ASK, SAY],
            id="a column for each role",
        ),
        pytest.param(
            {"instruction": "Sum it up.", "context": "A text.", "response": ANSWER},
            [{"role": "user", "content": "Sum it up.\n\nA text."}, SAY],
            id="Dolly",
        ),
        pytest.param(
            {"instruction": "a", "input": "b", "context": "c", "output": ANSWER},
            [{"role": "user", "content": "a\n\nb\n\nc"}, SAY],
            id="an input and a context",
        ),
        pytest.param({"conversation": [ASK, SAY]}, [ASK, SAY], id="WildChat"),
        pytest.param(
            {"conversations": json.dumps([ASK, SAY])}, [ASK, SAY], id="turns as JSON text"
        ),
        pytest.param({"messages": json.dumps([ASK, SAY])}, [ASK, SAY], id="messages as JSON text"),
        pytest.param({"user": "[1, 2]", "assistant": "[]"}, None, id="texts that look like JSON"),
    ],
)
def test_records_of_known_datasets_are_read(record: Json, messages: list[Json] | None) -> None:
    if messages is None:
        said = [("user", record["user"]), ("assistant", record["assistant"])]
        messages = [{"role": role, "content": text} for role, text in said]
    assert converted(json.dumps(record))[0] == [{"messages": messages}]


@pytest.mark.parametrize(
    "record",
    [
        pytest.param({"question": QUESTION, "chosen": ANSWER, "rejected": "No."}, id="a question"),
        pytest.param(
            {
                "chosen": f"\n\nHuman: {QUESTION}\n\nAssistant: {ANSWER}",
                "rejected": f"\n\nHuman: {QUESTION}\n\nAssistant: No.",
            },
            id="transcripts",
        ),
        pytest.param(
            {"chosen": json.dumps([ASK, SAY]), "rejected": json.dumps([ASK, WORSE])},
            id="chats as JSON text",
        ),
    ],
)
def test_preferences_of_known_datasets_are_read(record: Json) -> None:
    expected = {
        "input": {"messages": [ASK]},
        "preferred_output": [SAY],
        "non_preferred_output": [WORSE],
    }
    assert converted(json.dumps(record))[0] == [expected]


def test_a_preference_brings_its_system_prompt() -> None:
    record = {"system": "Be kind.", "question": QUESTION, "chosen": ANSWER, "rejected": "No."}
    [row] = converted(json.dumps(record))[0]
    assert row["input"]["messages"] == [SYSTEM, ASK]


def test_messages_in_a_text_that_is_no_json_are_told() -> None:
    python = str([ASK, SAY])
    _, conversion = converted(json.dumps({"messages": python}))
    assert list(conversion.skipped) == ["its messages are a text, and no list in JSON"]


@pytest.mark.parametrize(
    ("record", "left"),
    [
        pytest.param({"prompt": "a", "completion": "b", "id": 7}, {"id": 1}, id="an id"),
        pytest.param({"prompt": "a", "completion": "b", "id": None, "tag": ""}, {}, id="nothing"),
        pytest.param(
            {"messages": [{**ASK, "at": 1}, {**SAY, "at": 2}], "source": "crm"},
            {"source": 1, "messages[].at": 1},
            id="of messages too",
        ),
        pytest.param(
            {"instruction": "a", "context": "b", "response": "c", "category": "qa"},
            {"category": 1},
            id="Dolly",
        ),
        pytest.param(
            {"instruction": "a", "output": "b", "response": "c"},
            {"response": 1},
            id="a second answer",
        ),
        pytest.param(
            {"conversations": [ASK, SAY], "system": "x", "lang": "de"}, {"lang": 1}, id="ShareGPT"
        ),
        pytest.param(
            {"question": "a", "chosen": "b", "rejected": "c", "score": 1}, {"score": 1}, id="dpo"
        ),
    ],
)
def test_keys_that_become_no_part_of_a_row_are_counted(record: Json, left: dict[str, int]) -> None:
    _, conversion = converted(json.dumps(record))
    assert conversion.converted == 1
    assert conversion.keys_left_out == Counter(left)


def test_keys_beside_those_that_were_named_are_counted_up_to_a_number() -> None:
    more = {f"k{number}": "x" for number in range(MOST_KEYS + 9)}
    record = {"Frage": "a", "Antwort": "b", "system": "c", **more}
    _, conversion = converted(json.dumps(record), pair=("frage", "antwort"))
    assert list(conversion.keys_left_out) == [f"k{number}" for number in range(MOST_KEYS)]


def test_records_of_an_array_on_one_line_are_numbered() -> None:
    _, conversion = converted(json.dumps([CHAT, 1, CHAT, {}]))
    assert conversion.place_word == "record"
    assert [one.lines for one in conversion.skipped.values()] == [[2], [4]]
    _, spread = converted(json.dumps([CHAT, 1, CHAT, {}], indent=1))
    assert spread.place_word == "line"
    assert [one.lines for one in spread.skipped.values()] == [[14], [27]]


OBJECTS = [CHAT, {"prompt": QUESTION, "completion": ANSWER, "n": 1.5}, {}, CHAT]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\n".join(json.dumps(one, indent=2) for one in OBJECTS), id="as jq writes"),
        pytest.param("".join(map(json.dumps, OBJECTS)), id="on one line"),
        pytest.param("\ufeff" + json.dumps(OBJECTS[0], indent=2), id="a single one"),
    ],
)
def test_objects_that_follow_one_another_need_no_lines(text: str) -> None:
    rows, conversion = converted(text)
    assert rows == ([CHAT] if text.startswith("\ufeff") else [CHAT] * 3)
    assert all(reason.startswith("its keys are of no shape") for reason in conversion.skipped)


@pytest.mark.parametrize(
    "first",
    [
        pytest.param('{"a": 1} and more', id="with words behind it"),
        pytest.param('{"a": ', id="cut"),
        pytest.param("{" * 90_000, id="far too deep"),
    ],
)
def test_a_first_line_that_is_broken_hides_no_others(first: str) -> None:
    rows, conversion = converted(f"{first}\n{json.dumps(CHAT)}\n")
    assert rows == [CHAT]
    assert [one.lines for one in conversion.skipped.values()] == [[1]]


def test_what_follows_an_object_and_is_none_is_told() -> None:
    text = json.dumps(CHAT, indent=1)
    _, conversion = converted(f"{text}\n{text}\n12\n")
    assert conversion.skipped["it is no JSON object"].lines == [25]
    with pytest.raises(UnfitFileError, match="line 25: the JSON is broken here"):
        converted(f"{text}\n{text}\nnonsense\n")


def test_an_open_quote_says_how_far_it_goes() -> None:
    text = 'prompt,completion\na,b\n"open,c\nd,e\nf,g\nh,"i"\nj,k\n'
    rows, conversion = converted(text, "csv")
    assert [row["messages"][0]["content"] for row in rows] == ["a", "j"]
    [(reason, one)] = conversion.skipped.items()
    assert (one.lines, reason.partition(" (")[2]) == ([3], "down to line 6)")


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        pytest.param(TABLE.encode("cp1252"), "cp1252", id="what Excel calls ANSI"),
        pytest.param(TABLE.encode("utf-16"), None, id="UTF-16 with its mark"),
        pytest.param(
            codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"), None, id="the other way round"
        ),
        pytest.param(TABLE.encode("utf-8-sig"), "UTF8", id="UTF-8 by name"),
    ],
)
def test_tables_in_other_encodings_are_read(content: bytes, encoding: str | None) -> None:
    rows, _ = converted(content, "csv", encoding, ("frage", "antwort"))
    [row] = rows
    assert [one["content"] for one in row["messages"]] == ["Wie geht's?", "Schön, für 9 €."]


def test_json_in_another_encoding_is_read() -> None:
    for text in (json.dumps(CHAT), json.dumps([CHAT])):
        assert converted(text.encode("utf-16"))[0] == [CHAT]


@pytest.mark.parametrize(
    ("content", "encoding", "message"),
    [
        pytest.param(b"a,b\n\x81,b\n", "cp1252", "after line 1 is not cp1252", id="another one"),
        pytest.param(b"\xff\xfea\0b", None, "after line 1 is not utf-16", id="half a character"),
    ],
)
def test_text_that_is_in_no_such_encoding_is_told(
    content: bytes, encoding: str | None, message: str
) -> None:
    with pytest.raises(UnfitFileError, match=message):
        converted(content, "csv", encoding)


def test_only_encodings_of_text_are_known() -> None:
    known = [
        name for name in ("cp1252", "utf-16", "no-such", "rot13", "hex") if is_text_encoding(name)
    ]
    assert known == ["cp1252", "utf-16"]


def test_a_recoded_stream_goes_back_to_its_begin_alone() -> None:
    stream = as_utf8(BytesIO("äh".encode("utf-16")), None)
    assert (stream.read(), stream.seek(0), stream.read()) == ("äh".encode(), 0, "äh".encode())
    with pytest.raises(io.UnsupportedOperation):
        stream.seek(1)


def test_shapes_are_told_as_they_were_taken() -> None:
    _, conversion = converted(json.dumps({"instruction": "a", "response": "b"}))
    assert conversion.shapes == {Shape.ALPACA: 1}
