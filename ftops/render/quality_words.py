"""Quality figures in words, the same for terminals, pages and comments."""

from collections.abc import Iterator, Sequence
from typing import Final

from ftops.dataset.quality.figures import Leaks, Quality, QualityFigures, Share, Spread
from ftops.render.safe_text import shortened
from ftops.render.words import plural

HEADER: Final = ("quality", "rows", "repeats", "near", "conflicts", "leaks", "tokens a row")
LONGEST_NAME: Final = 60
UNJUDGED: Final = ("whether answers are right", "whether rows suit their purpose")
"""What no figure and no finding says anything about."""

_MOST_SHARES: Final = 5


def quality_cells(name: str, quality: Quality) -> tuple[str, ...]:
    """Return the cells of one line, in the order of `HEADER`."""
    figures, leaks = quality.training, quality.leaks
    return (
        name,
        f"{figures.legal_rows:,}",
        f"{figures.repeated_rows:,}",
        f"{figures.near_copied_rows:,}",
        f"{figures.conflicting_prompts:,}",
        "-" if leaks is None else f"{leaks.leaked_rows + leaks.nearly_leaked_rows:,}",
        spread_words(figures.tokens, "" if figures.tokens_exact else "~"),
    )


def figure_lines(figures: QualityFigures) -> Iterator[tuple[str, str]]:
    """Yield what each figure is called, and the figure in words."""
    yield "rows", sample_words(figures)
    yield "repeats", f"{figures.repeated_rows:,} equal, {figures.near_copied_rows:,} nearly equal"
    yield "conflicts", f"{plural(figures.conflicting_prompts, 'prompt')} with several answers"
    about = "" if figures.tokens_exact else "~"
    yield "tokens a row", spread_words(figures.tokens, about)
    if figures.answer_tokens.most:
        yield "tokens an answer", spread_words(figures.answer_tokens, about)
    yield "turns a row", spread_words(figures.turns)
    for role in figures.roles:
        said = plural(role.messages, "message")
        yield f"said by {role.role}", f"{about}{role.tokens:,} tokens in {said}"
    yield "system prompts", _system_words(figures)
    if figures.labels:
        yield "labels", shares_words(figures.labels)
    yield "languages", shares_words(figures.languages) or "too little text to tell"
    yield "refusals", plural(figures.refusals, "answer")
    if figures.boilerplate:
        yield "boilerplate", shares_words(figures.boilerplate)


def sampling_notes(quality: Quality) -> Iterator[str]:
    """Yield what a reader must know of figures that are not of all rows."""
    for figures in filter(None, (quality.training, quality.validation)):
        if figures.is_sampled:
            yield f"figures are of {sample_words(figures)}"
        if figures.illegal_rows:
            yield f"left out as not legal: {plural(figures.illegal_rows, 'row')}"


def leak_words(leaks: Leaks) -> str:
    """Return how many validation rows training shows."""
    both = f"{leaks.leaked_rows:,} with a prompt of training, {leaks.nearly_leaked_rows:,} nearly"
    return f"of {plural(leaks.rows, 'validation row')} compared: {both}"


def sample_words(figures: QualityFigures) -> str:
    """Return how many rows were looked at, of how many."""
    if not figures.is_sampled:
        return f"{figures.legal_rows:,}"
    return f"a sample of {figures.rows:,} of {figures.legal_rows:,} rows, the same every time"


def spread_words(spread: Spread, about: str = "") -> str:
    """Return the middle and the ends, an estimate marked as such."""
    if spread.least == spread.most:
        return f"{about}{spread.least:,}"
    return f"{about}{spread.least:,} to {spread.most:,}, median {spread.median:,}"


def shares_words(shares: Sequence[Share]) -> str:
    """Return the largest shares with their rows."""
    told = [f"{shortened(one.name, LONGEST_NAME)} {one.rows:,}" for one in shares[:_MOST_SHARES]]
    more = len(shares) - len(told)
    return ", ".join(told) + (f", {more} more" if more > 0 else "")


def _system_words(figures: QualityFigures) -> str:
    if not figures.system_prompts:
        return "none"
    different = plural(len(figures.system_prompts), "wording")
    without = figures.rows_without_system
    return f"{different}, {plural(without, 'row')} without" if without else different
