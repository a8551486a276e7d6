import base64

import pytest

from ftops.core.measures import curves_of_events, curves_of_results
from ftops.core.progress import JobEvent
from tests.fakes.clock import NOON

RESULTS = b"step,train_loss,train_accuracy,valid_loss\n1,2.5,0.5,\n2,nan,0.75,x\nend,1,1,1\n"
CURVES = {"train_loss": ((1, 2.5),), "train_mean_token_accuracy": ((1, 0.5), (2, 0.75))}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(RESULTS, CURVES, id="plain"),
        pytest.param(b"\xef\xbb\xbf" + RESULTS, CURVES, id="with a byte order mark"),
        pytest.param(base64.b64encode(RESULTS), CURVES, id="in base64, as OpenAI has it"),
        pytest.param(b"", {}, id="empty"),
        pytest.param(b"a", {}, id="no base64"),
        pytest.param(b"epoch,loss\n1,2\n", {}, id="other columns"),
        pytest.param(b"\xff\xfe\x00", {}, id="no text"),
        pytest.param(b"step,train_loss\n1," + b"2" * 200_000, {}, id="a cell beyond all bounds"),
        pytest.param(b"step,train_loss\n1\r2,3\n", {}, id="a line that ends twice"),
    ],
)
def test_a_result_file_becomes_curves(content: bytes, told: dict[str, object]) -> None:
    assert {one.name: one.points for one in curves_of_results(content)} == told


def test_events_become_curves_in_the_order_of_steps() -> None:
    def event(step: int | None, loss: object) -> JobEvent:
        measured = {"step": step, "train_loss": loss}
        return JobEvent(id="e", created_at=NOON, level="info", message="", measured=measured)

    told = curves_of_events([event(2, 1.0), event(1, 2.0), event(None, 9.0), event(3, "odd")])
    assert [(one.name, one.points) for one in told] == [("train_loss", ((1, 2.0), (2, 1.0)))]
