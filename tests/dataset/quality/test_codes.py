"""Each code of quality: what brings it about, and what does not."""

import pytest

from ftops.dataset.finding import QUALITY, WARNINGS, Severity
from tests.dataset.quality.rows import ENOUGH, Json, chat, codes, good, goods, judged, words

SYSTEM = "You are the assistant of Acme. Answer kindly, and never longer than three sentences."
GERMAN = "Das ist ganz einfach, und Sie finden es auf der ersten Seite mit dem Namen der Firma."
TOOL = [
    {
        "id": "call_1",
        "type": "function",
        "function": {"name": "find_order", "arguments": '{"id": 4711}'},
    }
]


def refusal(number: int) -> Json:
    return chat(words(f"r{number}", 9), "I'm sorry, but I can't help with that.")


def preference(number: int, other: str | None = None) -> Json:
    answer = f"the {words(f'a{number}', 12)}"
    return {
        "input": {"messages": [{"role": "user", "content": words(f"q{number}", 9)}]},
        "preferred_output": [{"role": "assistant", "content": answer}],
        "non_preferred_output": [{"role": "assistant", "content": other or words("x", 9)}],
    }


def graded(number: int, solution: str) -> Json:
    asked = [{"role": "user", "content": words(f"q{number}", 9)}]
    return {"messages": asked, "solution": solution}


def changed(row: Json, old: str, new: str) -> Json:
    messages = [{**one, "content": one["content"].replace(old, new)} for one in row["messages"]]
    return {"messages": messages}


def longer(row: Json, times: int) -> Json:
    *before, answer = row["messages"]
    return {"messages": [*before, {**answer, "content": f"{answer['content']} " * times}]}


def turns(count: int) -> Json:
    turn = [{"role": "user", "content": "and now"}, {"role": "assistant", "content": "the tea"}]
    return {"messages": [*turn * (count - 1), *good(900 + count)["messages"]]}


def labelled(*counts: tuple[str, int]) -> list[Json]:
    labels = [label for label, count in counts for _ in range(count)]
    return [chat(words(f"q{n}", 9), label) for n, label in enumerate(labels)]


def ended(end: str, share: int) -> list[Json]:
    return [
        chat(f"what about the {words(f'q{n}', 9)}", f"The {words(f'a{n}', 12)}. {end}")
        if n % share == 0
        else good(n)
        for n in range(ENOUGH)
    ]


LONG_ROWS = [chat(words(f"q{n}", 9), words(f"a{n}", 90)) for n in range(ENOUGH)]

SAID = [
    pytest.param([*goods(), good(3)], "FT201", 61, "1 repeat of other rows: lines 4 and 61",
                 id="a row that is there twice"),
    pytest.param([*goods(), changed(good(3), "is", " IS\n")], "FT201", 61, "lines 4 and 61",
                 id="a row that is there twice but for case and spaces"),
    pytest.param([*goods(), changed(good(3), "what about", "so what about")], "FT202", 61,
                 "1 near repeat", id="a row that differs in a word"),
    pytest.param([*goods(), chat("what about the " + words("q5", 9), words("z", 14))], "FT203", 61,
                 "1 prompt with different answers: lines 6", id="two answers to one prompt"),
    pytest.param([*goods(), longer(good(900), 30)], "FT207", 61, "far longer", id="a long row"),
    pytest.param([*LONG_ROWS, chat(words("q", 9), "Yes.")], "FT207", 61, "far shorter",
                 id="a short answer among long ones"),
    pytest.param([*goods(), turns(8)], "FT208", 61, "over 5 turns", id="a long conversation"),
    pytest.param([*goods(system=SYSTEM), good(99)], "FT209", 61, "1 row of 61 (2 %) without",
                 id="a row without the system prompt"),
    pytest.param([*goods(system=SYSTEM), good(99, SYSTEM.replace("kindly", "kindy"))], "FT210", 61,
                 "differs a little", id="a slip in the system prompt"),
    pytest.param(labelled(("refund", 80), ("other", 5)), "FT211", None,
                 "“refund” has 80 of 85 rows (94 %), “other” 5", id="one label drowns the other"),
    pytest.param(labelled(("a", 50), ("b", 50), ("c", 4)), "FT211", None, "“c” 4",
                 id="one label is hardly shown"),
    pytest.param([*goods(), chat(words("q", 9), GERMAN)], "FT212", 61, "not in English (2 %",
                 id="an answer in another language"),
    pytest.param([*goods(), *map(refusal, range(4))], "FT213", 61,
                 "4 answers of 64 (6 %) that decline", id="many refusals"),
    pytest.param(ended("Is there anything else I can do for you?", 2), "FT214", None,
                 "“is there anything else i can do for you?”", id="an end that many answers share"),
    pytest.param(goods(49), "FT215", None, "49 examples, fewer than the 50", id="few rows"),
]  # fmt: skip

