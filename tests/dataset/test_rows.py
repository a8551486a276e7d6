"""What may be wrong with a row: one mistake each, its code and its place."""

import json

import pytest

from ftops.dataset.finding import Severity
from ftops.dataset.formats import Format
from ftops.dataset.judge import judge
from ftops.dataset.legal.repeats import MAX_DEPTH
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
    nested,
)

ASK_JSON = json.dumps(ASK).encode()
HALF_KEY = b'{"messages": [%s], "\\ud83d": 1}' % ASK_JSON
HALF_TEXT = b'{"messages": [%s, {"role": "assistant", "content": "\\ud83d"}]}' % ASK_JSON
TWICE = b'{"messages": [], "messages": [%s]}' % json.dumps(SAY).encode()
TWICE_INSIDE = b'{"messages": [%s], "a": [{"b c": 1, "b c": 1}]}' % ASK_JSON
TOO_LARGE = b'{"messages": [%s], "x": 1e999}' % ASK_JSON
PROMPT_AND_COMPLETION = {"prompt": "a", "completion": "b"}
TYPO = {"role": "assistant", "content": "x", "contnet": 1}

BY_ROW: list[tuple[str, Format, object, str, str]] = [
    ("a key twice", Format.CHAT, TWICE, "FT006", "messages"),
    ("a key twice inside", Format.REINFORCEMENT, TWICE_INSIDE, "FT006", 'a[0]["b c"]'),
    ("one level too deep", Format.REINFORCEMENT, nested(MAX_DEPTH + 1), "FT007", ""),
    ("half a character", Format.CHAT, HALF_TEXT, "FT009", "messages[1].content"),
    ("half a character in a key", Format.REINFORCEMENT, HALF_KEY, "FT009", '["\\ud83d"]'),
    ("a float out of range", Format.REINFORCEMENT, TOO_LARGE, "FT010", ""),
    ("preferences for supervised", Format.CHAT, PREFERENCE, "FT020", ""),
    ("preferences for reinforcement", Format.REINFORCEMENT, PREFERENCE, "FT020", ""),
    ("chat rows for dpo", Format.PREFERENCE, CHAT, "FT020", ""),
    ("prompt and completion", Format.CHAT, PROMPT_AND_COMPLETION, "FT020", ""),
    ("no messages key", Format.CHAT, {}, "FT021", "messages"),
    ("a weight on the row", Format.CHAT, {**CHAT, "weight": 1}, "FT022", "weight"),
    ("an extra key for supervised", Format.CHAT, {**CHAT, "x": 1}, "FT022", "x"),
    ("messages that are a text", Format.CHAT, {"messages": "x"}, "FT023", "messages"),
    ("1 for true", Format.CHAT, {**CHAT, "parallel_tool_calls": 1}, "FT023", "parallel_tool_calls"),
    ("no functions", Format.CHAT, {**CHAT, "functions": []}, "FT024", "functions"),
    (
        "129 functions",
        Format.CHAT,
        {**CHAT, "functions": [{"name": "f"}] * 129},
        "FT024",
        "functions",
    ),
    (
        "a line end in a name",
        Format.CHAT,
        {**CHAT, "functions": [{"name": "f\n"}]},
        "FT024",
        "functions[0].name",
    ),
    (
        "an unknown tool",
        Format.CHAT,
        {**CHAT, "tools": [{**TOOL, "type": "web"}]},
        "FT024",
        "tools[0].type",
    ),
    ("an empty conversation", Format.CHAT, {"messages": []}, "FT030", "messages"),
    ("no assistant", Format.CHAT, {"messages": [ASK]}, "FT032", "messages"),
    ("only weight 0", Format.CHAT, {"messages": [{**SAY, "weight": 0}]}, "FT033", "messages"),
]

ASKED: list[tuple[str, object, str, str]] = [
    ("a text as message", "x", "FT023", ""),
    ("no role", {"content": "x"}, "FT021", ".role"),
    ("another format's role", {**ASK, "role": "human"}, "FT025", ".role"),
    ("a list as role", {**ASK, "role": ["user"]}, "FT025", ".role"),
    ("no tool call id", {"role": "tool", "content": "x"}, "FT021", ".tool_call_id"),
    ("a weight on a question", {**ASK, "weight": 1}, "FT022", ".weight"),
    ("null as a name", {**ASK, "name": None}, "FT023", ".name"),
    ("an image by the system", {"role": "system", "content": [IMAGE]}, "FT027", ".content[0].type"),
    ("an unknown part", {"role": "user", "content": [{"type": "x"}]}, "FT027", ".content[0].type"),
    ("no content", {"role": "user"}, "FT031", ".content"),
    ("null as content", {"role": "user", "content": None}, "FT031", ".content"),
    ("an empty question", {"role": "user", "content": ""}, "FT031", ".content"),
    ("no parts", {"role": "system", "content": []}, "FT031", ".content"),
]
"""A first message, followed by an answer."""

