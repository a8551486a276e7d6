"""Findings as other programs show them beside the lines: SARIF, and GitHub's annotations."""

from collections.abc import Sequence
from typing import Final

from ftops.cli.options import Format
from ftops.cli.session import Session
from ftops.errors import Problem
from ftops.version import __version__

REMARKS: Final = frozenset({Format.SARIF, Format.GITHUB})


def remark(session: Session, problems: Sequence[Problem], output: Format) -> None:
    """Write the findings; of none there is nothing to annotate."""
    folder = _folder(session)
    if output is Format.SARIF:
        from ftops.render.sarif import sarif

        session.show(sarif(problems, __version__, folder))
    elif problems:
        from ftops.render.annotations import annotations

        session.show(annotations(problems, folder))


def _folder(session: Session) -> str:
    """Return the way from the repository's root to the project's: paths are to begin there."""
    root = session.workplace.root
    above = next((each for each in (root, *root.parents) if (each / ".git").exists()), root)
    return "".join(f"{part}/" for part in root.relative_to(above).parts)
