"""What a report on a dataset is made of."""

from dataclasses import dataclass

from ftops.core.privacy import Response, responses
from ftops.dataset.check import Checked
from ftops.dataset.privacy.scanned import Scanned
from ftops.dataset.quality.figures import Quality
from ftops.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class DataReport:
    """A dataset that was checked, judged and looked through; the problems are of all three."""

    files: tuple[str, ...]
    validation: tuple[str, ...]
    method: str
    checked: Checked
    quality: Quality
    privacy: Scanned
    problems: tuple[Problem, ...]

    @property
    def title(self) -> str:
        """Return the dataset's name: its file, or the first and how many more."""
        more = len(self.files) - 1
        return self.files[0] + (f" and {more} more" if more else "")

    @property
    def blocking(self) -> int:
        """Return how many of the values found must not leave, unless a spec says otherwise."""
        answers = responses({})
        counts = self.privacy.counts.items()
        return sum(count for kind, count in counts if answers[kind] is Response.BLOCK)