ANSWERED: list[tuple[str, Json, str, str]] = [
    ("a typo in a key", TYPO, "FT022", ".contnet"),
    ("a number as content", {**SAY, "content": 5}, "FT023", ".content"),
    ("true as weight", {**SAY, "weight": True}, "FT026", ".weight"),
    ("1.0 as weight", {**SAY, "weight": 1.0}, "FT026", ".weight"),
    ("2 as weight", {**SAY, "weight": 2}, "FT026", ".weight"),
    ("null as weight", {**SAY, "weight": None}, "FT026", ".weight"),
    ("a list as weight", {**SAY, "weight": [1]}, "FT026", ".weight"),
    ("an image", {**SAY, "content": [IMAGE]}, "FT027", ".content[0].type"),
    ("nothing said", {"role": "assistant"}, "FT031", ".content"),
    ("no content, no calls", {**SAY, "content": None, "tool_calls": []}, "FT031", ".content"),
    ("an empty text", {**SAY, "content": [{"type": "text", "text": ""}]}, "FT031", ".content"),
    (
        "an empty refusal",
        {**SAY, "content": [{"type": "refusal", "refusal": ""}]},
        "FT031",
        ".content",
    ),
]
"""A last message, after a question."""

SHOWN = {"messages": [{"role": "user", "content": [{"type": "text", "text": "Look:"}, IMAGE]}]}
PREFERRED: list[tuple[str, Json, str, str]] = [
    ("a list as input", {"input": [ASK]}, "FT023", "input"),
    ("no prompt", {"input": {}}, "FT021", "input.messages"),
    (
        "an empty answer",
        {"preferred_output": [{**SAY, "content": ""}]},
        "FT031",
        "preferred_output[0].content",
    ),
    ("no answer", {"preferred_output": []}, "FT034", "preferred_output"),
    ("a text as answer", {"preferred_output": "x"}, "FT023", "preferred_output"),
    ("two answers", {"non_preferred_output": [SAY, SAY]}, "FT034", "non_preferred_output"),
    ("a question as answer", {"preferred_output": [ASK]}, "FT034", "preferred_output"),
    ("an image", {"input": SHOWN}, "FT035", "input.messages[0].content[1]"),
]
"""What is put over a legal preference row."""

WRONG = [
    *(
        pytest.param(row_format, row if isinstance(row, bytes) else line(row), code, path, id=name)
        for name, row_format, row, code, path in BY_ROW
    ),
    *(
        pytest.param(
            Format.CHAT,
            line({"messages": [asked, SAY]}),
            code,
            f"messages[0]{end}",
            id=f"asked: {name}",
        )
        for name, asked, code, end in ASKED
    ),
    *(
        pytest.param(
            Format.CHAT,
            line({"messages": [ASK, said]}),
            code,
            f"messages[1]{end}",
            id=f"answered: {name}",
        )
        for name, said, code, end in ANSWERED
    ),
    *(
        pytest.param(Format.PREFERENCE, line({**PREFERENCE, **part}), code, path, id=f"dpo: {name}")
        for name, part, code, path in PREFERRED
    ),
]


@pytest.mark.parametrize(("row_format", "written", "code", "path"), WRONG)
def test_a_row_with_one_mistake_has_one_finding(
    row_format: Format, written: bytes, code: str, path: str
) -> None:
    row, [finding] = judge(written, row_format)
    assert row is None
    assert (finding.code, finding.path, finding.severity) == (code, path, Severity.ERROR)


@pytest.mark.parametrize(
    ("row_format", "messages", "code", "path"),
    [
        pytest.param(Format.CHAT, [ASK, SAY, ASK], "FT036", "messages[2]", id="a last question"),
        pytest.param(
            Format.REINFORCEMENT, [ASK, SAY], "FT037", "messages[1]", id="an answered prompt"
        ),
    ],
)
def test_a_warning_leaves_the_row_legal(
    row_format: Format, messages: list[Json], code: str, path: str
) -> None:
    legal, [finding] = judge(line({"messages": messages}), row_format)
    assert legal is not None
    assert (finding.code, finding.path, finding.severity) == (code, path, Severity.WARNING)


def test_instructions_at_the_end_are_late_and_nothing_more() -> None:
    late = {"role": "system", "content": "Be kind."}
    legal, [finding] = judge(line({"messages": [ASK, SAY, late]}), Format.CHAT)
    assert legal is not None
    assert (finding.code, finding.path) == ("FT041", "messages[2].role")


