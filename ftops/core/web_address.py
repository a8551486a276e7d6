"""Where a git remote shows its commits to a browser: an address in, an address out."""

import re
from typing import Final

_SHORT_SSH: Final = re.compile(r"[^@/\s]+@(?P<host>[A-Za-z0-9.-]+):(?P<path>[^/\s:][^\s:]*)")
_LONG: Final = re.compile(
    r"(?:https?|ssh|git)://(?:[^@/\s]*@)?(?P<host>[A-Za-z0-9.-]+)(?::\d+)?/(?P<path>[^\s?#]+)"
)
_PLACES: Final = {"gitlab": "/-/commit/", "bitbucket": "/commits/"}


def commit_pages(remote: str | None) -> str | None:
    """Return what a commit's sha is appended to, or None for a remote no browser can open.

    Whatever signs in to the remote is left out. GitHub's way of spelling is taken for hosts that
    are not GitLab or Bitbucket by name, as Gitea and Forgejo spell alike.
    """
    found = None if remote is None else _LONG.fullmatch(remote) or _SHORT_SSH.fullmatch(remote)
    if found is None:
        return None
    host, path = found["host"].lower(), found["path"].strip("/").removesuffix(".git")
    place = next((place for name, place in _PLACES.items() if name in host), "/commit/")
    return f"https://{host}/{path}{place}" if path else None
