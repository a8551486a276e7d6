"""What is read out of texts: languages, refusals, words, and rows taken apart."""

import json

import pytest

from ftops.dataset.explaining.guess import guess_method
from ftops.dataset.formats import Format
from ftops.dataset.quality.example import Example, normal, read_example, text_of
from ftops.dataset.quality.figures import Bar, Place, Spread
from ftops.dataset.quality.languages import language_of
from ftops.dataset.quality.near import near_groups
from ftops.dataset.quality.phrases import refuses
from ftops.dataset.quality.spreads import histogram_of, spread_of
from ftops.dataset.quality.warn import listed, percent
from ftops.dataset.quality.words import words_of
from ftops.dataset.rows import decode_row
from tests.dataset.quality.rows import ENOUGH, Json, chat, judged, words
from tests.dataset.rows import CHAT, PREFERENCE, REINFORCEMENT, RICH, lines

LANGUAGES = [
    pytest.param("You can find it on the first page, and we will send the rest to you.", "English",
                 id="English"),
    pytest.param("Das finden Sie auf der ersten Seite, und wir senden Ihnen den Rest.", "German",
                 id="German"),
    pytest.param("Vous trouverez cela sur la page, et nous vous envoyons le reste.", "French",
                 id="French"),
    pytest.param("Lo puede encontrar en la primera página, y el resto se lo enviamos por correo.",
                 "Spanish", id="Spanish"),
    pytest.param("Lo trovi nella prima pagina, e il resto è una cosa che non si può avere.",
                 "Italian", id="Italian"),
    pytest.param("Você pode ver isso na página, e não há mais nada que seja para os outros.",
                 "Portuguese", id="Portuguese"),
    pytest.param("Je vindt het op de eerste pagina, en dat is niet voor het laatst.", "Dutch",
                 id="Dutch"),
    pytest.param("Det är på den första sidan, och du kan inte se det som vi har.", "Swedish",
                 id="Swedish"),
    pytest.param("To jest na pierwszej stronie, ale nie można się od tego odwołać przez nas.",
                 "Polish", id="Polish"),
    pytest.param("Bu sayfa çok güzel ve bir de daha sonra sizin için gibi olan var.", "Turkish",
                 id="Turkish"),
    pytest.param("Вы найдёте это на первой странице.", "Cyrillic script", id="Cyrillic"),
    pytest.param("最初のページにあります。", "Japanese", id="Japanese"),
    pytest.param("在第一页可以找到。", "Chinese", id="Chinese"),
    pytest.param("첫 페이지에 있습니다.", "Korean", id="Korean"),
    pytest.param("ستجد ذلك في الصفحة الأولى.", "Arabic script", id="Arabic"),
    pytest.param("Yes.", None, id="a short answer"),
    pytest.param("for x in range(10): print(x, y, z) return None lambda q r s t", None, id="code"),
    pytest.param("", None, id="nothing"),
    pytest.param("café 🎉", None, id="a word beyond ASCII"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "language"), LANGUAGES)
def test_languages(text: str, language: str | None) -> None:
    assert language_of(text) == language


def example(row: Json, row_format: Format = Format.CHAT) -> Example:
    decoded = decode_row(json.dumps(row).encode(), row_format)
    assert decoded is not None
    read = read_example(*decoded, Place(file=None, line=1))
    assert read is not None
    return read


ANSWERS = [
    pytest.param("I'm sorry, but I can't help with that.", True, id="sorry"),
    pytest.param(
        "I\N{RIGHT SINGLE QUOTATION MARK}m sorry, I cannot do that.", True, id="a curly apostrophe"
    ),
    pytest.param("Unfortunately, I am unable to provide this.", True, id="unable"),
    pytest.param("As an AI language model, I have no feelings.", True, id="as an AI"),
    pytest.param("Es tut mir leid, ich kann das nicht.", True, id="German"),
    pytest.param("I'm sorry to hear that! Please send us the order number.", False, id="regret"),
    pytest.param("You can't change it, I'm sorry.", False, id="said later"),
    pytest.param("Sorry for the wait: it is there.", False, id="an apology"),
]


@pytest.mark.parametrize(("answer", "is_refusal"), ANSWERS)
def test_refusals(answer: str, is_refusal: bool) -> None:  # noqa: FBT001 - a column of the table
    assert refuses(example(chat("what?", answer))) is is_refusal


@pytest.mark.parametrize("answer", [
    pytest.param({"content": None, "refusal": "No."}, id="by field"),
    pytest.param({"content": [{"type": "refusal", "refusal": "No."}]}, id="by part"),
])  # fmt: skip
def test_a_refusal_that_the_row_marks(answer: Json) -> None:
    row = {"messages": [{"role": "user", "content": "x"}, {"role": "assistant", **answer}]}
    assert refuses(example(row))


def test_words_are_cut_alike_with_and_without_spaces() -> None:
    assert words_of("Don't stop, 42!") == ["don", "t", "stop", "42"]
    assert words_of("Größe: 5 日本") == ["grösse", "5", "日", "本"]
    assert normal("  Où\t EST\n") == normal("ou\u0300 est".upper())


