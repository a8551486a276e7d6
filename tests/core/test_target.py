import pytest

from ftops.core.target import Surroundings, choose_target
from ftops.errors import TargetError

ALL = Surroundings(asked="asked", from_environment="env", has_openai_key=True, is_ci=True)


@pytest.mark.parametrize(
    ("declared", "around", "name", "why", "is_home"),
    [
        pytest.param("spec", ALL, "asked", "--target", False, id="--target first"),
        pytest.param(
            "spec",
            Surroundings(from_environment="env", has_openai_key=True),
            "env",
            "FTOPS_TARGET",
            False,
            id="then FTOPS_TARGET",
        ),
        pytest.param(
            "spec",
            Surroundings(has_openai_key=True),
            "spec",
            "declared",
            True,
            id="then the declared one",
        ),
        pytest.param(
            "spec",
            Surroundings(asked="spec"),
            "spec",
            "--target",
            True,
            id="asked for and declared as well",
        ),
        pytest.param(
            None,
            Surroundings(has_openai_key=True),
            "openai",
            "OPENAI_API_KEY is set",
            True,
            id="then openai with a key",
        ),
        pytest.param(
            None,
            Surroundings(asked="azure"),
            "azure",
            "--target",
            True,
            id="asked for where nothing is declared",
        ),
        pytest.param(
            None,
            Surroundings(asked="", from_environment=""),
            "local",
            "no target declared and no key: ftops' own training server",
            False,
            id="else local",
        ),
        pytest.param("spec", Surroundings(is_ci=True), "spec", "declared", True, id="CI, declared"),
    ],
)
def test_which_target(
    declared: str | None, around: Surroundings, name: str, why: str, *, is_home: bool
) -> None:
    choice = choose_target(declared, around)
    assert (choice.name, choice.why, choice.is_home) == (name, why, is_home)


@pytest.mark.parametrize("has_key", [True, False])
def test_nothing_is_chosen_for_ci(*, has_key: bool) -> None:
    with pytest.raises(TargetError, match="none is chosen for you") as refused:
        choose_target(None, Surroundings(has_openai_key=has_key, is_ci=True))
    assert refused.value.hint
