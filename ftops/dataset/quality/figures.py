"""The figures of one dataset: what a table, a JSON document and a report page are made of."""

from dataclasses import dataclass

from ftops.dataset.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A row: its file, where one is named, and its line."""

    file: str | None
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows that belong together: their number, and the places of the first of them."""

    rows: int
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many rows have a named trait; the name may be text from the dataset."""

    name: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How a measure is spread over rows."""

    least: int
    quarter: int
    median: int
    three_quarters: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a histogram: rows from `start` up to, not including, `end`; the last is open."""

    start: int
    end: int | None
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTokens:
    """What one role says in all."""

    role: str
    messages: int
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFigures:
    """One dataset in figures, of the rows that were looked at.

    `legal_rows` is how many there were to look at; where `rows` is less, they are a sample: all
    rows of some prompts, the same ones every time, whatever their order. `tokens_exact` is whether
    the provider's own rules gave every token of them. `repeats` and `near_copies` hold the largest
    groups; their counts are of all.
    """

    rows: int
    legal_rows: int
    illegal_rows: int
    repeated_rows: int
    repeats: tuple[Group, ...]
    near_copied_rows: int
    near_copies: tuple[Group, ...]
    conflicting_prompts: int
    tokens_exact: bool
    tokens: Spread
    answer_tokens: Spread
    turns: Spread
    histogram: tuple[Bar, ...]
    roles: tuple[RoleTokens, ...]
    system_prompts: tuple[Share, ...]
    rows_without_system: int
    labels: tuple[Share, ...]
    languages: tuple[Share, ...]
    refusals: int
    boilerplate: tuple[Share, ...]

    @property
    def is_sampled(self) -> bool:
        """Say whether the figures are of a part of the rows."""
        return self.rows < self.legal_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaks:
    """Validation rows that training shows as well: what they measure is memory."""

    rows: int
    leaked_rows: int
    nearly_leaked_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What is to be said of the data of one training: figures, leaks and warnings."""

    training: QualityFigures
    validation: QualityFigures | None
    leaks: Leaks | None
    findings: tuple[Finding, ...]
