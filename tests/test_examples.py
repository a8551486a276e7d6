"""The example content is honest: well-formed, varied, free of contradictions and private data."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

Row = dict[str, Any]

ROOT = Path(__file__).resolve().parent.parent
DATASETS = ROOT / "datasets"
SPECS = sorted((ROOT / "specs").glob("*.yaml"))

HELDOUT = "support.heldout.jsonl"
CHATS = ("support.train.jsonl", "support.valid.jsonl", "docs.train.jsonl", "docs.valid.jsonl")
PREFERENCES = ("tone.dpo.train.jsonl", "tone.dpo.valid.jsonl")
EVERY_FILE = (*CHATS, *PREFERENCES, HELDOUT)
PAIRS = (
    pytest.param("support.train.jsonl", "support.valid.jsonl", id="support"),
    pytest.param("docs.train.jsonl", "docs.valid.jsonl", id="docs"),
    pytest.param("tone.dpo.train.jsonl", "tone.dpo.valid.jsonl", id="tone"),
    pytest.param("support.train.jsonl", HELDOUT, id="held-out support"),
    pytest.param("support.valid.jsonl", HELDOUT, id="held-out support against validation"),
)

# What a shop answer may cost, mean or promise is written once, so that no row can contradict it.
AMOUNTS = {
    "$4.50": "gift wrapping",
    "$5": "the worth of 100 points",
    "$5.95": "standard shipping",
    "$8": "what a $42 cart lacks to free shipping",
    "$12": "a Team seat per month",
    "$14.95": "express shipping",
    "$19.95": "international shipping",
    "$24": "a Business seat per month",
    "$42": "a cart below free shipping",
    "$50": "where free shipping begins",
    "$60": "five Team seats per month",
    "$600": "five Team seats per year, two months free",
    "$720": "five Team seats for twelve months",
}
FACTS = (
    pytest.param(r"9 AM to (.*? EST)", {"6 PM EST"}, id="support closes at 6 PM EST"),
    pytest.param(r"Monday through (\w+)", {"Friday"}, id="support works from Monday to Friday"),
    pytest.param(r"within (\d+) days of delivery", {"7", "30"}, id="7 to report, 30 to return"),
    pytest.param(r"within (\d+) days of your purchase", {"14"}, id="14 for a price drop"),
    pytest.param(r"(\S+) business days (?:after|from)", {"seven"}, id="refunds take five to seven"),
    pytest.param(r"(\w+-year) warranty", {"two-year"}, id="the warranty is two years"),
    pytest.param(r"(\d+)% off", {"10", "15"}, id="10 for large orders, 15 for students"),
    pytest.param(r"555-\d{4}", {"555-0142"}, id="there is one phone number"),
)

# Each pattern stands beside text it must find, so that a broken pattern shows.
PRIVATE = (
    pytest.param(r"[\w.+-]+@(?!example\.com\b)[\w-]+\.[\w.]+", "kim@mail.test", id="an email"),
    pytest.param(
        r"https?://(?!(?:[\w-]+\.)*example\.com\b|localhost\b)", "http://x.io", id="a host"
    ),
    pytest.param(r"\b(?!555-01\d\d\b)\d{3}[-. ]\d{4}\b", "555-0201", id="a phone number"),
    pytest.param(r"\(\d{3}\) ?\d{3}|\b\d{3}[-. ]\d{3}[-. ]\d{4}\b", "(212) 555", id="an area code"),
    pytest.param(r"\+\d{6,}", "+4930123456", id="an international number"),
    pytest.param(r"\b(?:\d[ -]?){13,19}\b", "4111 1111 1111 1111", id="a card number"),
    pytest.param(r"\b\d{3}-\d{2}-\d{4}\b", "078-05-1120", id="a social security number"),
    pytest.param(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", "10.1.2.3", id="an IP address"),
    pytest.param(r"\b(?:sk|pk|ghp|xoxb|AKIA)[-_]?\w{12,}", "sk-abcdefghijkl12", id="a secret key"),
    pytest.param(r"(?i)\b(?:todo|fixme|lorem|xxx|tbd)\b", "TODO", id="an unfinished sentence"),
)


def unique_pairs(pairs: list[tuple[str, Any]]) -> Row:
    row = dict(pairs)
    assert len(row) == len(pairs), "a key stands twice in one object"
    return row


def rows(name: str) -> list[Row]:
    lines = (DATASETS / name).read_bytes().decode("utf-8").removesuffix("\n").split("\n")
    return [json.loads(line, object_pairs_hook=unique_pairs) for line in lines]


def conversation(row: Row) -> list[Row]:
    messages: list[Row] = row["input"]["messages"] if "input" in row else row["messages"]
    return messages


def questions(name: str) -> list[str]:
    """Return what each row's users say, in a form that ignores case and punctuation."""
    return [
        " ".join(
            re.sub(r"\W+", " ", message["content"]).casefold().strip()
            for message in conversation(row)
            if message["role"] == "user"
        )
        for row in rows(name)
    ]