def test_a_rich_row_is_read_whole() -> None:
    one = example(RICH)
    assert one.answer == "There."
    assert one.system == "Be kind.\nBe brief."
    assert (one.turns, one.asked) == (2, 10)
    said = [text_of(message) for message in one.messages]
    assert said[2].startswith("Où ? 🎉\n[image ")
    assert "find_order" in said[3]
    assert example(PREFERENCE, Format.PREFERENCE).rejected == "What?"
    assert example(REINFORCEMENT, Format.REINFORCEMENT).answer == ""


def test_rows_differ_by_their_pictures_and_tools() -> None:
    def shows(name: str) -> Json:
        part = {"type": "image_url", "image_url": {"url": f"https://example.com/{name}.png"}}
        return {"messages": [{"role": "user", "content": [part]}, *CHAT["messages"][1:]]}

    tooled = {**CHAT, "tools": RICH["tools"]}
    keys = [example(row).key for row in (CHAT, tooled, shows("a"), shows("b"), shows("a"))]
    assert len(set(keys)) == 4
    assert keys[2] == keys[4]


def test_a_function_s_answer_is_no_refusal() -> None:
    called = {"role": "assistant", "function_call": {"name": "f", "arguments": "{}"}}
    answered = {"role": "function", "content": None, "name": "f"}
    one = example({"messages": [CHAT["messages"][0], called, answered]})
    assert (one.refused, one.asked) == ("", 1)


def test_the_same_sentence_in_few_words_is_no_boilerplate() -> None:
    rows = [chat(words(f"q{n}", 9), f"Yes. {words(f'a{n}', 9)}. Thank you.") for n in range(ENOUGH)]
    assert judged(rows).training.boilerplate == ()


def test_a_row_without_an_answer_is_all_prompt() -> None:
    asked = example({"messages": CHAT["messages"][:1]})
    assert (asked.answer, asked.asked) == ("", 1)


SPREAD = Spread(least=1, quarter=2, median=2, three_quarters=9, most=900)


def test_spreads_and_histograms_count_rows() -> None:
    assert spread_of([(900, 1), (1, 1), (2, 3), (9, 2)]) == SPREAD
    assert spread_of([]) == Spread(least=0, quarter=0, median=0, three_quarters=0, most=0)
    assert histogram_of([]) == ()
    assert histogram_of([(7, 3)]) == (Bar(start=7, end=8, rows=3),)
    tail = histogram_of([(47, 59), (61, 1)])
    assert (tail[0], tail[-1]) == (Bar(start=47, end=48, rows=59), Bar(start=61, end=62, rows=1))
    bars = histogram_of([(number, 1) for number in range(100)] + [(9000, 1)])
    assert [bar.start for bar in bars] == list(range(0, 100, 10))
    assert bars[-1] == Bar(start=90, end=None, rows=11)
    assert sum(bar.rows for bar in bars) == 101


def test_near_texts_are_grouped_through_one_another() -> None:
    numbers = "one two three four five six seven eight nine ten eleven twelve"
    named = numbers.split()
    texts = [" ".join(named), " ".join([*named[:-1], "x"]), " ".join([*named[1:], "y"]), "else"]
    assert near_groups(texts) == [[0, 1, 2]]
    assert near_groups([]) == []


@pytest.mark.parametrize(("places", "told"), [
    pytest.param([3], "line 3", id="one"),
    pytest.param([3, 1200], "lines 3 and 1200", id="two"),
    pytest.param([1, 2, 3, 4, 5, 6, 7], "lines 1, 2, 3, 4, 5 and 2 more", id="many"),
])  # fmt: skip
def test_lines_are_listed(places: list[int], told: str) -> None:
    assert listed([Place(file="a", line=line) for line in places]) == told


def test_files_are_named_where_they_differ() -> None:
    assert listed([Place(file="a", line=1), Place(file="b", line=2)]) == "a:1 and b:2"


@pytest.mark.parametrize(("part", "told"), [(0, "0 %"), (1, "<1 %"), (10, "1 %"), (996, "100 %")])
def test_shares_are_told(part: int, told: str) -> None:
    assert percent(part, 1000) == told


METHODS = [
    pytest.param(lines(1), "supervised", id="a chat"),
    pytest.param(json.dumps(PREFERENCE).encode(), "dpo", id="a preference"),
    pytest.param(json.dumps(REINFORCEMENT).encode(), "reinforcement", id="a row for graders"),
    pytest.param(b"{]\n\n\xff\n" + json.dumps(PREFERENCE).encode(), "dpo", id="after broken lines"),
    pytest.param(b"[1]", "supervised", id="no object"),
    pytest.param(b'{"messages": 7}', "supervised", id="no messages"),
    pytest.param(b"", "supervised", id="nothing"),
]


@pytest.mark.parametrize(("content", "method"), METHODS)
def test_the_method_is_guessed(content: bytes, method: str) -> None:
    assert guess_method(content.split(b"\n")) == method


def test_illegal_rows_are_counted_and_left_out() -> None:
    figures = judged([CHAT, {"messages": 1}]).training
    assert (figures.rows, figures.illegal_rows) == (1, 1)
