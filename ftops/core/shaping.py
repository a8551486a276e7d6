"""`Shaping`: what becomes of declared rows before they are split and uploaded."""

from dataclasses import dataclass, replace

from ftops.core.selection import Filter, Sample, Texts
from ftops.core.spec import FineTuneSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaping:
    """In this order: rows are left out, a system prompt is put before the others, some are drawn.

    `contains` keeps rows that say any of these texts, `without` those that say none.
    """

    method: str
    seed: int = 0
    system: str | None = None
    min_turns: int | None = None
    max_turns: int | None = None
    max_characters: int | None = None
    contains: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    sample_rows: int | None = None
    sample_share: float | None = None


def shaping_of(spec: FineTuneSpec, *, draws: bool) -> Shaping | None:
    """Return what becomes of the rows of a side, None if nothing; only training draws."""
    dataset, wanted = spec.dataset, spec.dataset.filter or Filter()
    sample = (dataset.sample if draws else None) or Sample()
    plain = Shaping(method=spec.method, seed=spec.seed or 0)
    shaping = replace(
        plain,
        system=dataset.system,
        min_turns=wanted.min_turns,
        max_turns=wanted.max_turns,
        max_characters=wanted.max_characters,
        contains=_as_texts(wanted.contains),
        without=_as_texts(wanted.without),
        sample_rows=sample.rows,
        sample_share=sample.share,
    )
    return None if shaping == plain else shaping


def _as_texts(written: Texts | None) -> tuple[str, ...]:
    if written is None:
        return ()
    return (written,) if isinstance(written, str) else written
