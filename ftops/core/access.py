"""Who may see and ask what, over HTTP: roles, each holding what the one before it may."""

from enum import StrEnum


class Role(StrEnum):
    """What a caller may do: look; also ask models; also see everybody's usage."""

    VIEWER = "viewer"
    TESTER = "tester"
    ADMIN = "admin"

    def may(self, needed: "Role") -> bool:
        """Say whether this role includes the needed one."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)
