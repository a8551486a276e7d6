"""Rows of other formats: what they are called, and the command that makes ours of them."""

import pytest

from ftops.dataset.explaining.strangers import FOREIGN, explain_stranger
from ftops.dataset.formats import Format
from ftops.dataset.importing.shapes import Shape, shape_of
from tests.dataset.rows import CHAT, PREFERENCE, REINFORCEMENT, Json


@pytest.mark.parametrize(("keys", "becomes"), [(keys, becomes) for keys, _, becomes in FOREIGN])
def test_what_is_to_be_imported_is_what_can_be(keys: tuple[str, ...], becomes: Format) -> None:
    shape = shape_of(dict.fromkeys(keys, "x"))
    assert (shape is Shape.PREFERENCE) == (becomes is Format.PREFERENCE)
    assert shape is not Shape.CHAT


PAIR = {"prompt": "a", "completion": "b"}
SHAREGPT: Json = {"conversations": [{"from": "human", "value": "a"}], "id": 1}
PREFERENCE_ON_THE_ROW = {**PREFERENCE["input"], "preferred_output": []}
CHOSEN = {"prompt": "a", "chosen": "b", "rejected": "c"}


@pytest.mark.parametrize(
    ("row", "wanted", "name", "hint"),
    [
        pytest.param(SHAREGPT, Format.CHAT, "ShareGPT", "makes chat rows", id="ShareGPT"),
        pytest.param(PAIR, Format.CHAT, "its completion", "makes chat rows", id="pairs"),
        pytest.param(PAIR, Format.PREFERENCE, "its completion", "two answers", id="no preference"),
        pytest.param(PAIR, Format.REINFORCEMENT, "its completion", "convert", id="to grade"),
        pytest.param(CHOSEN, Format.PREFERENCE, "answers", "makes preference rows", id="for dpo"),
        pytest.param(CHOSEN, Format.CHAT, "answers", "`method: dpo`", id="not for dpo"),
        pytest.param(
            {"input": "a", "output": "b"}, Format.CHAT, "input", "import", id="not a preference"
        ),
        pytest.param(PREFERENCE, Format.CHAT, "preference row", "convert", id="preferences"),
        pytest.param({"data": [CHAT]}, Format.CHAT, 'keys: "data"', '"messages": [', id="a wrap"),
        pytest.param(
            dict.fromkeys("abcdef"), Format.CHAT, '"c", "d", …', "Such a row", id="many keys"
        ),
        pytest.param(
            {"prompt": "a", "answer": "b"}, Format.REINFORCEMENT, '"prompt"', "Such", id="a prompt"
        ),
        pytest.param({"input": "a"}, Format.CHAT, 'keys: "input"', "Such a row", id="an input"),
        pytest.param({"text": "a"}, Format.PREFERENCE, '"text"', '"input": {', id="a text"),
        pytest.param(
            PREFERENCE_ON_THE_ROW, Format.PREFERENCE, "itself", '"input": {', id="no input"
        ),
        pytest.param(CHAT, Format.PREFERENCE, "chat row", "`method: supervised`", id="chats"),
    ],
)
def test_a_row_of_another_format_is_called_so(
    row: Json, wanted: Format, name: str, hint: str
) -> None:
    finding = explain_stranger(row, wanted)
    assert finding is not None
    assert name in finding.message
    assert hint in (finding.hint or "")


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        pytest.param(CHAT, Format.CHAT, id="a chat"),
        pytest.param(REINFORCEMENT, Format.REINFORCEMENT, id="a prompt to grade"),
        pytest.param(PREFERENCE, Format.PREFERENCE, id="a preference"),
        pytest.param({**CHAT, "prompt": 1, "completion": 2}, Format.CHAT, id="messages and more"),
        pytest.param({"input": 1, "output": 2}, Format.PREFERENCE, id="half a preference"),
        pytest.param({"mesages": []}, Format.CHAT, id="a typo"),
        pytest.param({"id": 1, "tools": []}, Format.CHAT, id="half a chat"),
        pytest.param({}, Format.CHAT, id="nothing"),
    ],
)
def test_a_row_with_mistakes_is_no_stranger(row: Json, wanted: Format) -> None:
    assert explain_stranger(row, wanted) is None
