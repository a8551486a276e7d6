"""One try of a job as a folder of its own, so that a worker of an older try can disturb nothing.

job.json       what to do                                         (server → worker)
control        `go on`, `pause`, `cancel` or `superseded`         (server → worker)
worker.json    the worker's process number and birth mark         (worker → server)
heartbeat      touched every second                               (worker → server)
events.jsonl   what happens, a line each                          (worker → server)
result.json    how it ended; written whole, last                  (worker → server)
worker.log     what the worker printed; tracebacks                (for people)
token          what a worker on another machine proves itself by  (server only)
carrier.json   the process that carries this folder to and from a server, if one does
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import msgspec

SUPERSEDED = "superseded"
DISK_FULL = "disk full"
LOG = "worker.log"

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a worker is to do; paths are absolute. `work` is shared by all tries of the job."""

    job_id: str
    recipe: str
    recipe_at: str
    method: str
    hyperparameters: dict[str, Any]
    seed: int
    training_file: Path
    validation_file: Path | None
    work: Path
    parent: Path | None
    base: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerMark:
    """Which process works on a try."""

    pid: int
    born: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a try ended: exactly one is set; `stopped` is an obeyed wish or `disk full`.

    `refused` says why nothing was trained, `error` what went wrong on the way.
    """

    model_dir: Path | None = None
    stopped: str | None = None
    error: str | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class AttemptFolder:
    """The files of one try."""

    path: Path

    def write_order(self, order: Order) -> None:
        """Say what to do."""
        self.path.mkdir(parents=True, exist_ok=True)
        write_whole(self.path / "job.json", plain_order(order))

    def order(self) -> Order:
        """Return what to do."""
        return read_order((self.path / "job.json").read_bytes())

    def control(self) -> str:
        """Return the server's word, empty if there is none."""
        try:
            return (self.path / "control").read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def write_control(self, word: str) -> None:
        """Tell the worker something."""
        if self.control() != word:
            write_whole(self.path / "control", word.encode())

    def mark(self) -> WorkerMark | None:
        """Return which process works here, if one has begun."""
        return _decoded(self.path / "worker.json", WorkerMark)

    def write_mark(self, mark: WorkerMark) -> None:
        """Say which process works here."""
        write_whole(self.path / "worker.json", msgspec.json.encode(mark))

    def carrier(self) -> WorkerMark | None:
        """Return the process that carries this folder, without which its worker is of no use."""
        return _decoded(self.path / "carrier.json", WorkerMark)

    def write_carrier(self, mark: WorkerMark) -> None:
        """Say which process carries this folder."""
        write_whole(self.path / "carrier.json", msgspec.json.encode(mark))

    def token(self) -> str | None:
        """Return what a worker elsewhere proves itself by, if it is to run elsewhere."""
        try:
            return (self.path / "token").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def write_token(self, token: str) -> None:
        """Say what a worker elsewhere is to prove itself by."""
        write_whole(self.path / "token", token.encode())

    @property
    def log(self) -> Path:
        """Return the file that holds a line for all that happens."""
        return self.path / "events.jsonl"

    def result(self) -> Result | None:
        """Return how it ended, if it did."""
        return _decoded(self.path / "result.json", Result)

    def write_result(self, result: Result) -> None:
        """Say how it ended."""
        write_whole(self.path / "result.json", plain_result(result))

    def beat(self) -> None:
        """Show that the worker lives."""
        (self.path / "heartbeat").touch()

    def last_beat(self) -> float:
        """Return when the worker last showed that it lives; 0 if never."""
        try:
            return (self.path / "heartbeat").stat().st_mtime
        except FileNotFoundError:
            return 0.0

    def lines_after(self, offset: int) -> tuple[list[bytes], int]:
        """Return the whole lines told since `offset`, and how far that reaches."""
        try:
            with self.log.open("rb") as stream:
                stream.seek(offset)
                told = stream.read()
        except FileNotFoundError:
            return [], offset
        whole = told[: told.rfind(b"\n") + 1]
        return whole.splitlines(), offset + len(whole)


def plain_order(order: Order) -> bytes:
    """Return an order as JSON."""
    return msgspec.json.encode(order, enc_hook=str)


def read_order(text: bytes) -> Order:
    """Return the order that `plain_order` wrote."""
    return msgspec.json.decode(text, type=Order, dec_hook=as_path)


def plain_result(result: Result) -> bytes:
    """Return a result as JSON."""
    return msgspec.json.encode(result, enc_hook=str)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees all of it or nothing, even after a crash."""
    staging = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    staging.replace(path)


def as_path(kind: type, value: object) -> object:
    """Make what JSON has no word for: a path."""
    return kind(value)


def _decoded(path: Path, kind: type[Kind]) -> Kind | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind, dec_hook=as_path)
    except FileNotFoundError:
        return None
