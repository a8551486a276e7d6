from datetime import date

import pytest

from ftops.core.lifecycle import Shutdown, closing_note, describe, shutdown_of
from ftops.core.names import ModelId
from ftops.core.observed import Observed, ObservedModel
from tests.fakes.clock import NOON

BASE = "gpt-4.1-mini-2025-04-14"
TUNED = "ft:gpt-4.1-mini-2025-04-14:acme::x"
BUILT_IN = date(2027, 1, 14)
TOLD = date(2027, 3, 1)


def listing(**days: date | None) -> Observed:
    """Return a look in which the base and the tune have these shutdown dates."""
    ids = {"base": ModelId(BASE), "tuned": ModelId(TUNED)}
    models = {
        ids[name]: ObservedModel(id=ids[name], shutdown_date=day) for name, day in days.items()
    }
    return Observed(at=NOON, models=models)


@pytest.mark.parametrize(
    ("model", "observed", "use_table", "expected"),
    [
        pytest.param(TUNED, listing(tuned=TOLD), True, (TUNED, TOLD, True), id="the model's own"),
        pytest.param(TUNED, listing(base=TOLD), True, (BASE, TOLD, True), id="its base's"),
        pytest.param(
            TUNED, listing(tuned=None, base=None), True, (BASE, BUILT_IN, False), id="the table's"
        ),
        pytest.param(TUNED, listing(), False, None, id="the table is only for OpenAI"),
        pytest.param("nobody-knows", listing(), True, None, id="not in the table"),
    ],
)
def test_when_a_model_stops_answering(
    model: str, observed: Observed, *, use_table: bool, expected: tuple[str, date, bool] | None
) -> None:
    found = shutdown_of(model, observed, use_table=use_table)
    assert (found and (found.model, found.day, found.told_by_provider)) == expected


@pytest.mark.parametrize(
    ("told", "today", "sentence"),
    [
        pytest.param(
            True,
            date(2027, 1, 4),
            "gpt and its tunes stop answering on 2027-01-14, in 10 days",
            id="to come, told by the provider",
        ),
        pytest.param(
            False,
            date(2027, 1, 14),
            "gpt and its tunes stop answering on 2027-01-14, in 0 days"
            " (built-in table of 2026-11-22)",
            id="today, by the table",
        ),
        pytest.param(
            True, date(2027, 1, 15), "gpt was shut down on 2027-01-14", id="over since yesterday"
        ),
    ],
)
def test_a_shutdown_in_words(today: date, sentence: str, *, told: bool) -> None:
    shutdown = Shutdown(model="gpt", day=BUILT_IN, told_by_provider=told)
    assert describe(shutdown, today) == sentence


@pytest.mark.parametrize(
    ("today", "ending"),
    [
        pytest.param(date(2026, 11, 22), "after 2027-01-06, in 45 days", id="before"),
        pytest.param(date(2027, 1, 6), "after 2027-01-06, in 0 days", id="on the last day"),
        pytest.param(date(2027, 1, 7), "jobs since 2027-01-06", id="after"),
    ],
)
def test_openai_closes(today: date, ending: str) -> None:
    assert closing_note(today).endswith(ending)
