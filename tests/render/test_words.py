from typing import Any, get_args

import pytest

from ftops.core.cost import Estimate
from ftops.core.difference import Difference
from ftops.core.outcome import Outcome
from ftops.core.plan import Change, Reason
from ftops.render.event_words import size_words
from ftops.render.words import (
    MARKS,
    OUTCOME_MARKS,
    REASONS,
    assumption_words,
    difference_words,
    dollars,
    estimate_words,
    plural,
)


def test_every_reason_has_words_of_its_own() -> None:
    assert set(REASONS) == set(Reason)
    assert len(set(REASONS.values())) == len(Reason)
    assert all(len(words) > 5 and "-" not in words for words in REASONS.values())


def test_every_kind_of_change_has_a_mark() -> None:
    assert set(MARKS) == {kind.__name__.lower() for kind in get_args(Change)}


def test_every_kind_of_outcome_has_a_mark_of_its_own() -> None:
    assert set(OUTCOME_MARKS) == {kind.__name__.lower() for kind in get_args(Outcome)}
    assert len(set(OUTCOME_MARKS.values())) == len(OUTCOME_MARKS)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        pytest.param(3, 4, "f: 3 → 4", id="numbers"),
        pytest.param(None, "x", "f: (none) → x", id="was absent"),
        pytest.param([1], {"a": "ü"}, 'f: [1] → {"a": "ü"}', id="anything else as JSON"),
        pytest.param("a" * 64, "b" * 64, "f: aaaa… → bbbb…", id="digests are shortened"),
        pytest.param(
            "a" * 64, "a" * 9 + "b" * 55, "f: aaaaaaaaaaaa… → aaaaaaaaabbb…", id="until they differ"
        ),
        pytest.param("a" * 64, None, "f: aaaa… → (none)", id="a digest goes"),
        pytest.param("a" * 64, "a" * 64, f"f: {'a' * 59}… → {'a' * 59}…", id="equal ones end"),
        pytest.param("x" * 99, 1, f"f: {'x' * 59}… → 1", id="a long value is cut"),
    ],
)
def test_a_difference_in_words(old: Any, new: Any, shown: str) -> None:  # noqa: ANN401 - any value
    assert difference_words(Difference(field="f", old=old, new=new)) == shown


def test_hyperparameters_need_no_prefix() -> None:
    difference = Difference(field="hyperparameters.n_epochs", old="auto", new=2)
    assert difference_words(difference) == "n_epochs: auto → 2"


@pytest.mark.parametrize(
    ("usd", "about", "shown"),
    [
        pytest.param(0.0, True, "$0.00", id="free is exact"),
        pytest.param(0.0012, True, "<$0.01", id="less than a cent"),
        pytest.param(1234.5, False, "$1,234.50", id="thousands"),
        pytest.param(1.93, True, "~$1.93", id="an estimate is marked"),
    ],
)
def test_money(usd: float, about: bool, shown: str) -> None:  # noqa: FBT001 - a column of the table
    assert dollars(usd, about=about) == shown


@pytest.mark.parametrize(
    ("exact", "assumed", "usd", "shown"),
    [
        pytest.param(True, False, 1.5, "9 tokens * 1 epoch = 9 trained tokens, $1.50", id="exact"),
        pytest.param(
            False, False, 1.5, "~9 tokens * 1 epoch ≈ 9 trained tokens, ~$1.50", id="estimated"
        ),
        pytest.param(
            True, True, None, "9 tokens * 1 epoch (auto) ≈ 9 trained tokens, no price known",
            id="auto and unpriced",
        ),
    ],
)  # fmt: skip
def test_an_estimate_in_words(exact: bool, assumed: bool, usd: float | None, shown: str) -> None:  # noqa: FBT001 - columns of the table
    estimate = Estimate(
        tokens_per_epoch=9, epochs=1, epochs_are_assumed=assumed, exact=exact, usd=usd
    )
    assert estimate_words(estimate).replace("\N{MULTIPLICATION SIGN}", "*") == shown


def test_a_price_by_the_hour_is_told() -> None:
    estimate = Estimate(
        tokens_per_epoch=9,
        epochs=1,
        epochs_are_assumed=False,
        exact=False,
        usd=None,
        usd_per_hour=100,
    )
    told = "billed by training time at $100.00 per hour, so not known before"
    assert estimate_words(estimate).endswith(f"9 trained tokens, {told}")
    assert "prices of" in assumption_words([estimate])


@pytest.mark.parametrize(
    ("bound", "shown"),
    [
        pytest.param(None, "~9 tokens ", id="all counted"),
        pytest.param(0.0081, "~9 ±0.9% tokens ", id="rounded up"),
        pytest.param(0.00001, "~9 ±0.1% tokens ", id="never nothing"),
    ],
)
def test_the_bound_of_a_sample_is_shown(bound: float | None, shown: str) -> None:
    estimate = Estimate(
        tokens_per_epoch=9, epochs=1, epochs_are_assumed=False, exact=False, usd=None, bound=bound
    )
    assert estimate_words(estimate).startswith(shown)


@pytest.mark.parametrize(
    ("count", "shown"),
    [pytest.param(1, "1 spec", id="one"), pytest.param(2000, "2,000 specs", id="many")],
)
def test_counts(count: int, shown: str) -> None:
    assert plural(count, "spec") == shown


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        pytest.param(12, "12 bytes", id="bytes"),
        pytest.param(1536, "1.5 KiB", id="kibibytes"),
        pytest.param(3 * 1024**2, "3.0 MiB", id="mebibytes"),
        pytest.param(5 * 1024**3, "5.0 GiB", id="gibibytes"),
    ],
)
def test_sizes(size: int, shown: str) -> None:
    assert size_words(size) == shown
