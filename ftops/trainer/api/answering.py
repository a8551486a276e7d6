"""Asks a tuned model: which one, and how its tokens are to be drawn."""

from collections.abc import Sequence
from typing import Final

from ftops.trainer.api.premises import Premises
from ftops.trainer.api.problems import RefusalError, no_such_model
from ftops.trainer.recipes.contract import Model

DEFAULT_MAX_TOKENS: Final = 1024


def model_named(premises: Premises, name: str) -> Model:
    """Return the model of that name, loaded."""
    row = premises.store.models.get(name)
    if row is not None:
        try:
            return premises.loaded.get(row)
        except FileNotFoundError:
            # An older snapshot that its job has replaced, a moment before the list says so.
            raise no_such_model(name) from None
    if name in premises.settings.base_models:
        raise RefusalError(
            400,
            f"{name} knows nothing before it is fine-tuned: make a job and ask its model.",
            param="model",
            code="model_not_trained",
        )
    raise no_such_model(name)


def token_limit(*limits: int | None) -> int:
    """Return the first limit that was given; at least one token is drawn."""
    given = next((limit for limit in limits if limit is not None), DEFAULT_MAX_TOKENS)
    return max(1, given)


def likeliest_share(top_p: float | None) -> float:
    """Return `top_p`; nothing is likelier than the likeliest token, so 0 still leaves that one."""
    return 1.0 if top_p is None else max(top_p, 1e-9)


def stops(stop: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the texts that end an answer."""
    given = [stop] if isinstance(stop, str) else stop or []
    return tuple(text for text in given if text)
