"""Which language a text is in, by its script and its commonest words; short texts have none."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from ftops.dataset.finding import Code, Finding
from ftops.dataset.quality.example import Example
from ftops.dataset.quality.figures import Share
from ftops.dataset.quality.groups import group_of
from ftops.dataset.quality.warn import counted, listed, percent, warn

MAIN: Final = 0.8
"""Where so many rows are of one language, the others may be there by mistake."""

_READ: Final = 1_200
_FEWEST_WORDS: Final = 8
_FEWEST_COMMON: Final = 3
_COMMON_SHARE: Final = 0.12
_SCRIPT_SHARE: Final = 0.25

_SCRIPTS: Final = {
    "Japanese": re.compile("[\u3040-\u30ff]"),
    "Chinese": re.compile("[\u4e00-\u9fff]"),
    "Korean": re.compile("[\uac00-\ud7af]"),
    "Cyrillic script": re.compile("[\u0400-\u04ff]"),
    "Arabic script": re.compile("[\u0600-\u06ff]"),
    "Hebrew": re.compile("[\u0590-\u05ff]"),
    "Greek": re.compile("[\u0370-\u03ff]"),
    "Devanagari script": re.compile("[\u0900-\u097f]"),
    "Thai": re.compile("[\u0e00-\u0e7f]"),
}
_LETTER: Final = re.compile(r"[^\W\d_]")
_WORD: Final = re.compile(r"[^\W\d_]+")

# Left out are words that are common in another of these languages, or in code.
_COMMON: Final = {
    "English": "the and of to is you for that it with your are this have not can if we be from",
    "German": "der das und ist nicht ein eine ich sie zu mit den von auf für im dem auch wie wird",
    "French": "le les et est une des pas vous que pour dans je du au ce sur avec qui ne plus",
    "Spanish": "el los las y es una que en por para con su lo del al como más está puede",
    "Italian": "il di che è una per non con sono le del della si gli alla più come anche può",
    "Portuguese": "os e é uma que em não por para com seu da na mais como você são está pode",
    "Dutch": "het een en niet van ik je dat op te voor met zijn aan er ook maar naar wordt",
    "Swedish": "och är det att ett inte jag som på för med av den till har du om kan vi",
    "Polish": "nie jest się na to że jak po dla za ale przez są od można oraz czy jego",
    "Turkish": "ve bir bu için ile de ne çok gibi daha olarak ama kadar değil olan sonra",
}
_WORDS: Final = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_ALL_WORDS: Final = frozenset().union(*_WORDS.values())


def language_of(text: str) -> str | None:
    """Return the text's language or script, or nothing where it is too short or unclear."""
    begin = text[:_READ]
    if not begin.isascii():
        letters = len(_LETTER.findall(begin))
        for language, script in _SCRIPTS.items():
            if len(script.findall(begin)) > _SCRIPT_SHARE * letters:
                return language
    words = _WORD.findall(begin.lower())
    if len(words) < _FEWEST_WORDS:
        return None
    counts = Counter(filter(_ALL_WORDS.__contains__, words))
    hits = sorted(
        (sum(count for word, count in counts.items() if word in common), language)
        for language, common in _WORDS.items()
    )
    (second, _), (most, language) = hits[-2:]
    is_clear = most >= max(_FEWEST_COMMON, _COMMON_SHARE * len(words)) and most > second
    return language if is_clear else None


def count_languages(
    examples: Sequence[Example], languages: Sequence[str | None]
) -> tuple[Share, ...]:
    """Return how many rows are answered in each language that could be told."""
    rows: Counter[str] = Counter()
    for one, language in zip(examples, languages, strict=True):
        if language is not None:
            rows[language] += one.rows
    ordered = sorted(rows.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple(Share(name=language, rows=count) for language, count in ordered)


def judge_languages(
    examples: Sequence[Example], languages: Sequence[str | None]
) -> Iterable[Finding]:
    """Yield a warning for rows in another language than nearly all the others."""
    shares = count_languages(examples, languages)
    rows = sum(share.rows for share in shares)
    if len(shares) < 2 or shares[0].rows < MAIN * rows:  # noqa: PLR2004 - two make a mix
        return
    main = shares[0].name
    others = group_of(
        one
        for one, language in zip(examples, languages, strict=True)
        if language not in {None, main}
    )
    named = ", ".join(share.name for share in shares[1:4])
    message = (
        f"{counted(others.rows, 'answer')} not in {main} ({percent(others.rows, rows)}; {named}): "
        f"{listed(others.places, others.rows)}."
    )
    hint = "Move them to a dataset of their own, or add enough of them to be learned."
    yield warn(Code.MIXED_LANGUAGES, message, others.places, hint)
