import pytest

from ftops.core.cost import Estimate, Tariff, base_of, epochs_for


@pytest.mark.parametrize(
    ("declared", "examples", "epochs", "assumed"),
    [
        pytest.param(7, 10, 7, False, id="declared"),
        pytest.param(None, 100, 3, True, id="auto: three"),
        pytest.param(None, 34, 3, True, id="auto: three reach a hundred"),
        pytest.param(None, 30, 3, True, id="auto: three although a hundred is missed by little"),
        pytest.param(None, 10, 10, True, id="auto: few examples are seen more often"),
        pytest.param(None, 2, 25, True, id="auto: at most 25"),
        pytest.param(None, 8_333, 3, True, id="auto: three just fit"),
        pytest.param(None, 10_000, 2, True, id="auto: many examples are seen less often"),
        pytest.param(None, 60_000, 1, True, id="auto: at least once"),
        pytest.param(None, 0, 3, True, id="auto: nothing to count"),
    ],
)
def test_epochs(declared: int | None, examples: int, epochs: int, *, assumed: bool) -> None:
    assert epochs_for(declared, examples) == (epochs, assumed)


@pytest.mark.parametrize(
    ("model", "base"),
    [
        pytest.param("gpt-4.1-2025-04-14", "gpt-4.1-2025-04-14", id="a base is its own"),
        pytest.param("ft:gpt-4o-mini-2024-07-18:acme::x", "gpt-4o-mini-2024-07-18", id="OpenAI's"),
        pytest.param("gpt-4o-mini-2024-07-18.ft-0ab1-v2", "gpt-4o-mini-2024-07-18", id="Azure's"),
    ],
)
def test_the_base_in_a_model_id(model: str, base: str) -> None:
    assert base_of(model) == base


@pytest.mark.parametrize(
    ("tariff", "model", "price"),
    [
        pytest.param(Tariff(), "gpt-4.1-mini-2025-04-14", 5.0, id="listed"),
        pytest.param(Tariff(), "ft:gpt-4.1-mini-2025-04-14:acme::x", 5.0, id="a tune, as its base"),
        pytest.param(Tariff(), "gpt-3.5-turbo-0125", 8.0, id="a snapshot, as its family"),
        pytest.param(Tariff(), "gpt-3.5-turbocharged", None, id="a longer word is no family"),
        pytest.param(Tariff(), "nobody-knows", None, id="unknown"),
        pytest.param(Tariff(free=True), "nobody-knows", 0.0, id="free"),
        pytest.param(
            Tariff(overrides={"gpt-4.1-mini-2025-04-14": 1}),
            "gpt-4.1-mini-2025-04-14",
            1.0,
            id="the project's own price first",
        ),
        pytest.param(
            Tariff(overrides={"ft:davinci-002:acme::x": 2.5}),
            "ft:davinci-002:acme::x",
            2.5,
            id="a price for one tune",
        ),
        pytest.param(
            Tariff(overrides={"gpt-4.1": 9, "gpt-4.1-mini": 4}),
            "gpt-4.1-mini-2025-04-14",
            4.0,
            id="of the project's families the closest, before the exact built-in",
        ),
    ],
)
def test_prices(tariff: Tariff, model: str, price: float | None) -> None:
    assert tariff.usd_per_million(model) == price


@pytest.mark.parametrize(
    ("model", "tokens", "usd"),
    [
        pytest.param("davinci-002", 1_000_000, 6.0, id="a million"),
        pytest.param("davinci-002", 12_345, 0.0741, id="rounded to a hundredth of a cent"),
        pytest.param("davinci-002", 0, 0.0, id="nothing"),
        pytest.param("nobody-knows", 1_000_000, None, id="no price"),
    ],
)
def test_what_trained_tokens_cost(model: str, tokens: int, usd: float | None) -> None:
    assert Tariff().cost(model, tokens) == usd


MINI = "o4-mini-2025-04-16"


@pytest.mark.parametrize(
    ("tariff", "model", "method", "hour", "million"),
    [
        pytest.param(Tariff(), MINI, "reinforcement", 100.0, None, id="listed"),
        pytest.param(Tariff(), f"ft:{MINI}:acme::x", "reinforcement", 100.0, None, id="a tune"),
        pytest.param(Tariff(), MINI, "supervised", None, None, id="another method"),
        pytest.param(Tariff(), "nobody-knows", "reinforcement", None, None, id="unknown"),
        pytest.param(
            Tariff(),
            "gpt-4.1-2025-04-14",
            "reinforcement",
            None,
            None,
            id="no price by tokens",
        ),
        pytest.param(Tariff(free=True), MINI, "reinforcement", None, 0.0, id="free"),
        pytest.param(
            Tariff(hourly={MINI: 80}), MINI, "reinforcement", 80.0, None, id="the project's own"
        ),
        pytest.param(
            Tariff(hourly={"nobody": 0}),
            "nobody-knows",
            "reinforcement",
            0.0,
            None,
            id="of a family",
        ),
        pytest.param(
            Tariff(overrides={MINI: 40}), MINI, "reinforcement", None, 40.0, id="a guess by tokens"
        ),
    ],
)
def test_reinforcement_is_billed_by_its_time(
    tariff: Tariff, model: str, method: str, hour: float | None, million: float | None
) -> None:
    assert tariff.usd_per_hour(model, method) == hour
    assert tariff.usd_per_million(model, method) == million
    assert tariff.cost(model, 1_000_000, method) == million


def test_billed_are_tokens_times_epochs() -> None:
    estimate = Estimate(
        tokens_per_epoch=1_000, epochs=3, epochs_are_assumed=False, exact=True, usd=None
    )
    assert estimate.trained_tokens == 3_000


@pytest.mark.parametrize(
    ("tariff", "model", "usd"),
    [
        pytest.param(Tariff(), "ft:gpt-4.1-mini-2025-04-14:acme::x", 0.8 + 3.2, id="by its base"),
        pytest.param(Tariff(), "ft:llama-9:acme::x", None, id="no price known"),
        pytest.param(Tariff(free=True), "ft:llama-9:acme::x", 0.0, id="free"),
    ],
)
def test_asking_a_tuned_model_has_a_price(tariff: Tariff, model: str, usd: float | None) -> None:
    assert tariff.answer_cost(model, 1_000_000, 1_000_000) == usd
