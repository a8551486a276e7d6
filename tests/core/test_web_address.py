import pytest

from ftops.core.web_address import commit_pages


@pytest.mark.parametrize(
    ("remote", "pages"),
    [
        pytest.param(
            "https://github.com/acme/bots.git", "https://github.com/acme/bots/commit/", id="https"
        ),
        pytest.param(
            "https://oauth2:s3cret@gitlab.com/acme/bots.git",
            "https://gitlab.com/acme/bots/-/commit/",
            id="a token is left out",
        ),
        pytest.param(
            "git@github.com:acme/bots.git", "https://github.com/acme/bots/commit/", id="short ssh"
        ),
        pytest.param(
            "ssh://git@git.acme.io:2222/team/bots",
            "https://git.acme.io/team/bots/commit/",
            id="long ssh with a port",
        ),
        pytest.param(
            "git@bitbucket.org:acme/bots.git",
            "https://bitbucket.org/acme/bots/commits/",
            id="Bitbucket",
        ),
        pytest.param(
            "https://GitHub.com/acme/bots/", "https://github.com/acme/bots/commit/", id="a slash"
        ),
        pytest.param("/srv/git/bots.git", None, id="a folder"),
        pytest.param("file:///srv/git/bots.git", None, id="a file"),
        pytest.param("javascript:alert(1)", None, id="a script"),
        pytest.param("https://github.com/.git", None, id="no path"),
        pytest.param("https://github.com/a b", None, id="a space"),
        pytest.param(None, None, id="no remote"),
    ],
)
def test_where_commits_are_shown(remote: str | None, pages: str | None) -> None:
    assert commit_pages(remote) == pages
