"""Each code once by example: what is found, where, and what the hint says."""

import io
import json

import pytest

from ftops.dataset import concatenate
from ftops.dataset.check import check_stream
from ftops.dataset.finding import MEANINGS, WARNINGS, Code, Finding, Severity
from ftops.dataset.formats import Format
from ftops.dataset.judge import judge
from ftops.dataset.repeats import MAX_DEPTH
from tests.dataset.rows import (
    ASK,
    CHAT,
    IMAGE,
    PREFERENCE,
    REINFORCEMENT,
    SAY,
    TOOL,
    Json,
    line,
    lines,
)

CHATS, PREFERENCES, REINFORCEMENTS = Format.CHAT, Format.PREFERENCE, Format.REINFORCEMENT


def chat(*messages: object, **more: object) -> Json:
    return {"messages": list(messages), **more}


def said(content: object) -> Json:
    return {"role": "assistant", "content": content}


def nested(depth: int) -> bytes:
    """A reinforcement row that is `depth` levels deep: the row, its extra key, and lists within."""
    deep = b"[" * (depth - 1) + b"]" * (depth - 1)
    return b'{"messages": [%s], "x": %s}' % (json.dumps(ASK).encode(), deep)


BYTES = [
    pytest.param(b"{'a': 1}", "FT001", "double quotes", id="single quotes"),
    pytest.param(b"{", "FT001", "pretty-printed", id="a pretty-printed file"),
    pytest.param(b'[{"a": 1},', "FT001", "not an array", id="an array over lines"),
    pytest.param(b'{"a": 1},', "FT001", "comma", id="a comma after the row"),
    pytest.param(b'{"a": "x\ty"}', "FT001", r"\t", id="a raw tab in a text"),
    pytest.param(line(CHAT).strip() * 2, "FT001", "one complete", id="two rows on one line"),
    pytest.param(b'{"a": "\xff"}', "FT002", "UTF-8", id="a byte that is no UTF-8"),
    pytest.param(b'{"a": "\xed\xa0\x80"}', "FT002", "UTF-8", id="a surrogate written as UTF-8"),
    pytest.param(b"\r\n", "FT004", "Delete", id="a blank line"),
    pytest.param(b"", "FT004", "Delete", id="nothing"),
    pytest.param(b"[1]", "FT005", "object", id="a list"),
    pytest.param(b"null", "FT005", "object", id="null"),
    pytest.param(b"[" * 100_000 + b"]" * 100_000, "FT007", "Flatten", id="too deep for the parser"),
    pytest.param(b'{"a": NaN}', "FT010", "text", id="not a number"),
    pytest.param(b'{"a": -Infinity}', "FT010", "text", id="infinity"),
    pytest.param(b'{"a": ' + b"9" * 5000 + b"}", "FT010", "text", id="a number of 5000 digits"),
]


@pytest.mark.parametrize(("written", "code", "hint"), BYTES)
def test_what_is_no_row_at_all(written: bytes, code: str, hint: str) -> None:
    row, [finding] = judge(written, CHATS)
    assert row is None
    assert (finding.code, finding.path) == (code, "")
    assert hint in (finding.hint or "")