NOT_SAID = [
    pytest.param(goods(), id="good rows"),
    pytest.param(goods(system=SYSTEM), id="good rows with one system prompt"),
    pytest.param([good(n, f"Task {n % 3}: {words(f's{n % 3}', 12)}") for n in range(ENOUGH)],
                 id="a system prompt for each of several tasks"),
    pytest.param([good(n, f"The customer is {words(f's{n}', 3)}.") for n in range(ENOUGH)],
                 id="a system prompt of each row's own"),
    pytest.param(labelled(("refund", 40), ("invoice", 30), ("other", 20)), id="balanced labels"),
    pytest.param([chat(words(f"q{n}", 9), f"Answer {n}.") for n in range(ENOUGH)],
                 id="short answers that are no labels"),
    pytest.param([*goods(), refusal(1), refusal(2)], id="two refusals"),
    pytest.param([chat(words(f"q{n}", 9), GERMAN + words(f"a{n}", 20)) if n % 2 else good(n)
                  for n in range(ENOUGH)], id="two languages on purpose"),
    pytest.param([*goods(), turns(2), turns(3), turns(4)], id="conversations of any length"),
    pytest.param([*goods(), {"messages": [
        {"role": "user", "content": words("t", 9)}, {"role": "assistant", "tool_calls": TOOL}]}],
        id="a call of a tool"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "code", "line", "words_of_it"), SAID)
def test_what_is_said(rows: list[Json], code: str, line: int | None, words_of_it: str) -> None:
    [finding] = judged(rows).findings
    assert (finding.code, finding.line) == (code, line)
    assert words_of_it in finding.message
    assert finding.hint
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize("rows", NOT_SAID)
def test_what_nothing_is_said_about(rows: list[Json]) -> None:
    assert codes(judged(rows)) == []


LEAKS = [
    pytest.param(good(3), "FT205", "1 validation row with a prompt of training", id="equal"),
    pytest.param(changed(good(3), "that is", "it was"), "FT205", "line 2", id="another answer"),
    pytest.param(changed(good(3), "what about", "so what about"), "FT206", "almost",
                 id="nearly the same prompt"),
]  # fmt: skip


@pytest.mark.parametrize(("leaked", "code", "words_of_it"), LEAKS)
def test_leaks_into_validation(leaked: Json, code: str, words_of_it: str) -> None:
    quality = judged(goods(), [good(70), leaked])
    [finding] = quality.findings
    assert (finding.code, finding.line) == (code, 2)
    assert words_of_it in finding.message
    assert quality.leaks is not None
    assert (quality.leaks.rows, quality.leaks.leaked_rows + quality.leaks.nearly_leaked_rows) == (
        2,
        1,
    )


def test_a_paraphrase_with_the_trained_answer_is_no_leak() -> None:
    asked = chat("tell me of the island once more", good(3)["messages"][-1]["content"])
    assert codes(judged(goods(), [asked])) == []


PREFERENCES = [preference(number) for number in range(30)]


def test_preferences() -> None:
    assert codes(judged(PREFERENCES, method="dpo")) == []
    same = preference(50, f"the {words('a50', 12)}")
    [finding] = judged([*PREFERENCES, same], method="dpo").findings
    assert (finding.code, finding.line) == ("FT204", 31)
    assert codes(judged(PREFERENCES[:24], method="dpo")) == ["FT215"]


def test_rows_for_graders_are_compared_with_their_solutions() -> None:
    rows = [graded(number, f"s{number}") for number in range(ENOUGH)]
    assert codes(judged(rows, method="reinforcement")) == []
    assert codes(judged([*rows, graded(7, "s7")], method="reinforcement")) == ["FT201"]
    assert codes(judged([*rows, graded(7, "other")], method="reinforcement")) == [
        "FT202",
        "FT203",
    ]


def test_every_code_of_quality_has_an_example_here() -> None:
    shown = {str(param.values[1]) for param in [*SAID, *LEAKS]} | {"FT204"}
    assert shown == set(QUALITY)
    assert QUALITY <= WARNINGS
