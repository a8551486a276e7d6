"""What a report on a dataset is made of."""

from dataclasses import dataclass

from ftops.dataset.check import Checked
from ftops.dataset.quality.figures import Quality
from ftops.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class DataReport:
    """A dataset that was checked and judged; the problems are of both."""

    files: tuple[str, ...]
    validation: tuple[str, ...]
    method: str
    checked: Checked
    quality: Quality
    problems: tuple[Problem, ...]

    @property
    def title(self) -> str:
        """Return the dataset's name: its file, or the first and how many more."""
        more = len(self.files) - 1
        return self.files[0] + (f" and {more} more" if more else "")
