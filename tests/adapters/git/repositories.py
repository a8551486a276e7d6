"""Real repositories: a bare one that machines meet at, and their clones."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

AUTHOR = {
    "GIT_AUTHOR_NAME": "Ada Lovelace",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada Lovelace",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
}
NOON = "2026-11-22T12:00:00+01:00"


def git(folder: Path, *arguments: str, at: str = NOON) -> str:
    dates = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**AUTHOR, **dates},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def commit(folder: Path, subject: str, at: str = NOON) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", subject, at=at)
    return git(folder, "rev-parse", "HEAD")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Hub:
    """A folder with a bare repository in it whose branch main has one commit."""

    folder: Path

    @classmethod
    def made(cls, folder: Path) -> "Hub":
        folder.mkdir(parents=True, exist_ok=True)
        first = folder / "first"
        first.mkdir()
        git(first, "init", "--quiet", "--initial-branch=main")
        write(first / "README.md", "specs\n")
        commit(first, "One")
        git(folder, "clone", "--quiet", "--bare", "first", "hub.git")
        return cls(folder)

    @property
    def bare(self) -> Path:
        return self.folder / "hub.git"

    def clone(self, name: str, *options: str) -> Path:
        git(self.folder, "clone", "--quiet", *options, f"file://{self.bare}", name)
        return self.folder / name

    def tip(self, ref: str = "refs/heads/main") -> str:
        return git(self.bare, "rev-parse", "--verify", ref)

    def show(self, path: str, ref: str = "refs/heads/main") -> str:
        return git(self.bare, "show", f"{ref}:{path}")

    def hook(self, name: str, script: str) -> None:
        """Let the hub run a shell script, such as one that refuses."""
        where = self.bare / "hooks" / name
        write(where, f"#!/bin/sh\n{script}\n")
        where.chmod(0o755)