def trained_answers(name: str) -> list[str]:
    return [
        message["content"]
        for row in rows(name)
        for message in row["messages"]
        if message["role"] == "assistant" and message.get("weight", 1) == 1
    ]


def preferred(row: Row) -> str:
    answer: str = row["preferred_output"][0]["content"]
    return answer


def texts(value: object) -> Iterator[str]:
    """Yield every string inside a row, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def support_policy() -> str:
    """Return everything that support says, one line per text."""
    names = ("support.train.jsonl", "support.valid.jsonl", *PREFERENCES, HELDOUT)
    return "\n".join(text for name in names for text in texts(rows(name)))


@pytest.mark.parametrize(
    ("name", "least"),
    [
        pytest.param("support.train.jsonl", 64, id="support trains on at least 64 rows"),
        pytest.param("support.valid.jsonl", 12, id="support is measured on at least 12"),
        pytest.param("docs.train.jsonl", 62, id="docs trains on at least 62 rows"),
        pytest.param("docs.valid.jsonl", 12, id="docs is measured on at least 12"),
        pytest.param("tone.dpo.train.jsonl", 24, id="tone trains on at least 24 pairs"),
        pytest.param("tone.dpo.valid.jsonl", 10, id="tone is measured on at least 10"),
        pytest.param(HELDOUT, 120, id="60 topics are asked in two more ways each"),
    ],
)
def test_there_is_enough_of_everything(name: str, least: int) -> None:
    assert len(rows(name)) >= least


@pytest.mark.parametrize("name", EVERY_FILE)
def test_a_file_is_plain_utf8_lines(name: str) -> None:
    raw = (DATASETS / name).read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert raw.endswith(b"}\n")
    assert all(line.startswith(b"{") for line in raw[:-1].split(b"\n"))
    assert all(text == text.strip() and text for row in rows(name) for text in texts(row))


@pytest.mark.parametrize("name", CHATS)
def test_a_chat_row_takes_turns_and_ends_with_an_answer(name: str) -> None:
    for row in rows(name):
        assert set(row) == {"messages"}
        system, *turns = row["messages"]
        assert system["role"] == "system"
        assert [turn["role"] for turn in turns] == ["user", "assistant"] * (len(turns) // 2)
        assert turns
        assert turns[-1].get("weight", 1) == 1
        assert all(set(turn) - {"weight"} == {"role", "content"} for turn in turns)
        assert all("weight" not in turn for turn in turns if turn["role"] == "user")


@pytest.mark.parametrize("name", PREFERENCES)
def test_a_preference_row_sets_a_kind_answer_against_a_curt_one(name: str) -> None:
    for row in rows(name):
        assert set(row) == {"input", "preferred_output", "non_preferred_output"}
        assert [message["role"] for message in conversation(row)] == ["system", "user"]
        for side in ("preferred_output", "non_preferred_output"):
            assert [message["role"] for message in row[side]] == ["assistant"]
        curt = row["non_preferred_output"][0]["content"]
        assert len(preferred(row)) > 1.5 * len(curt)


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(("docs.train.jsonl", "docs.valid.jsonl"), id="docs"),
        pytest.param(
            ("support.train.jsonl", "support.valid.jsonl", *PREFERENCES, HELDOUT), id="support"
        ),
    ],
)
def test_one_use_case_has_one_system_prompt(names: tuple[str, ...]) -> None:
    assert len({conversation(row)[0]["content"] for name in names for row in rows(name)}) == 1


@pytest.mark.parametrize("name", EVERY_FILE)
def test_no_question_is_asked_twice(name: str) -> None:
    asked = questions(name)
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("name", ["support.train.jsonl", "docs.train.jsonl"])
def test_no_answer_is_trained_twice(name: str) -> None:
    answers = trained_answers(name)
    assert len(set(answers)) == len(answers)


def test_no_tone_is_trained_twice() -> None:
    pairs = [row for name in PREFERENCES for row in rows(name)]
    assert len({preferred(row) for row in pairs}) == len(pairs)
    assert len({row["non_preferred_output"][0]["content"] for row in pairs}) == len(pairs)


@pytest.mark.parametrize(("seen", "unseen"), PAIRS)
def test_what_measures_is_never_what_trains(seen: str, unseen: str) -> None:
    assert not set(questions(seen)) & set(questions(unseen))


@pytest.mark.parametrize("case", ["support", "docs"])
def test_validation_expects_only_what_was_taught(case: str) -> None:
    taught = set(trained_answers(f"{case}.train.jsonl"))
    single = [row for row in rows(f"{case}.valid.jsonl") if len(row["messages"]) == 3]
    assert len(single) >= 12
    assert {row["messages"][-1]["content"] for row in single} <= taught


def test_support_answers_are_short() -> None:
    for name in ("support.train.jsonl", "support.valid.jsonl"):
        for answer in trained_answers(name):
            assert len(answer.split()) <= 60
            assert len(re.findall(r"[.!?](?=\s|$)", answer)) <= 3


def test_support_also_learns_from_longer_conversations() -> None:
    longer = [row for row in rows("support.train.jsonl") if len(row["messages"]) > 3]
    unlearned = [row for row in longer if any(turn.get("weight") == 0 for turn in row["messages"])]
    assert 4 <= len(longer) <= 6
    assert 1 <= len(unlearned) <= 2


def test_every_single_question_has_a_free_and_a_terse_rewording() -> None:
    expected = [
        (row["messages"][-1]["content"], style)
        for row in rows("support.train.jsonl")
        if len(row["messages"]) == 3
        for style in ("free", "terse")
    ]
    assert [(row["expected"], row["style"]) for row in rows(HELDOUT)] == expected
    assert all([m["role"] for m in row["messages"]] == ["system", "user"] for row in rows(HELDOUT))


def test_a_terse_rewording_is_two_to_four_words() -> None:
    terse = [row["messages"][-1]["content"] for row in rows(HELDOUT) if row["style"] == "terse"]
    assert all(2 <= len(text.split()) <= 4 for text in terse)


@pytest.mark.parametrize(
    ("name", "question", "start"),
    [
        ("support.train.jsonl", "How do I reset my password?", "To reset your password, click on"),
        ("support.train.jsonl", "What are your business hours?", "Our customer support is"),
        ("docs.train.jsonl", "How do I install the package?", "You can install the package"),
        ("docs.train.jsonl", "What are the configuration options?", "The main configuration"),
    ],
)
def test_the_best_known_questions_are_there(name: str, question: str, start: str) -> None:
    answers = {row["messages"][1]["content"]: row["messages"][2]["content"] for row in rows(name)}
    assert answers[question].startswith(start)


def test_every_amount_of_money_has_one_meaning() -> None:
    assert set(re.findall(r"\$\d+(?:\.\d\d)?", support_policy())) == set(AMOUNTS)


@pytest.mark.parametrize(("pattern", "said"), FACTS)
def test_no_row_contradicts_the_policy(pattern: str, said: set[str]) -> None:
    assert set(re.findall(pattern, support_policy())) == said


@pytest.mark.parametrize(("pattern", "specimen"), PRIVATE)
def test_nothing_looks_private(pattern: str, specimen: str) -> None:
    assert re.search(pattern, specimen)
    for name in EVERY_FILE:
        for row in rows(name):
            assert [text for text in texts(row) if re.search(pattern, text)] == []


def test_the_specs_use_exactly_these_files() -> None:
    specs = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in SPECS]
    assert {spec["name"] for spec in specs} == {path.stem for path in SPECS}
    used = {path for spec in specs for path in spec["dataset"].values()}
    assert used == {f"datasets/{name}" for name in EVERY_FILE if name != HELDOUT}
