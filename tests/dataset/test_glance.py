"""The quick yes by counting quotes says yes to exactly the rows that deserve it."""

import pytest

from ftops.dataset.formats import ChatRow, Format
from ftops.dataset.glance import GLANCES
from tests.dataset.rows import ASK, SAY, line

glance = GLANCES[Format.CHAT]


@pytest.mark.parametrize(
    ("messages", "learned", "texts"),
    [
        pytest.param([ASK, SAY], 1, True, id="plain talk"),
        pytest.param([ASK, {**SAY, "content": 'say "yes" \\ "no"'}], 1, True, id="quotes in texts"),
        pytest.param([ASK, SAY, ASK, {**SAY, "weight": 1}], 2, True, id="a weight"),
        pytest.param([ASK, {**SAY, "weight": 0}, ASK, SAY], 1, True, id="one answer not learned"),
        pytest.param([ASK, {**SAY, "content": '"', "weight": 1}], 1, True, id="both"),
        pytest.param([{**ASK, "name": "Ada"}, SAY], 1, False, id="a name"),
        pytest.param(
            [{**ASK, "content": [{"type": "text", "text": "Hi"}]}, SAY], 1, False, id="parts"
        ),
        pytest.param([ASK, {"role": "assistant", "refusal": "No"}], 1, False, id="a refusal"),
    ],
)
def test_what_is_seen_of_rows_beyond_reproach(
    messages: list[dict[str, object]], learned: int, *, texts: bool
) -> None:
    seen = glance(line({"messages": messages}))
    assert seen is not None
    row, counted, shows_pictures, found = seen
    assert isinstance(row, ChatRow)
    assert (counted, shows_pictures) == (learned, False)
    assert found == ([one["content"] for one in messages] if texts else None)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(
            b'{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"x","content":"b"}]}',
            id="a key twice",
        ),
        pytest.param(
            b'{"messages":[{"role":"user","content":"a"},'
            b'{"role":"assistant","content":"\\u0022\\u0022","weight":1,"weight":1}]}',
            id="a key twice, made up for by quotes that are written oddly",
        ),
        pytest.param(
            b'{"messages":[{"role":"user","name":"","content":"a"},{"role":"assistant"}]}',
            id="a name in the place of a content",
        ),
        pytest.param(
            b'{"messages":[{"role":"user","content":"a"},'
            b'{"role":"assistant","content":"b","weight":0}]}',
            id="nothing to learn",
        ),
    ],
)
def test_rows_that_need_words_get_no_quick_yes(written: bytes) -> None:
    assert glance(written) is None