MOJIBAKE = '{"messages": [%s, {"role": "assistant", "content": "\\ud83d"}]}' % json.dumps(ASK)
ROWS = [
    pytest.param(
        CHATS,
        b'{"messages": [], "messages": [%s]}' % json.dumps(SAY).encode(),
        "FT006",
        "messages",
        id="a key twice",
    ),
    pytest.param(
        REINFORCEMENTS,
        b'{"messages": [%s], "a": [{"b c": 1, "b c": 1}]}' % json.dumps(ASK).encode(),
        "FT006",
        'a[0]["b c"]',
        id="a key twice far inside",
    ),
    pytest.param(REINFORCEMENTS, nested(MAX_DEPTH + 1), "FT007", "", id="one level too deep"),
    pytest.param(CHATS, MOJIBAKE.encode(), "FT009", "messages[1].content", id="half a character"),
    pytest.param(
        REINFORCEMENTS,
        b'{"messages": [%s], "\\ud83d": 1}' % json.dumps(ASK).encode(),
        "FT009",
        '["\\ud83d"]',
        id="half a character in a key",
    ),
    pytest.param(
        REINFORCEMENTS,
        b'{"messages": [%s], "x": 1e999}' % json.dumps(ASK).encode(),
        "FT010",
        "",
        id="a float out of range",
    ),
    pytest.param(CHATS, line(PREFERENCE), "FT020", "", id="preference rows for supervised"),
    pytest.param(
        REINFORCEMENTS, line(PREFERENCE), "FT020", "", id="preference rows for reinforcement"
    ),
    pytest.param(PREFERENCES, line(CHAT), "FT020", "", id="chat rows for dpo"),
    pytest.param(
        CHATS, line({"prompt": "a", "completion": "b"}), "FT020", "", id="prompt and completion"
    ),
    pytest.param(CHATS, line({}), "FT021", "messages", id="no messages key"),
    pytest.param(
        CHATS, line(chat({"content": "x"}, SAY)), "FT021", "messages[0].role", id="no role"
    ),
    pytest.param(
        PREFERENCES, line({**PREFERENCE, "input": {}}), "FT021", "input.messages", id="no prompt"
    ),
    pytest.param(
        CHATS,
        line(chat({"role": "tool", "content": "x"}, SAY)),
        "FT021",
        "messages[0].tool_call_id",
        id="a tool message without its call",
    ),
    pytest.param(CHATS, line({**CHAT, "weight": 1}), "FT022", "weight", id="a weight on the row"),
    pytest.param(
        CHATS,
        line(chat({**ASK, "weight": 1}, SAY)),
        "FT022",
        "messages[0].weight",
        id="a weight on a question",
    ),
    pytest.param(
        CHATS,
        line(chat(ASK, {**SAY, "contnet": 1})),
        "FT022",
        "messages[1].contnet",
        id="a typo in a key",
    ),
    pytest.param(
        CHATS, line({**CHAT, "answer": 1}), "FT022", "answer", id="an extra key for supervised"
    ),
    pytest.param(
        CHATS, line({"messages": "x"}), "FT023", "messages", id="messages that are a text"
    ),
    pytest.param(
        CHATS, line(chat("x", SAY)), "FT023", "messages[0]", id="a message that is a text"
    ),
    pytest.param(
        CHATS, line(chat(ASK, said(5))), "FT023", "messages[1].content", id="a number as content"
    ),
    pytest.param(
        CHATS,
        line(chat(ASK, {**SAY, "name": None})),
        "FT023",
        "messages[1].name",
        id="null as name",
    ),
    pytest.param(
        CHATS,
        line({**CHAT, "parallel_tool_calls": 1}),
        "FT023",
        "parallel_tool_calls",
        id="1 for true",
    ),
    pytest.param(
        PREFERENCES, line({**PREFERENCE, "input": [ASK]}), "FT023", "input", id="a list as input"
    ),
    pytest.param(
        CHATS,
        line({**CHAT, "tools": [{**TOOL, "type": "web"}]}),
        "FT024",
        "tools[0].type",
        id="an unknown tool type",
    ),
    pytest.param(CHATS, line({**CHAT, "functions": []}), "FT024", "functions", id="no functions"),
    pytest.param(
        CHATS,
        line({**CHAT, "functions": [{"name": "f"}] * 129}),
        "FT024",
        "functions",
        id="129 functions",
    ),
    pytest.param(
        CHATS,
        line({**CHAT, "functions": [{"name": "f\n"}]}),
        "FT024",
        "functions[0].name",
        id="a line end in a function name",
    ),
    pytest.param(
        CHATS,
        line(chat({**ASK, "role": "human"}, SAY)),
        "FT025",
        "messages[0].role",
        id="another format's role",
    ),
    pytest.param(
        CHATS,
        line(chat({**ASK, "role": ["user"]}, SAY)),
        "FT025",
        "messages[0].role",
        id="a list as role",
    ),
    pytest.param(
        CHATS,
        line(chat(ASK, {**SAY, "weight": True})),
        "FT026",
        "messages[1].weight",
        id="true as weight",
    ),
    pytest.param(
        CHATS,
        line(chat(ASK, {**SAY, "weight": 1.0})),
        "FT026",
        "messages[1].weight",
        id="1.0 as weight",
    ),
    pytest.param(
        CHATS,
        line(chat(ASK, {**SAY, "weight": 2})),
        "FT026",
        "messages[1].weight",
        id="2 as weight",
    ),
    pytest.param(
        CHATS,
        line(chat(ASK, {**SAY, "weight": None})),
        "FT026",
        "messages[1].weight",
        id="null as weight",
    ),
    pytest.param(
        CHATS,
        line(chat(ASK, said([IMAGE]))),
        "FT027",
        "messages[1].content[0].type",
        id="an image by the assistant",
    ),
    pytest.param(
        CHATS,
        line(chat({"role": "system", "content": [IMAGE]}, SAY)),
        "FT027",
        "messages[0].content[0].type",
        id="an image by the system",
    ),
    pytest.param(
        CHATS,
        line(chat({"role": "user", "content": [{"type": "audio"}]}, SAY)),
        "FT027",
        "messages[0].content[0].type",
        id="an unknown part",
    ),
    pytest.param(CHATS, line(chat()), "FT030", "messages", id="an empty conversation"),
    pytest.param(
        CHATS,
        line(chat({"role": "user"}, SAY)),
        "FT031",
        "messages[0].content",
        id="a question without content",
    ),
    pytest.param(
        CHATS,
        line(chat({"role": "user", "content": None}, SAY)),
        "FT031",
        "messages[0].content",
        id="null as a question",
    ),
    pytest.param(
        CHATS,
        line(chat({"role": "user", "content": ""}, SAY)),
        "FT031",
        "messages[0].content",
        id="an empty question",
    ),
    pytest.param(
        CHATS,
        line(chat({"role": "system", "content": []}, SAY)),
        "FT031",
        "messages[0].content",
        id="no parts",
    ),
    pytest.param(
        CHATS,
        line(chat(ASK, {"role": "assistant"})),
        "FT031",
        "messages[1].content",
        id="an assistant that says nothing",
    ),
    pytest.param(
        CHATS,
        line(chat(ASK, {**said(None), "tool_calls": []})),
        "FT031",
        "messages[1].content",
        id="no content and no calls",
    ),
    pytest.param(
        CHATS,
        line(chat(ASK, said([{"type": "refusal", "refusal": ""}]))),
        "FT031",
        "messages[1].content",
        id="an empty refusal",
    ),
    pytest.param(
        CHATS,
        line(chat(ASK, said([{"type": "text", "text": ""}]))),
        "FT031",
        "messages[1].content",
        id="an empty part",
    ),
    pytest.param(
        PREFERENCES,
        line({**PREFERENCE, "preferred_output": [said("")]}),
        "FT031",
        "preferred_output[0].content",
        id="an empty preferred answer",
    ),
    pytest.param(CHATS, line(chat(ASK)), "FT032", "messages", id="no assistant"),
    pytest.param(
        CHATS, line(chat(ASK, {**SAY, "weight": 0})), "FT033", "messages", id="only weight 0"
    ),
    pytest.param(
        PREFERENCES,
        line({**PREFERENCE, "preferred_output": []}),
        "FT034",
        "preferred_output",
        id="no preferred answer",
    ),
    pytest.param(
        PREFERENCES,
        line({**PREFERENCE, "non_preferred_output": [SAY, SAY]}),
        "FT034",
        "non_preferred_output",
        id="two answers to avoid",
    ),
    pytest.param(
        PREFERENCES,
        line({**PREFERENCE, "preferred_output": [ASK]}),
        "FT034",
        "preferred_output",
        id="a question as the answer",
    ),
    pytest.param(
        PREFERENCES,
        line({**PREFERENCE, "input": chat({"role": "user", "content": [IMAGE]})}),
        "FT035",
        "input.messages[0].content[0]",
        id="an image for dpo",
    ),
]


