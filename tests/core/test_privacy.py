"""Which finding does what: the spec's words, the groups and the defaults."""

import pytest
from pydantic import ValidationError

from ftops.core.privacy import GROUP_OF, Group, Kind, Response, responses
from ftops.core.spec import Privacy
from tests.fakes.specs import declared, desired

BLOCK, WARN, IGNORE = Response.BLOCK, Response.WARN, Response.IGNORE


@pytest.mark.parametrize(
    ("written", "kind", "expected"),
    [
        pytest.param({}, Kind.API_KEY, BLOCK, id="secrets block"),
        pytest.param({}, Kind.CARD, BLOCK, id="cards block"),
        pytest.param({}, Kind.PL_PESEL, BLOCK, id="national ids block"),
        pytest.param({}, Kind.EMAIL, WARN, id="addresses are told"),
        pytest.param({}, Kind.BIRTH_DATE, WARN, id="dates of birth are told"),
        pytest.param({"block": ["email"]}, Kind.EMAIL, BLOCK, id="a kind may block"),
        pytest.param({"block": ["email"]}, Kind.API_KEY, BLOCK, id="what no list names stays"),
        pytest.param({"warn": ["secrets"]}, Kind.JWT, WARN, id="a group stands for its kinds"),
        pytest.param(
            {"block": ["jwt"], "warn": ["secrets"]}, Kind.JWT, BLOCK, id="a kind before its group"
        ),
        pytest.param({"ignore": ["contact"]}, Kind.PHONE, IGNORE, id="a group may be ignored"),
    ],
)
def test_responses(written: dict[str, list[str]], kind: Kind, expected: Response) -> None:
    assert declared(privacy=written).spec.privacy.responses()[kind] is expected


def test_every_kind_has_a_group_and_every_group_a_kind() -> None:
    assert set(GROUP_OF) == set(Kind)
    assert set(GROUP_OF.values()) == set(Group)
    assert set(responses({})) == set(Kind)


def test_a_word_under_two_responses_is_an_error() -> None:
    with pytest.raises(ValidationError, match="names email, which stands under block already"):
        declared(privacy={"block": ["email"], "ignore": ["email"]})


@pytest.mark.parametrize("word", ["person-name", "location"])
def test_what_only_a_model_finds_is_not_promised_without_one(word: str) -> None:
    for response in ("block", "warn"):
        with pytest.raises(ValidationError, match=f"names {word}, which needs `presidio: "):
            declared(privacy={response: [word]})
    declared(privacy={"ignore": [word]})
    declared(privacy={"block": [word], "presidio": {"model": "models/en"}})


@pytest.mark.parametrize("word", ["emial", "all", ""])
def test_an_unknown_word_is_an_error(word: str) -> None:
    with pytest.raises(ValidationError):
        declared(privacy={"warn": [word]})


def test_privacy_never_causes_training() -> None:
    plain, strict = desired(), desired(privacy={"block": ["contact"], "allow": "privacy.allow"})
    assert plain.fingerprint == strict.fingerprint
    assert declared().spec.privacy == Privacy()
