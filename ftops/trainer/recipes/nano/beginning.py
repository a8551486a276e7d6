"""What every fit does before its first update: tell what was resolved, and find where it stood."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from ftops.trainer.recipes.contract import Report, Resolved, Task
from ftops.trainer.recipes.nano.conversations import count_images, row_lines
from ftops.trainer.recipes.nano.course import Course
from ftops.trainer.recipes.nano.files import read_state, write_state
from ftops.trainer.recipes.nano.lessons import Dropout
from ftops.trainer.recipes.nano.opening import Opening, random_for
from ftops.trainer.recipes.nano.optimiser import fresh_moments
from ftops.trainer.recipes.nano.schedule import resolve
from ftops.trainer.recipes.nano.sizes import Pace, Sizes
from ftops.trainer.recipes.nano.supervised import Desk
from ftops.trainer.recipes.nano.tokenizer import Tokenizer
from ftops.trainer.recipes.nano.training import Training


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """One call of fit: its task, whom it reports to, and the numbers it is tuned by."""

    task: Task
    report: Report
    sizes: Sizes
    pace: Pace

    @property
    def digest(self) -> str:
        """What the run depends on, so that a state of another task is not taken for its own."""
        told = {
            "train": list(self.task.train),
            "validation": list(self.task.validation),
            "options": asdict(self.task.options),
            "sizes": asdict(self.sizes),
            "pace": asdict(self.pace),
        }
        found = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
        if self.task.parent is not None:
            found.update((Path(self.task.parent) / "model.npz").read_bytes())
        return found.hexdigest()

    @property
    def reference(self) -> Path:
        """Where a preference fit without a parent keeps what it is compared with."""
        return self.task.folder / "reference.npz"

    def desk(self, opened: Opening) -> Desk:
        """Return what makes batches of the opening's lessons."""
        dropout = Dropout(words=self.pace.word_dropout, prompt=self.pace.prompt_dropout)
        return Desk(sizes=opened.sizes, lexicon=opened.lexicon, dropout=dropout)

    def training(self, opened: Opening, resolved: Resolved, checks: int) -> Training:
        """Return the run, standing where its newest whole state left it or at the beginning."""
        state, digest = self.task.folder / "state.npz", self.digest
        course = read_state(state, opened.lexicon, digest, self.report.note)
        if course is None:
            rng = random_for(self.task, 1)
            moments = fresh_moments(opened.weights)
            course = Course(weights=opened.weights, moments=moments, rng=rng)
        size = min(checks, self.pace.validation_sample)
        drawn = random_for(self.task, 2).permutation(checks)[:size]
        return Training(
            course=course,
            resolved=resolved,
            report=self.report,
            folder=self.task.folder,
            sample=sorted(drawn.tolist()),
            saved=opened.saved,
            keep=partial(write_state, state, lexicon=opened.lexicon, task=digest),
        )

    def announce(self, opened: Opening, lessons: int) -> Resolved:
        """Fix what auto means for so many lessons, and say how to read the figures."""
        tokens = count_tokens(self.task, opened.tokenizer)
        resolved = resolve(self.task.options, lessons, tokens, self.pace)
        self.report.resolved(resolved)
        self.report.note(
            f"ftops-nano: one step stands for {resolved.passes} optimiser updates on freshly "
            f"shuffled batches of {resolved.batch_size}"
        )
        self.report.note(
            f"trained_tokens = {resolved.n_epochs} epochs x {tokens} tokens in the model's own "
            f"vocabulary of {len(opened.tokenizer)}"
        )
        if images := count_images([*self.task.train, *self.task.validation]):
            self.report.note(f"ignored {images} image or audio parts: ftops-nano reads text only")
        if not opened.remembers:
            self.report.note("memory is off: answers come from the network's weights alone")
        return resolved


def count_tokens(task: Task, tokenizer: Tokenizer) -> int:
    """Count the tokens of the training rows, everything in them included."""
    return sum(len(tokenizer.encode_context(row_lines(row))) for row in task.train)


def need(found: Sequence[object], wanted: str) -> None:
    """Refuse rows that hold nothing to learn."""
    if not found:
        raise ValueError(
            f"the training rows hold no {wanted} to learn\n"
            "hint: each row needs an assistant message whose weight is not 0"
        )
