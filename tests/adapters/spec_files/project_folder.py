"""A project's folder for tests: write files, then read specs as wiring does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ftops.adapters.spec_files.around import Around
from ftops.adapters.spec_files.source import SpecFiles, read_project
from ftops.core.desired import Declared
from ftops.errors import Problem, SpecError

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)

WHOLE = """\
name: {name}
model: gpt-4.1-mini-2025-04-14
dataset:
  train: datasets/a.jsonl
"""


def whole(name: str, *more: str) -> str:
    return WHOLE.format(name=name) + "".join(f"{line}\n" for line in more)


@dataclass(kw_only=True)
class Folder:
    """`asked_git` counts how often the commit was asked for."""

    root: Path
    git: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    asked_git: int = 0

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        return file

    def specs(self) -> tuple[Declared, ...]:
        files = SpecFiles(
            self.root,
            read_project(self.root),
            Around(git=self._commit, environment=self.environment, now=lambda: NOW),
        )
        return files.specs()

    def only_spec(self) -> Declared:
        (declared,) = self.specs()
        return declared

    def problems(self) -> tuple[Problem, ...]:
        with pytest.raises(SpecError) as caught:
            self.specs()
        return caught.value.problems

    def only_problem(self) -> Problem:
        (problem,) = self.problems()
        return problem

    def _commit(self) -> Mapping[str, str]:
        self.asked_git += 1
        return self.git