@pytest.mark.parametrize(("row_format", "written", "code", "path"), ROWS)
def test_a_row_with_one_error_has_one_finding(
    row_format: Format, written: bytes, code: str, path: str
) -> None:
    row, [finding] = judge(written, row_format)
    assert row is None
    assert (finding.code, finding.path, finding.severity) == (code, path, Severity.ERROR)


@pytest.mark.parametrize(
    ("row_format", "row", "code", "path"),
    [
        pytest.param(CHATS, chat(ASK, SAY, ASK), "FT036", "messages[2]", id="a last question"),
        pytest.param(
            REINFORCEMENTS, chat(ASK, SAY), "FT037", "messages[1]", id="an answered prompt"
        ),
    ],
)
def test_a_warning_leaves_the_row_legal(
    row_format: Format, row: Json, code: str, path: str
) -> None:
    legal, [finding] = judge(line(row), row_format)
    assert legal is not None
    assert (finding.code, finding.path, finding.severity) == (code, path, Severity.WARNING)


def hints(written: bytes, row_format: Format = CHATS) -> list[str | None]:
    return [finding.hint for finding in judge(written, row_format)[1]]


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        pytest.param(line(chat({**ASK, "role": "usr"}, SAY)), 'Did you mean "user"?', id="role"),
        pytest.param(line(chat({**ASK, "role": "gpt"}, SAY)), 'Did you mean "assistant"?', id="alias"),
        pytest.param(line({**CHAT, "tool": []}), 'Did you mean "tools"?', id="key"),
        pytest.param(line({"conversations": []}), 'Did you mean "messages"?', id="key of another format"),
        pytest.param(line(PREFERENCE), "Set `method: dpo`, or convert the rows.", id="method"),
        pytest.param(line({**CHAT, "weight": 1}), "A weight belongs to an assistant message, and to nothing else.", id="weight"),
        pytest.param(line(chat(ASK, said(5))), "Put it into double quotes.", id="number for text"),
        pytest.param(line(chat({**ASK, "role": "x"}, SAY)), 'Write "system" or "developer" or "user" or "assistant" or "tool" or "function".', id="no guess"),
    ],
)  # fmt: skip
def test_hints_say_what_was_probably_meant(written: bytes, hint: str) -> None:
    assert hint in hints(written)


