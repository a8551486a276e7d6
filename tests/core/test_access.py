import pytest

from ftops.core.access import Role


@pytest.mark.parametrize(
    ("role", "needed", "may"),
    [
        pytest.param(Role.VIEWER, Role.VIEWER, True, id="a viewer looks"),
        pytest.param(Role.VIEWER, Role.TESTER, False, id="a viewer asks no model"),
        pytest.param(Role.TESTER, Role.VIEWER, True, id="a tester looks too"),
        pytest.param(Role.TESTER, Role.ADMIN, False, id="a tester sees only its own usage"),
        pytest.param(Role.ADMIN, Role.TESTER, True, id="an admin may all"),
    ],
)
def test_a_role_holds_what_the_one_before_it_may(role: Role, needed: Role, may: bool) -> None:  # noqa: FBT001 - a column of the table
    assert role.may(needed) is may
