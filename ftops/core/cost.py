"""What training would cost: trained tokens and US dollars, by an epochs rule and dated prices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar

PRICES_AS_OF: Final = date(2026, 11, 22)

TRAINING_PRICES: Final[Mapping[str, float]] = {
    "gpt-4.1-2025-04-14": 25.0,
    "gpt-4.1-mini-2025-04-14": 5.0,
    "gpt-4.1-nano-2025-04-14": 1.5,
    "gpt-4o-2024-08-06": 25.0,
    "gpt-4o-mini-2024-07-18": 3.0,
    "gpt-3.5-turbo": 8.0,
    "davinci-002": 6.0,
    "babbage-002": 0.4,
}
"""USD per million trained tokens, as of `PRICES_AS_OF`
(https://platform.openai.com/docs/pricing)."""

HOURLY_PRICES: Final[Mapping[str, float]] = {"o4-mini-2025-04-16": 100.0}
"""USD per hour of reinforcement: the training's own time is billed, to the second, and the tokens
of model graders beside it (same page, and https://help.openai.com/en/articles/11323177)."""

ANSWER_PRICES: Final[Mapping[str, tuple[float, float]]] = {
    "gpt-4.1-2025-04-14": (3.0, 12.0),
    "gpt-4.1-mini-2025-04-14": (0.8, 3.2),
    "gpt-4.1-nano-2025-04-14": (0.2, 0.8),
    "gpt-4o-2024-08-06": (3.75, 15.0),
    "gpt-4o-mini-2024-07-18": (0.3, 1.2),
    "gpt-3.5-turbo": (3.0, 6.0),
    "davinci-002": (12.0, 12.0),
    "babbage-002": (1.6, 1.6),
}
"""USD per million tokens asked and answered by a tuned model, from the same page."""

PER: Final = 1_000_000
_CENT_DIGITS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """How one target charges: free, or by base model with the project's own prices first."""

    free: bool = False
    overrides: Mapping[str, float] = field(default_factory=dict)
    hourly: Mapping[str, float] = field(default_factory=dict)

    def usd_per_million(self, base_model: str, method: str | None = None) -> float | None:
        """Return the price of training `base_model`, or None if nobody told us.

        A tuned model's id (`ft:<base>:…`) is charged like its base; a dated snapshot like its
        family if only that is listed. Reinforcement has a price by tokens only in a project's own.
        """
        if self.free:
            return 0.0
        own = _listed(self.overrides, base_model)
        if own is not None or method == "reinforcement":
            return None if own is None else float(own)
        return _listed(TRAINING_PRICES, base_model)

    def usd_per_hour(self, base_model: str, method: str | None) -> float | None:
        """Return the price of an hour of training where that is billed; None if it is not."""
        is_by_tokens = self.usd_per_million(base_model, method) is not None
        if method != "reinforcement" or is_by_tokens:
            return None
        own = _listed(self.hourly, base_model)
        return _listed(HOURLY_PRICES, base_model) if own is None else float(own)

    def cost(self, base_model: str, trained_tokens: int, method: str | None = None) -> float | None:
        """Return USD for `trained_tokens`, or None without a price."""
        price = self.usd_per_million(base_model, method)
        return None if price is None else round(trained_tokens * price / PER, _CENT_DIGITS)

    def answer_cost(self, model: str, prompt_tokens: int, completion_tokens: int) -> float | None:
        """Return USD for asking a tuned model, or None without a price."""
        if self.free:
            return 0.0
        price = _listed(ANSWER_PRICES, model)
        if price is None:
            return None
        asked, answered = price
        return (prompt_tokens * asked + completion_tokens * answered) / PER


_Price = TypeVar("_Price")


def _listed(table: Mapping[str, _Price], model: str) -> _Price | None:
    """Return what the table says of a model, its base, or the longest family it belongs to."""
    base = base_of(model)
    for name in (model, base):
        if name in table:
            return table[name]
    families = [name for name in table if base.startswith(f"{name}-")]
    return table[max(families, key=len)] if families else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What one training is expected to bill; `usd` is None where no price is known.

    With `usd_per_hour` the time of the training is billed, which nobody knows before.

    `bound` is how far off tokens from a sample may be, as a share of them.
    """

    tokens_per_epoch: int
    epochs: int
    epochs_are_assumed: bool
    exact: bool
    usd: float | None
    bound: float | None = None
    usd_per_hour: float | None = None

    @property
    def trained_tokens(self) -> int:
        """Return tokens times epochs: what providers bill."""
        return self.tokens_per_epoch * self.epochs


def base_of(model: str) -> str:
    """Return the base in a model id: `ft:gpt-4.1:acme::abc` → `gpt-4.1`; Azure's `.ft-` too."""
    if model.startswith("ft:"):
        return model.split(":", 2)[1]
    return model.split(".ft-", 1)[0]


def epochs_for(declared: int | None, examples: int) -> tuple[int, bool]:
    """Return the epochs to expect, and whether they were assumed.

    `auto` follows the rule of OpenAI's cookbook (`Chat_finetuning_data_prep.ipynb`): three, moved
    so that examples times epochs lies between 100 and 25,000, at most 25.
    """
    if declared is not None:
        return declared, False
    target, fewest, most, limit = 3, 100, 25_000, 25
    if examples <= 0:
        return target, True
    if target * examples < fewest:
        return min(limit, fewest // examples), True
    if target * examples > most:
        return max(1, most // examples), True
    return target, True
