"""What auto becomes, and how fast the network learns at each update."""

import math
from typing import Final

from ftops.trainer.recipes.contract import Options, Resolved
from ftops.trainer.recipes.nano.sizes import SMALL_SET, Pace

_EPOCHS: Final = 3
_SMALL_BATCH, _LARGE_BATCH = 4, 8
_BETA: Final = 0.1
_SLOWEST: Final = 0.05


def resolve(options: Options, lessons: int, tokens: int, pace: Pace) -> Resolved:
    """Fix every free choice of a run over so many lessons of so many tokens.

    `passes` depends on the data alone, so more epochs, smaller batches and faster rates all matter.
    """
    dpo = options.method == "dpo"
    auto_batch = _SMALL_BATCH if lessons <= SMALL_SET else _LARGE_BATCH
    epochs, batch = options.n_epochs or _EPOCHS, options.batch_size or auto_batch
    aim = pace.preference_updates if dpo else pace.updates
    return Resolved(
        n_epochs=epochs,
        batch_size=batch,
        learning_rate_multiplier=options.learning_rate_multiplier or 1.0,
        beta=(options.beta or _BETA) if dpo else None,
        steps=epochs * math.ceil(lessons / batch),
        passes=max(1, round(aim / (_EPOCHS * math.ceil(lessons / auto_batch)))),
        trained_tokens=epochs * tokens,
    )


def rate_at(update: int, updates: int, ramp: int) -> float:
    """Return the share of the full learning rate: up over the ramp, then down to a twentieth."""
    rise = min(1.0, (update + 1) / min(ramp, updates))
    return rise * (1 - (1 - _SLOWEST) * update / updates)