def test_all_mistakes_of_a_line_are_told_at_once() -> None:
    row = chat(
        {"role": "human", "content": "x", "nmae": "y"},
        {"role": "assistant", "content": "", "weight": "1"},
        tool=[],
    )
    found = [(finding.code, finding.path) for finding in judge(line(row), CHATS)[1]]
    assert found == [
        ("FT025", "messages[0].role"),
        ("FT022", "messages[0].nmae"),
        ("FT026", "messages[1].weight"),
        ("FT022", "tool"),
        ("FT031", "messages[1].content"),
    ]


def test_the_deepest_row_that_is_allowed_is_legal() -> None:
    assert judge(nested(MAX_DEPTH), REINFORCEMENTS)[1] == []


def test_a_long_word_is_shown_shortened() -> None:
    [finding] = judge(line({**CHAT, "k" * 5000: 1}), CHATS)[1]
    assert len(finding.message) < 100


def of_file(content: bytes) -> list[Finding]:
    return list(check_stream(io.BytesIO(content), method="supervised", limit=100).findings)


def test_codes_of_whole_files(monkeypatch: pytest.MonkeyPatch) -> None:
    [few] = of_file(lines(9))
    assert (few.code, few.line) == (Code.TOO_FEW_EXAMPLES, None)
    assert few.message == "Training file has 9 example(s), but must have at least 10 examples"
    [mark] = of_file(b"\xef\xbb\xbf" + lines(10))
    assert (mark.code, mark.line, mark.severity) == (Code.BYTE_ORDER_MARK, 1, Severity.WARNING)
    [cut] = of_file(lines(10) + line(chat(ASK, said("word " * 300))) * 2)
    assert (cut.code, cut.line, cut.severity) == (Code.EXAMPLES_CUT, 11, Severity.WARNING)
    assert cut.message.startswith("About 2 example(s) have more than 100 tokens")
    monkeypatch.setattr(concatenate, "MAX_ROW_BYTES", 200)
    long = of_file(lines(9) + line(chat(ASK, said("word " * 300))) + line(CHAT) + b"\n")
    assert [(f.code, f.line) for f in long] == [(Code.TOO_LONG, 10), (Code.BLANK_LINE, 12)]


def test_every_code_has_a_meaning_and_an_example_here() -> None:
    shown = {str(param.values[1]) for param in BYTES} | {str(param.values[2]) for param in ROWS}
    shown |= WARNINGS | {Code.TOO_FEW_EXAMPLES, Code.TOO_LONG}
    assert shown == set(Code) == set(MEANINGS)
    assert len({code.value for code in Code}) == len(Code)


def test_extra_keys_are_for_reinforcement() -> None:
    assert judge(line(REINFORCEMENT), REINFORCEMENTS)[1] == []
