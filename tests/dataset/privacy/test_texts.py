"""Every text of a row is seen, wherever it hides, and paths never give a value away."""

import json
from typing import Any

import pytest

from ftops.dataset.privacy.scan import look_through
from ftops.dataset.privacy.texts import decode

MAIL = "mira.oldfield@quietharbor-mail.net"
DEEP: Any = MAIL
DEEPER: Any = MAIL
for _ in range(150):
    DEEP, DEEPER = [DEEP], {"a": DEEPER}

HIDING = [
    pytest.param({"messages": [{"content": MAIL}]}, "messages[0].content", id="a content"),
    pytest.param({"content": [{"text": f"hi {MAIL}"}]}, "content[0].text", id="a part"),
    pytest.param({"a": {"odd key!": MAIL}}, 'a["odd key!"]', id="an odd key"),
    pytest.param({"a": {MAIL: 1}}, 'a["***"]', id="a key itself"),
    pytest.param({MAIL: {"b": MAIL}}, '["***"]', id="a key above"),
    pytest.param({"x" * 60: MAIL}, '["***"]', id="a key too long to show"),
    pytest.param({"arguments": json.dumps({"to": [MAIL]})}, "arguments.to[0]", id="JSON in a text"),
    pytest.param(
        {"a": json.dumps({"b": json.dumps({"c": MAIL})})}, "a.b.c", id="JSON in JSON in a text"
    ),
    pytest.param({"a": f"[{MAIL}]"}, "a", id="brackets that are no JSON"),
    pytest.param({"a": '{"b": "x", "b": "' + MAIL + '"}'}, "a", id="inner JSON with a key twice"),
    pytest.param({MAIL: "x"}, '["***"]', id="a key before a text"),
    pytest.param(DEEP, "", id="lists too deep to follow"),
    pytest.param(DEEPER, "", id="objects too deep to follow"),
]


@pytest.mark.parametrize(("row", "path"), HIDING)
def test_a_value_is_found_where_it_hides(row: object, path: str) -> None:
    found = list(look_through(json.dumps(row).encode()))
    assert path in [one.path for one in found]
    assert {one.value for one in found} == {MAIL}
    assert all(MAIL not in one.path and MAIL not in one.shown for one in found)


def test_escapes_hide_nothing() -> None:
    line = b'{"a": "mira.oldfield\\u0040quietharbor-mail.net"}'
    assert [one.value for one in look_through(line)] == [MAIL]


def test_a_key_says_what_its_value_is() -> None:
    row = {"tool": json.dumps({"ssn": 536904399, "password": "h4rbor!Light", "n": 536904399})}
    found = [(one.kind.value, one.path) for one in look_through(json.dumps(row).encode())]
    assert found == [("us-ssn", "tool.ssn"), ("password", "tool.password")]


def test_a_word_of_another_text_announces_nothing() -> None:
    row = {"a": ["my ssn:", "536904399"]}
    assert not list(look_through(json.dumps(row).encode()))


def test_pictures_inside_rows_are_not_looked_at() -> None:
    row = {"url": f"data:image/png;base64,{MAIL}"}
    assert not list(look_through(json.dumps(row).encode()))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(f'{{"a": "{MAIL}"'.encode(), id="cut off"),
        pytest.param(b'{"a": "\xff ' + MAIL.encode() + b'"}', id="no UTF-8"),
        pytest.param(f'{{"a": "{MAIL}", "a": "x"}}'.encode(), id="a key twice"),
    ],
)
def test_a_line_that_cannot_be_decoded_is_looked_through_as_it_stands(line: bytes) -> None:
    assert decode(line) is None
    assert [(one.value, one.path) for one in look_through(line)] == [(MAIL, "")]
