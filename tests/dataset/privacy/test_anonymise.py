"""Stand-ins: stable, nobody's, and nothing else of a file changes."""

import io
import json
from pathlib import Path

import pytest

from ftops.core.privacy import BY_MODEL, Kind
from ftops.dataset.privacy.anonymise import Anonymiser, NotARowError
from ftops.dataset.privacy.pseudonyms import Pseudonyms
from ftops.dataset.privacy.scan import look_through

KEY = b"k" * 32
MAIL = "mira.oldfield@quietharbor-mail.net"
CORPUS = (Path(__file__).parent / "corpus.jsonl").read_text(encoding="utf-8").splitlines()


def line(row: object) -> bytes:
    return json.dumps(row).encode() + b"\n"


def rewrite(content: bytes, key: bytes = KEY) -> bytes:
    return b"".join(Anonymiser(key).lines(io.BytesIO(content)))


def test_nothing_that_was_found_is_left_in_the_corpus() -> None:
    content = b"".join(line({"a": json.loads(one)["text"]}) for one in CORPUS)
    found = [one for row in content.splitlines() for one in look_through(row)]
    written = rewrite(content)
    assert len(found) > 190
    assert not [one.shown for row in written.splitlines() for one in look_through(row)]
    assert len(written.splitlines()) == len(content.splitlines())
    # A short number may well stand inside another one by chance; long values do not.
    assert not [one.value for one in found if len(one.value) > 8 and one.value.encode() in written]


def test_a_value_always_gets_the_same_stand_in() -> None:
    written = rewrite(line({"a": f"{MAIL}, {MAIL.upper()}"}) + line({"b": MAIL}))
    first, second = (json.loads(one) for one in written.splitlines())
    stand_in = second["b"]
    assert first["a"] == f"{stand_in}, {stand_in}"
    assert stand_in.endswith("@example.com")
    assert rewrite(line({"b": MAIL})) == written.splitlines(keepends=True)[1]


def test_another_key_gives_other_stand_ins() -> None:
    assert rewrite(line({"b": MAIL})) != rewrite(line({"b": MAIL}), b"j" * 32)


def test_other_rows_stay_as_they_are_byte_for_byte() -> None:
    content = b'\xef\xbb\xbf{ "a" :1.50 }\r\n\n' + line({"b": MAIL}) + b'{"c":"\\u00e9"}'
    written = rewrite(content)
    assert written.startswith(b'\xef\xbb\xbf{ "a" :1.50 }\r\n\n')
    assert written.endswith(b'\n{"c":"\\u00e9"}')


def test_marks_and_line_ends_of_rewritten_rows_stay() -> None:
    written = rewrite(b"\xef\xbb\xbf" + line({"b": MAIL}).strip() + b"\r\n")
    assert written.startswith(b'\xef\xbb\xbf{"b":')
    assert written.endswith(b"}\r\n")


def test_keys_inner_json_and_numbers_are_rewritten_in_their_places() -> None:
    other = "tom.reed@quietharbor-mail.net"
    row = {MAIL: 1, other: {"x": 2}, "arguments": json.dumps({"card": 4539148803436467, "n": 7})}
    found = json.loads(rewrite(line(row)))
    assert list(found.values())[:2] == [1, {"x": 2}]
    inner = json.loads(found["arguments"])
    assert isinstance(inner["card"], int)
    assert inner["card"] != 4539148803436467
    assert inner["n"] == 7


def test_keys_with_one_stand_in_stay_apart() -> None:
    found = json.loads(rewrite(line({MAIL: 1, MAIL.upper(): 2})))
    assert list(found.values()) == [1, 2]


def test_a_number_may_become_a_text() -> None:
    found = json.loads(rewrite(line({"x": json.dumps({"ssn": 536904399})})))
    assert json.loads(found["x"])["ssn"].startswith("000-")


def test_the_report_counts_values_and_rows() -> None:
    anonymiser = Anonymiser(KEY)
    list(anonymiser.lines(io.BytesIO(line({"a": f"{MAIL} {MAIL}"}) + line({"a": "x"}))))
    assert anonymiser.counts == {Kind.EMAIL: 2}
    assert (anonymiser.rows, anonymiser.rewritten) == (2, 1)


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(b"nonsense\n", id="no JSON"),
        pytest.param(b'{"a": "x", "a": "y"}\n', id="a key twice"),
        pytest.param(b"[" * 120 + b'"x"' + b"]" * 120 + b"\n", id="too deep"),
    ],
)
def test_a_line_that_cannot_be_written_anew_ends_it(bad: bytes) -> None:
    with pytest.raises(NotARowError) as caught:
        rewrite(line({"a": 1}) + bad)
    assert caught.value.line == 2


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in BY_MODEL])
def test_a_stand_in_is_nobodys(kind: Kind) -> None:
    texts = [json.loads(one) for one in CORPUS]
    for planted in (one for one in texts if one["kind"] == kind):
        stand_in = Pseudonyms(KEY).stand_in(kind, planted["value"])
        text = planted["text"].replace(planted["value"], stand_in)
        assert kind not in [one.kind for one in look_through(line({"a": text}))]


def test_turns_give_other_stand_ins() -> None:
    one = Pseudonyms(KEY)
    assert one.stand_in(Kind.EMAIL, MAIL) != one.stand_in(Kind.EMAIL, MAIL, turn=1)


def test_stand_ins_that_look_like_something_again_are_not_replaced_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ftops.dataset.privacy.anonymise.MOST_TURNS", 1)
    assert b"@example.com" in rewrite(line({"a": MAIL}))
