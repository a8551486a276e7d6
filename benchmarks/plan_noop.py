"""What a plan with nothing to do costs: the CPU time of `ftops plan` over many settled specs.

Run `python benchmarks/plan_noop.py [SPECS ...]`. It writes a project with so many specs, a small
dataset each, and the locks of jobs that a stub lists page by page; the stub's own time is not
counted. Beside it stand the bare interpreter, a plain loop that reads the same files the usual
way (`yaml.safe_load`, `json.loads`, sha256) and `dvc status` of the same data, where dvc is
installed (`uv sync --group bench`) and the data is not too much for it. Every figure is the median
of rounds in turns; the last lines show how the cost grows.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from typing_extensions import override

from ftops.adapters.lock_files.lock_text import lock_to_text
from ftops.adapters.lock_files.search import LOCK_SUFFIX
from ftops.core.desired import Desired, pin
from ftops.core.lock import lock_for
from ftops.core.names import FileId, JobId, ModelId, TargetName
from ftops.core.observed import JobStatus, ObservedJob
from ftops.wiring.workplace import Workplace, open_workplace

SPECS = (1_000, 10_000)
ROUNDS = 5
MOST_FOR_DVC = 1_000
ROWS = 12
PAGE = 100
BASE = "gpt-4.1-mini-2025-04-14"
NOON = 1_767_225_600
SPEC = """name: {name}
model: {base}
suffix: {name}
target: openai
method: supervised
hyperparameters:
  n_epochs: 3
  batch_size: auto
seed: 42
dataset:
  train: datasets/{name}.jsonl
metadata:
  version: "2.0"
  description: The answers of team {name}, as they were given last year
"""
LOOP = """
import hashlib, json, sys, yaml
from pathlib import Path
for path in Path("specs").glob("*.yaml"):
    spec = yaml.safe_load(path.read_text())
    data = Path(spec["dataset"]["train"]).read_bytes()
    hashlib.sha256(data).hexdigest()
    rows = [json.loads(line) for line in data.splitlines()]
    assert all(row["messages"] for row in rows)
    yaml.safe_load(path.with_suffix(".lock").read_text())
"""

# The system counts the memory of whoever forks as the program's own, so somebody small does it.
LAUNCHER = """
import os, subprocess, sys
program = subprocess.Popen(sys.argv[1:], stdout=sys.stderr)
_, status, used = os.wait4(program.pid, 0)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.stdout.flush()
os._exit(os.waitstatus_to_exitcode(status))
"""

Json = dict[str, Any]


class Stub(ThreadingHTTPServer):
    """A provider that lists what it was given."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Listing)
        self.listed: dict[str, list[Json]] = {}
        self.requests = 0

    @cached_property
    def places(self) -> dict[str, int]:
        """Where the next page begins, by the id of the last one seen."""
        return {one["id"]: n + 1 for listed in self.listed.values() for n, one in enumerate(listed)}


class Listing(BaseHTTPRequestHandler):
    """Answers GET with one page."""

    protocol_version = "HTTP/1.1"
    server: Stub

    def do_GET(self) -> None:
        """Answer one page of a listing, after the id that was asked for."""
        self.server.requests += 1
        asked = urlsplit(self.path)
        query = parse_qs(asked.query)
        entries = self.server.listed[asked.path.removeprefix("/v1/")]
        after = query.get("after", [""])[0]
        begin = self.server.places[after] if after else 0
        end = begin + int(query["limit"][0]) if "limit" in query else len(entries)
        self._send({"object": "list", "data": entries[begin:end], "has_more": end < len(entries)})

    @override
    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _send(self, document: Json) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def write_project(root: Path, specs: int) -> None:
    """Write specs and data."""
    (root / "ftops.yaml").write_text("project: many\n")
    for folder in ("specs", "datasets"):
        (root / folder).mkdir()
    for number in range(specs):
        name = f"team-{number}"
        (root / f"specs/{name}.yaml").write_text(SPEC.format(name=name, base=BASE))
        (root / f"datasets/{name}.jsonl").write_text("".join(rows(name)))


def rows(name: str) -> list[str]:
    """Return a small dataset of its own for each spec."""
    return [
        json.dumps(
            {
                "messages": [
                    {"role": "user", "content": f"What does team {name} say to question {row}?"},
                    {"role": "assistant", "content": f"Team {name} says that {row} is right."},
                ]
            }
        )
        + "\n"
        for row in range(ROWS)
    ]


def settle(place: Workplace, stub: Stub) -> None:
    """Write the locks of finished jobs, and let the stub list those."""
    target = TargetName("openai")
    tariff = place.site(place.choices[place.declared[0].name]).tariff
    jobs = []
    models: list[Json] = [{"id": BASE, "object": "model"}]
    for number, one in enumerate(place.declared):
        pins, _ = place.datasets.pin(one)
        desired = pin(one, pins, target=target, tariff=tariff)
        job = job_of(desired, number)
        jobs.append(listed_job(job))
        models.append({"id": job.fine_tuned_model, "object": "model"})
        path = (place.root / one.path).with_suffix(LOCK_SUFFIX)
        path.write_text(lock_to_text(lock_for(desired, job, tariff)))
    place.datasets.close()
    stub.listed = {"fine_tuning/jobs": jobs, "files": [], "models": models}


