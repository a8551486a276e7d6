"""All figures and warnings of one training's data."""

from collections.abc import Iterable
from dataclasses import dataclass

from ftops.dataset.counting.tally import BY_LENGTH, Counting
from ftops.dataset.finding import Finding
from ftops.dataset.quality import copies, languages, phrases, spreads
from ftops.dataset.quality.example import Example
from ftops.dataset.quality.figures import (
    Group,
    Quality,
    QualityFigures,
    Share,
)
from ftops.dataset.quality.labels import count_labels, judge_labels
from ftops.dataset.quality.lengths import Lengths, count_lengths
from ftops.dataset.quality.prompts import count_prompts, judge_prompts
from ftops.dataset.quality.reading import Sides
from ftops.dataset.quality.sample import Sample
from ftops.dataset.quality.volume import judge_volume


def assess(sides: Sides, counting: Counting = BY_LENGTH) -> Quality:
    """Return what is to be said of both sides; the warnings are of training and of leaks."""
    training = _look(sides.training, counting)
    findings = list(_findings(training, sides.training.legal_rows))
    if sides.validation is None:
        figures = _figures(training, sides.training)
        return Quality(training=figures, validation=None, leaks=None, findings=tuple(findings))
    validation = _look(sides.validation, counting)
    bar = sides.training.bar
    # Beyond the bar training was not looked at, so nothing is known of a leak from there.
    known = [one for one in validation.examples if bar is None or one.key < bar]
    found = copies.find_leaks(training.examples, known)
    leaks, more = copies.judge_leaks(*found, sum(one.rows for one in known))
    return Quality(
        training=_figures(training, sides.training),
        validation=_figures(validation, sides.validation),
        leaks=leaks,
        findings=(*findings, *more),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What figures and warnings are both made of; the lists go along with the examples."""

    examples: tuple[Example, ...]
    lengths: Lengths
    languages: list[str | None]
    labels: tuple[Share, ...]
    repeats: list[Group]
    near: list[Group]
    conflicts: list[Group]
    refusing: list[Example]
    boilerplate: tuple[Share, ...]

    @property
    def rows(self) -> int:
        """Return how many rows were looked at."""
        return sum(one.rows for one in self.examples)

    def weighted(self, values: Iterable[int]) -> list[tuple[int, int]]:
        """Return values with the rows of their examples."""
        return [(value, one.rows) for value, one in zip(values, self.examples, strict=True)]


def _look(sample: Sample, counting: Counting) -> _Look:
    examples = sample.examples()
    return _Look(
        examples=examples,
        lengths=count_lengths(examples, counting),
        languages=[languages.language_of(one.answer) for one in examples],
        labels=count_labels(examples),
        repeats=copies.find_repeats(examples),
        near=copies.find_near_copies(examples),
        conflicts=copies.find_conflicts(examples),
        refusing=[one for one in examples if phrases.refuses(one)],
        boilerplate=phrases.count_boilerplate(examples),
    )


def _findings(look: _Look, legal_rows: int) -> Iterable[Finding]:
    examples = look.examples
    compares = any(one.rejected is not None for one in examples)
    yield from judge_volume(legal_rows, answers_a_row=2 if compares else 1)
    yield from copies.judge_copies(look.repeats, look.near)
    yield from copies.judge_conflicts(look.conflicts)
    yield from copies.judge_pairs(examples)
    if not look.labels:
        yield from spreads.judge_lengths(examples, look.lengths.rows, look.lengths.answers)
    yield from spreads.judge_turns(examples)
    yield from judge_prompts(examples)
    yield from judge_labels(look.labels)
    yield from languages.judge_languages(examples, look.languages)
    yield from phrases.judge_refusals(look.refusing, look.rows)
    yield from phrases.judge_boilerplate(look.boilerplate, look.rows)


def _figures(look: _Look, sample: Sample) -> QualityFigures:
    tokens = look.weighted(look.lengths.rows)
    prompts, without = count_prompts(look.examples)
    return QualityFigures(
        rows=look.rows,
        legal_rows=sample.legal_rows,
        illegal_rows=sample.illegal_rows,
        repeated_rows=copies.extra_rows(look.repeats),
        repeats=copies.largest(look.repeats),
        near_copied_rows=copies.extra_rows(look.near),
        near_copies=copies.largest(look.near),
        conflicting_prompts=len(look.conflicts),
        tokens=spreads.spread_of(tokens),
        answer_tokens=spreads.spread_of(look.weighted(look.lengths.answers)),
        turns=spreads.spread_of(look.weighted(one.turns for one in look.examples)),
        histogram=spreads.histogram_of(tokens),
        roles=look.lengths.roles,
        tokens_exact=look.lengths.are_exact,
        system_prompts=prompts,
        rows_without_system=without,
        labels=look.labels,
        languages=languages.count_languages(look.examples, look.languages),
        refusals=sum(one.rows for one in look.refusing),
        boilerplate=look.boilerplate,
    )
