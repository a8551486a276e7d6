import pytest

from ftops.core.canonical import canonical_json, sha256_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param({"b": 1, "a": [1, None]}, '{"a":[1,null],"b":1}', id="sorted and compact"),
        pytest.param({"a": "Grüße"}, '{"a":"Grüße"}', id="letters as they are"),
        pytest.param(0.1, "0.1", id="a number"),
    ],
)
def test_one_spelling(value: object, text: str) -> None:
    assert canonical_json(value) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_no_spelling(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"x": value})


def test_the_hash_is_over_the_spelling() -> None:
    assert sha256_of({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
