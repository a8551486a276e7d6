"""A person's project folder: ftops.yaml, specs, datasets, and git where it matters."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

BASE: Final = "gpt-4.1-mini-2025-04-14"
_IDENTITY: Final = (
    "-c",
    "user.name=Ann",
    "-c",
    "user.email=ann@example.org",
    "-c",
    "commit.gpgsign=false",
)
_SCRUBBED: Final = (
    (re.compile(r"ftjob-\w+"), "ftjob-ID"),
    (re.compile(r"file-\w+"), "file-ID"),
    (re.compile(r"(ft:[\w.-]+:[\w-]*:[\w-]*):\w+"), r"\1:ID"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "DIGEST"),
    (re.compile(r"\bftops-[0-9a-f]{32}"), "ftops-DIGEST"),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:PORT"),
    (re.compile(r"~?[\d,]+ tokens × [^\n]*"), "ESTIMATE"),  # noqa: RUF001 what is printed
    (re.compile(r"\d{4}-\d\d-\d\d([T ])\d\d:\d\d:\d\d"), r"DAY\1TIME"),
)


def scrubbed(text: str) -> str:
    """Return output without what differs from run to run."""
    for pattern, stand_in in _SCRUBBED:
        text = pattern.sub(stand_in, text)
    return text


def rows(topic: str, count: int = 10) -> str:
    """Return rows that teach what to answer to `topic 0`, `topic 1`, …"""
    lines = [
        {
            "messages": [
                {"role": "user", "content": f"{topic} {number}"},
                {"role": "assistant", "content": f"{topic} answer {number}"},
            ]
        }
        for number in range(count)
    ]
    return "".join(json.dumps(line) + "\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Checkout:
    """The folder; every path is below it."""

    root: Path

    def write(self, path: str, text: str) -> None:
        where = self.root / path
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_text(text, encoding="utf-8")

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def settle(self, base_url: str, **settings: object) -> None:
        """Write an ftops.yaml whose own target is the lab."""
        self.settings(
            targets={"lab": {"base_url": base_url}}, defaults={"target": "lab"}, **settings
        )

    def settings(self, **settings: object) -> None:
        self.write("ftops.yaml", _yaml({"project": "acme", **settings}))

    def spec(self, name: str, **fields: object) -> None:
        """Declare a spec over rows of its own, which are written if they are not there."""
        train = f"datasets/{name}.jsonl"
        if not (self.root / train).exists() and "dataset" not in fields:
            self.write(train, rows(name))
        declared = {"name": name, "model": BASE, "dataset": {"train": train}, **fields}
        self.write(f"specs/{name}.yaml", _yaml(declared))

    def lock(self, name: str) -> Path:
        return self.root / "specs" / f"{name}.lock"

    def git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", *_IDENTITY, *words], cwd=self.root, capture_output=True, text=True, check=True
        )
        return done.stdout

    def commit(self, subject: str) -> None:
        if not (self.root / ".git").exists():
            self.git("init", "--quiet", "--initial-branch=main")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", subject)


def _yaml(fields: dict[str, object]) -> str:
    """Return YAML whose values are JSON, which is YAML too."""
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in fields.items())
