from typing import Any

import pytest

from ftops.core.progress import JobEvent
from tests.fakes.clock import NOON


@pytest.mark.parametrize(
    ("measured", "step", "loss"),
    [
        pytest.param({"step": 3, "train_loss": 0.5}, 3, 0.5, id="a metrics event"),
        pytest.param({"step": 3.0, "train_loss": 1}, 3, 1.0, id="numbers of the other kind"),
        pytest.param({}, None, None, id="a message"),
        pytest.param({"step": "3", "train_loss": None}, None, None, id="no numbers"),
        pytest.param({"step": True, "train_loss": False}, None, None, id="truth values"),
        pytest.param(
            {"step": float("nan"), "train_loss": float("inf")}, None, None, id="no finite numbers"
        ),
        pytest.param({"step": 10**400, "train_loss": 1e300}, None, None, id="absurd sizes"),
    ],
)
def test_what_an_event_measured(
    measured: dict[str, Any], step: int | None, loss: float | None
) -> None:
    event = JobEvent(id="e", created_at=NOON, level="info", message="", measured=measured)
    assert (event.step, event.number("train_loss")) == (step, loss)