def test_all_mistakes_of_a_line_are_told_at_once() -> None:
    row = {
        "messages": [
            {"role": "human", "content": "x", "nmae": "y"},
            {"role": "assistant", "content": "", "weight": "1"},
        ],
        "tool": [],
    }
    assert [(finding.code, finding.path) for finding in judge(line(row), Format.CHAT)[1]] == [
        ("FT022", "tool"),
        ("FT022", "messages[0].nmae"),
        ("FT025", "messages[0].role"),
        ("FT026", "messages[1].weight"),
        ("FT031", "messages[1].content"),
    ]


@pytest.mark.parametrize(
    ("row", "hint"),
    [
        pytest.param({"messages": [{**ASK, "role": "usr"}]}, 'Did you mean "user"?', id="role"),
        pytest.param(
            {"messages": [{**ASK, "role": "gpt"}]}, 'Did you mean "assistant"?', id="alias"
        ),
        pytest.param({**CHAT, "tool": []}, 'Did you mean "tools"?', id="key"),
        pytest.param({"conversation": []}, 'Did you mean "messages"?', id="another format's key"),
        pytest.param(PREFERENCE, "Set `method: dpo`, or make chat rows", id="method"),
        pytest.param(
            {**CHAT, "weight": 1}, "A weight belongs to an assistant message", id="weight"
        ),
        pytest.param(
            {"messages": [{**ASK, "content": 5}]}, "Put it into double quotes.", id="number"
        ),
        pytest.param({"messages": [{**ASK, "role": "x"}]}, 'Write "system" or "dev', id="no guess"),
        pytest.param({"messages": "[]"}, "It is JSON in a text", id="a list as a text"),
        pytest.param({**CHAT, "tools": {}}, "Put it between square brackets", id="no list"),
        pytest.param(
            {"messages": [{**ASK, "content": ["Hello?"]}]}, 'Write {"type": "text"', id="no part"
        ),
        pytest.param(
            {"messages": [{**ASK, "content": [{"type": "image_url", "image_url": "x"}]}]},
            'Write {"url": …}.',
            id="a picture's address",
        ),
        *(
            pytest.param({"messages": messages}, hint, id=name)
            for name, messages, hint in (
                ("pairs", [["user", "x"]], 'Write {"role": …'),
                ("a list within", [[ASK, SAY]], "Remove the brackets"),
                ("turns as keys", {"user": "x"}, 'Write [{"role": …'),
                ("one message", ASK, "Put it between square brackets"),
                ("a role as key", [{"user": "x"}, SAY], 'Write {"role": "user", "content"'),
                (
                    "a part without type",
                    [{**ASK, "content": [{"text": "x"}]}],
                    'Add "type": "text"',
                ),
                ("an object as content", [{**ASK, "content": {"text": "x"}}], "Write a text, or"),
                ("null as content", [{**ASK, "content": None}], "Write a text in its place."),
                ("null as name", [{**ASK, "name": None}], "Leave it out"),
                ("bytes", [{**ASK, "content": [{**IMAGE, "image_url": {"url": [1]}}]}], "Use an"),
                ("nothing as messages", "", 'Write [{"role": …'),
                ("a name as call", [{**SAY, "function_call": "f"}], 'Write {"name": …, "arg'),
                ("false as refusal", [{**SAY, "refusal": False}], "Write what was said, or"),
                ("a call by a user", [{**ASK, "tool_calls": []}], "Calls belong to an assistant"),
                ("an answer's id", [ASK, {**SAY, "tool_call_id": "x"}], "It belongs to a message"),
                ("a chatbot", [ASK, {**SAY, "role": "Chatbot"}], 'Did you mean "assistant"?'),
            )
        ),
        pytest.param(
            {**CHAT, "tools": ["f"]}, 'Write {"type": "function", "function', id="a tool's name"
        ),
        pytest.param(
            {**CHAT, "functions": [{"name": "f", "strict": "true"}]},
            "Write true or false",
            id="strict as a text",
        ),
        pytest.param(
            {**CHAT, "parallel_tool_calls": "true"}, "Write true or false", id="true as a text"
        ),
        pytest.param({"messages": None}, "Give it a value.", id="null"),
        pytest.param({"system": "x", **CHAT}, "Write it as the first message", id="a system"),
        pytest.param(
            {"messages": [{**SAY, "function_call": {"name": "f", "arguments": {}}}]},
            "Write the object's JSON as one text",
            id="arguments as an object",
        ),
    ],
)
def test_hints_say_what_was_probably_meant(row: Json, hint: str) -> None:
    hints = [finding.hint or "" for finding in judge(line(row), Format.CHAT)[1]]
    assert any(told.startswith(hint) for told in hints)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        pytest.param("x", 'Write [{"role": "assistant"', id="an answer as a text"),
        pytest.param(SAY, "Put it between", id="an answer that is not listed"),
        pytest.param(["x"], 'Write {"role": …', id="a text in the list"),
        pytest.param(None, "Give it a value.", id="null"),
    ],
)
def test_hints_about_preferred_answers(answer: object, hint: str) -> None:
    [finding] = judge(line({**PREFERENCE, "preferred_output": answer}), Format.PREFERENCE)[1]
    assert (finding.hint or "").startswith(hint)


