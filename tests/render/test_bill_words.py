import pytest

from ftops.core.billing import Bill, Comparison
from ftops.render.bill_words import bill_words

NOTHING = Comparison(estimated=None, billed=None)


@pytest.mark.parametrize(
    ("tokens", "usd", "words"),
    [
        pytest.param(
            Comparison(estimated=15_000, billed=15_150),
            Comparison(estimated=1.5, billed=1.44),
            "tokens 15,150 (estimate 15,000, +1%), cost $1.44 (estimate $1.50, -4%)",
            id="both known",
        ),
        pytest.param(
            Comparison(estimated=900, billed=900),
            Comparison(estimated=0, billed=0),
            "tokens 900 (as estimated), cost $0.00 (as estimated)",
            id="exactly as thought",
        ),
        pytest.param(
            Comparison(estimated=None, billed=900),
            Comparison(estimated=0.5, billed=None),
            "tokens 900 (estimate unknown), cost unknown (estimate $0.50)",
            id="halves",
        ),
        pytest.param(
            Comparison(estimated=900, billed=None),
            Comparison(estimated=0.5, billed=None),
            "",
            id="a provider that tells no tokens",
        ),
    ],
)
def test_a_bill_in_words(tokens: Comparison, usd: Comparison, words: str) -> None:
    assert bill_words(Bill(tokens=tokens, usd=usd, exact=True)) == words


def test_a_cost_by_time_is_told_as_such() -> None:
    tokens = Comparison(estimated=900, billed=900)
    bill = Bill(tokens=tokens, usd=NOTHING, exact=True, usd_per_hour=100)
    assert bill_words(bill) == "tokens 900 (as estimated), cost by time at $100.00 per hour"
    known = Bill(
        tokens=tokens, usd=Comparison(estimated=None, billed=7), exact=True, usd_per_hour=9
    )
    assert bill_words(known).endswith("cost $7.00 (estimate unknown)")


def test_what_a_stand_in_counted_is_told_as_such() -> None:
    tokens = Comparison(estimated=None, billed=900)
    free = Comparison(estimated=0, billed=0)
    bill = Bill(tokens=tokens, usd=free, exact=True, stand_in="ftops-nano")
    told = "tokens 900 (as ftops-nano counts them), cost $0.00 (as estimated)"
    assert bill_words(bill) == told


def test_no_bill_no_words() -> None:
    assert bill_words(None) == ""
