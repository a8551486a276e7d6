"""Foreign records that need a word more: named columns, preferences, keys that nobody knows."""

import json
from io import BytesIO

import pytest

from ftops.dataset.check import check_stream
from ftops.dataset.importing.convert import Conversion, records_of, to_rows
from ftops.dataset.importing.record import UnfitFileError
from ftops.dataset.importing.shapes import Shape
from tests.dataset.rows import ASK, CHAT, SAY, Json

QUESTION, ANSWER, WORSE = ASK["content"], SAY["content"], "No idea."
WORSE_SAY = {"role": "assistant", "content": WORSE}
PREFERENCE = {
    "input": {"messages": [ASK]},
    "preferred_output": [SAY],
    "non_preferred_output": [WORSE_SAY],
}


def converted(
    records: list[Json], shape: Shape | None = None, pair: tuple[str, str] | None = None
) -> tuple[list[Json], dict[str, list[int]]]:
    text = "".join(f"{json.dumps(one)}\n" for one in records)
    conversion = Conversion(to_rows(shape, pair=pair))
    rows = [json.loads(row) for row in conversion.rows(records_of(BytesIO(text.encode()), ""))]
    return rows, {reason: one.lines for reason, one in conversion.skipped.items()}


@pytest.mark.parametrize(
    "record",
    [
        pytest.param({"prompt": QUESTION, "chosen": ANSWER, "rejected": WORSE}, id="three texts"),
        pytest.param({"prompt": [ASK], "chosen": [SAY], "rejected": [WORSE_SAY]}, id="three lists"),
        pytest.param({"chosen": [ASK, SAY], "rejected": [ASK, WORSE_SAY]}, id="whole chats"),
        pytest.param(
            {
                "prompt": QUESTION,
                "chosen": [{**ASK, "id": 7}, SAY],
                "rejected": [ASK, WORSE_SAY],
                "messages": [ASK, SAY],
                "score_chosen": 8.5,
            },
            id="all of it at once",
        ),
    ],
)
@pytest.mark.parametrize("shape", [None, Shape.PREFERENCE], ids=["by its keys", "asked for"])
def test_a_preference_keeps_both_answers(record: Json, shape: Shape | None) -> None:
    assert converted([record], shape) == ([PREFERENCE], {})


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        pytest.param(
            {"chosen": [ASK, SAY], "rejected": [SAY, WORSE_SAY]},
            "its two answers end different conversations",
            id="two prompts",
        ),
        pytest.param(
            {"prompt": QUESTION, "chosen": 1, "rejected": WORSE},
            "its chosen is neither a text nor a list of messages",
            id="a number",
        ),
        pytest.param(
            {"chosen": ANSWER, "rejected": WORSE},
            "it has no prompt",
            id="no prompt",
        ),
        pytest.param(CHAT, "it is a chat among preferences", id="a chat"),
    ],
)
def test_what_is_no_preference_is_skipped(record: Json, reason: str) -> None:
    good = {"prompt": QUESTION, "chosen": ANSWER, "rejected": WORSE}
    rows, reasons = converted([good, record, good])
    assert rows == [PREFERENCE, PREFERENCE]
    [(told, lines)] = reasons.items()
    assert (told[: len(reason)], lines) == (reason, [2])


def test_a_preference_among_chats_is_skipped() -> None:
    record = {"prompt": QUESTION, "chosen": ANSWER, "rejected": WORSE}
    assert converted([CHAT, record]) == ([CHAT], {"it is a preference among chats": [2]})


def test_a_system_prompt_goes_before_a_preference() -> None:
    record = {"prompt": QUESTION, "chosen": ANSWER, "rejected": WORSE, "system": "Be kind."}
    [row], _ = converted([record])
    assert row["input"]["messages"] == [{"role": "system", "content": "Be kind."}, ASK]


def test_message_keys_that_a_provider_refuses_are_dropped() -> None:
    asked = {**ASK, "timestamp": 1, "id": "x", "name": None, "tool_calls": None}
    assert converted([{"messages": [asked, {**SAY, "model": "m"}]}]) == ([CHAT], {})


def test_a_slip_is_told_and_not_dropped() -> None:
    rows, reasons = converted([{"messages": [ASK, {**SAY, "wieght": 0}]}])
    assert rows == []
    assert list(reasons) == ['it would be illegal: FT022 The key "wieght" is not known here']


@pytest.mark.parametrize("keys", [("Frage", "Antwort"), ("frage", "ANTWORT")], ids=str)
def test_the_keys_of_prompt_and_completion_can_be_named(keys: tuple[str, str]) -> None:
    record = {"Frage": QUESTION, "Antwort": ANSWER, "prompt": "not this", "completion": "nor this"}
    assert converted([record, {"Frage": "?"}], pair=keys) == ([CHAT], {f"it has no {keys[1]}": [2]})


def test_the_case_of_usual_keys_does_not_matter() -> None:
    assert converted([{"Question": QUESTION, "Answer": ANSWER}]) == ([CHAT], {})


def test_the_line_in_which_excel_tells_the_separator_is_no_header() -> None:
    text = f"sep=|\r\nQuestion|Answer\r\n{QUESTION}|{ANSWER}\r\nalone\r\n"
    conversion = Conversion(to_rows())
    rows = list(conversion.rows(records_of(BytesIO(text.encode()), "csv")))
    assert [json.loads(row) for row in rows] == [CHAT]
    assert [one.lines for one in conversion.skipped.values()] == [[4]]


@pytest.mark.parametrize(
    ("begin", "message"),
    [
        pytest.param(b"PK\x03\x04\x14", "it is an Excel workbook", id="a workbook"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1", "it is an old Excel workbook", id="an old one"),
        pytest.param(b"%PDF-1.7", "it is a PDF", id="a PDF"),
        pytest.param(b"SQLite format 3\0", "it is a SQLite database", id="a database"),
    ],
)
@pytest.mark.parametrize("container", ["", "csv", "tsv"])
def test_what_is_no_text_is_named(begin: bytes, message: str, container: str) -> None:
    with pytest.raises(UnfitFileError, match=message):
        next(records_of(BytesIO(begin + bytes(99)), container))


def test_preferences_that_were_imported_are_legal() -> None:
    records = [
        {"prompt": f"{QUESTION} {n}", "chosen": ANSWER, "rejected": WORSE} for n in range(10)
    ]
    rows, _ = converted(records)
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    assert check_stream(BytesIO(text.encode()), method="dpo").is_legal