@pytest.mark.parametrize("prompt", ["x", [ASK]])
def test_a_prompt_is_an_object(prompt: object) -> None:
    [finding] = judge(line({**PREFERENCE, "input": prompt}), Format.PREFERENCE)[1]
    assert (finding.hint or "").startswith('Write {"messages": [')


FUNCTION = TOOL["function"]


@pytest.mark.parametrize(
    ("row", "code", "path", "hint"),
    [
        pytest.param(
            {**CHAT, "tools": [{"type": "function", **FUNCTION}]},  # type: ignore[dict-item]
            "FT021",
            "tools[0].function",
            'Write {"type": "function", "function"',
            id="a tool of the Responses interface",
        ),
        pytest.param(
            {**CHAT, "tools": [{"name": "f", "input_schema": {}}]},
            "FT021",
            "tools[0].function",
            'Write {"type": "function", "function"',
            id="a tool of another provider",
        ),
        pytest.param(
            {"messages": [ASK, {**SAY, "tool_calls": [{"id": "c", "name": "f", "args": {}}]}]},
            "FT021",
            "messages[1].tool_calls[0].function",
            'Write {"id": …, "type": "function", "function"',
            id="a flat call",
        ),
        pytest.param(
            {**CHAT, "tools": [{"type": "web_search"}]},
            "FT024",
            "tools[0].type",
            'Write "function".',
            id="a tool of the provider's own",
        ),
        pytest.param(
            {**CHAT, "tools": [{}]},
            "FT021",
            "tools[0].function",
            'Write {"type": "function", "function"',
            id="a tool that is nothing",
        ),
        *(
            pytest.param(
                {"messages": [{**ASK, "content": [part]}, SAY]},
                "FT027",
                "messages[0].content[0].type",
                hint,
                id=f"a part of type {part['type']}",
            )
            for part, hint in (
                ({"type": "image", "image": "x"}, 'Write {"type": "image_url"'),
                ({"type": "input_image", "image_url": "x"}, 'Write {"type": "image_url"'),
                ({"type": "input_text", "text": "x"}, 'Did you mean "text"?'),
                ({"type": "tool_use", "id": "x", "name": "f", "input": {}}, "Calls stand"),
                ({"type": "tool_result", "tool_use_id": "x"}, "What a tool answered"),
            )
        ),
        pytest.param(
            {"messages": [ASK, {**SAY, "content": [{"type": "image", "image": "x"}]}]},
            "FT027",
            "messages[1].content[0].type",
            'Write "text" or "refusal".',
            id="an assistant's picture",
        ),
    ],
)
def test_what_other_interfaces_have_is_one_mistake(
    row: Json, code: str, path: str, hint: str
) -> None:
    [finding] = judge(line(row), Format.CHAT)[1]
    assert (finding.code, finding.path) == (code, path)
    assert (finding.hint or "").startswith(hint)


def test_the_deepest_row_that_is_allowed_is_legal() -> None:
    assert judge(nested(MAX_DEPTH), Format.REINFORCEMENT)[1] == []


def test_many_messages_are_not_deep_and_a_tool_can_be() -> None:
    tool = {**TOOL, "function": {"name": "f", "parameters": json.loads(nested(MAX_DEPTH))}}
    assert judge(line({"messages": [ASK, SAY] * 99, "tools": [TOOL]}), Format.CHAT)[1] == []
    [finding] = judge(line({**CHAT, "tools": [tool]}), Format.CHAT)[1]
    assert finding.code == "FT007"


def test_large_whole_numbers_are_free_to_stand_in_extra_keys() -> None:
    assert judge(line({**REINFORCEMENT, "n": 10**400}), Format.REINFORCEMENT)[1] == []


def test_extra_keys_are_for_reinforcement() -> None:
    assert judge(line(REINFORCEMENT), Format.REINFORCEMENT)[1] == []


def test_a_long_word_is_shown_shortened() -> None:
    [finding] = judge(line({**CHAT, "k" * 5000: 1}), Format.CHAT)[1]
    assert len(finding.message) < 100
