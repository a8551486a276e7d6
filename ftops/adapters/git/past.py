"""The PastFiles port over git: files as commits had them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from ftops.adapters.git.calls import GitCalls
from ftops.ports import Blob

_PLAIN: Final = ("100644", "100755")
"""No symbolic link is restored: it could lead anywhere."""


class GitPast:
    """Earlier files of the project at `root`; paths are from there."""

    def __init__(self, root: Path) -> None:
        self._git = GitCalls(root)

    def commits(self, paths: Sequence[str], most: int) -> tuple[str, ...]:
        """Return the checked out commit and the last ones that changed any path, youngest first."""
        head = self._git.line("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if head is None:
            return ()
        log = self._git.ask(
            *("log", "--format=%H", f"--max-count={most}"),
            *("--no-show-signature", "--no-color", "--", *paths),
        )
        return tuple(dict.fromkeys((head, *(log or b"").decode().split())))

    def listing(self, commit: str, paths: Sequence[str]) -> Mapping[str, Blob]:
        """Return the plain files at or below the paths."""
        listed = self._git.ask("ls-tree", "-r", "-l", "-z", commit, "--", *paths) or b""
        found = {}
        for entry in listed.decode(errors="surrogateescape").split("\0"):
            about, _, path = entry.partition("\t")
            match about.split():
                case [mode, "blob", name, size] if mode in _PLAIN:
                    found[path] = Blob(id=name, size=int(size))
        return found

    def are_cut_off(self) -> bool:
        """Say whether there are older commits that this clone does not have."""
        return self._git.line("rev-parse", "--is-shallow-repository") == "true"

    def restore(self, files: Mapping[str, Blob], folder: str) -> None:
        """Write the files below a folder, byte for byte as they were committed."""
        for path, blob in files.items():
            where = Path(folder) / path
            where.parent.mkdir(parents=True, exist_ok=True)
            with where.open("xb") as stream:
                self._git.write("cat-file", "blob", blob.id, into=stream)