def job_of(desired: Desired, number: int) -> ObservedJob:
    """Return the finished job of a spec."""
    at = datetime.fromtimestamp(NOON, UTC)
    return ObservedJob(
        id=JobId(f"ftjob-{number}"),
        created_at=at,
        status=JobStatus.SUCCEEDED,
        provider_status="succeeded",
        model=ModelId(BASE),
        fine_tuned_model=ModelId(f"ft:{BASE}:acme:{desired.name}:{number:08d}"),
        training_file=FileId(f"file-{number}"),
        trained_tokens=desired.estimate.trained_tokens,
        finished_at=at,
        seed=42,
        method="supervised",
        hyperparameters={"n_epochs": 3},
        metadata={
            "ftops_project": "many",
            "ftops_spec": desired.name,
            "ftops_fingerprint": desired.fingerprint,
            **desired.spec.metadata,
        },
    )


def listed_job(job: ObservedJob) -> Json:
    """Return the job as the API lists it, with the fields that nobody needs here too."""
    return {
        "object": "fine_tuning.job",
        "id": job.id,
        "created_at": NOON,
        "finished_at": NOON,
        "status": "succeeded",
        "model": job.model,
        "fine_tuned_model": job.fine_tuned_model,
        "organization_id": "org-acme",
        "training_file": job.training_file,
        "validation_file": None,
        "result_files": [f"file-r{job.id}"],
        "trained_tokens": job.trained_tokens,
        "seed": 42,
        "error": {"code": None, "message": None, "param": None},
        "estimated_finish": None,
        "integrations": [],
        "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}},
        "metadata": dict(job.metadata),
    }


@dataclass(frozen=True)
class Cost:
    """What one program took."""

    seconds: float
    megabytes: float


def cost_of(words: Sequence[str], root: Path, environment: Mapping[str, str]) -> Cost:
    """Run a program to its end, and return its CPU seconds and its peak memory."""
    done = subprocess.run(  # noqa: S603 - programs of our own choice
        [sys.executable, "-c", LAUNCHER, *words],
        cwd=root,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{words[-1]} ended with {done.returncode}:\n{done.stderr}")
    seconds, kibibytes = done.stdout.split()
    return Cost(seconds=float(seconds), megabytes=int(kibibytes) * 1024 / 1e6)


def dvc_programs(root: Path, specs: int, environment: Mapping[str, str]) -> dict[str, list[str]]:
    """Let dvc track the same data, and return how to ask it; nothing, with a word, if it cannot."""
    dvc = Path(sys.executable).with_name("dvc")
    if not dvc.exists():
        print("dvc is not installed (uv sync --group bench), so it is left out")
        return {}
    if specs > MOST_FOR_DVC:
        print(f"dvc would take minutes for {specs} files, so it is left out")
        return {}
    cost_of([str(dvc), "init", "--no-scm", "-q"], root, environment)
    data = sorted(str(path.relative_to(root)) for path in (root / "datasets").glob("*.jsonl"))
    cost_of([str(dvc), "add", "-q", *data], root, environment)
    return {"dvc status": [str(dvc), "status", "-q"]}


def measure(specs: int) -> float:
    """Print one line, and return the CPU seconds of a plan."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_project(root, specs)
        stub = Stub()
        Thread(target=stub.serve_forever, daemon=True).start()
        environment = {
            "HOME": folder,
            "PATH": os.environ["PATH"],
            "OPENAI_API_KEY": "sk-stub",
            "OPENAI_BASE_URL": f"http://127.0.0.1:{stub.server_port}/v1",
        }
        settle(open_workplace(root, None), stub)
        plan = [sys.executable, "-m", "ftops", "plan", "--exit-code"]
        programs = {
            "python": [sys.executable, "-c", "pass"],
            "version": [sys.executable, "-m", "ftops", "--version"],
            "plan": plan,
            "plain loop": [sys.executable, "-c", LOOP],
            **dvc_programs(root, specs, environment),
        }
        first = cost_of(plan, root, environment)
        taken: dict[str, list[Cost]] = {name: [] for name in programs}
        stub.requests = 0
        for _ in range(ROUNDS):
            for name, words in programs.items():
                taken[name].append(cost_of(words, root, environment))
        stub.shutdown()
        figures = {name: statistics.median(one.seconds for one in taken[name]) for name in programs}
        peak = max(one.megabytes for one in taken["plan"])
        print(
            f"{specs:6} specs  first plan {first.seconds:6.2f} s ",
            *(f" {name} {figure:6.3f} s" for name, figure in figures.items()),
            f"  plan's peak {peak:.0f} MB  {stub.requests // ROUNDS} requests a plan",
        )
        return figures["plan"]


def main() -> None:
    """Measure each size, and show what one more spec costs."""
    sizes = [int(word) for word in sys.argv[1:]] or SPECS
    taken = [measure(specs) for specs in sizes]
    for few, many, before, after in zip(sizes, sizes[1:], taken, taken[1:], strict=False):
        each = (after - before) / (many - few) * 1e6
        print(f"from {few} to {many} specs: {each:.0f} µs for each spec more")


if __name__ == "__main__":
    main()
