"""Build what compares a project's data with what its locks were trained on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from ftops.adapters.spec_files.around import Around
from ftops.adapters.spec_files.source import SpecFiles, read_project
from ftops.core.desired import Declared
from ftops.core.names import SpecName
from ftops.wiring.ground import Ground

if TYPE_CHECKING:
    from ftops.usecases.compare import Comparing

_GIT: Final = ("sha", "short_sha", "branch")
_THEN: Final = "then"
"""What templates say of git decides nothing about data."""


def comparing(ground: Ground, most_told: int) -> "Comparing":
    """Return the comparison that tells so many rows of each side; 0 for figures alone."""
    from ftops.adapters.dataset_files.rows import RowFiles
    from ftops.adapters.git.past import GitPast
    from ftops.usecases.compare import Comparing
    from ftops.usecases.past_rows import PastData

    past = PastData(
        history=ground.history,
        files=GitPast(ground.root),
        scratch=_scratch,
        open_rows=lambda folder: RowFiles(Path(folder)),
        read_spec=lambda folder, name: _spec_in(Path(folder), name, ground),
    )
    rows = RowFiles(ground.root, allow_outside=ground.project.allow_outside)
    return Comparing(rows=rows, past=past, most_told=most_told)


@contextmanager
def _scratch() -> Iterator[str]:
    with TemporaryDirectory(prefix="ftops-") as folder:
        yield folder


def _spec_in(folder: Path, name: SpecName, ground: Ground) -> Declared | None:
    """Return the spec as a folder has it."""
    specs = SpecFiles(
        folder,
        read_project(folder),
        Around(
            git=lambda: dict.fromkeys(_GIT, _THEN),
            environment=ground.environment.only(ground.project.template_env),
            now=ground.clock.now,
        ),
    )
    return next((one for one in specs.specs() if one.name == name), None)
