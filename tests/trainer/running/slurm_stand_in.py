"""Slurm's three programs as a launcher meets them: `slurm_stand_in.py sbatch|squeue|scancel …`.

Jobs are files in the folder `SLURM_STAND_IN`; its file `slots` says how many run at once, and each
program that starts or ends something begins with what has waited.
"""

import argparse
import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ftops.trainer.running.processes import birth_mark

ROOM = Path(os.environ.get("SLURM_STAND_IN", "."))  # noqa: TID251 a program of its own


def jobs() -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted(ROOM.glob("job-*.json"))]


def put(job: dict[str, Any]) -> None:
    (ROOM / f"job-{job['number']:04}.json").write_text(json.dumps(job))


def state(job: dict[str, Any]) -> str:
    if job["state"] == "RUNNING" and birth_mark(job["pid"]) is None:
        return "COMPLETED"
    return str(job["state"])


def begin_what_waits() -> None:
    free = int((ROOM / "slots").read_text()) - sum(state(job) == "RUNNING" for job in jobs())
    for job in [job for job in jobs() if job["state"] == "PENDING"][: max(0, free)]:
        with (ROOM / job["output"]).open("ab") as log:
            process = subprocess.Popen(
                ["/bin/sh", "-c", job["wrap"]],
                env=job["environment"],
                stdout=log,
                stderr=log,
                cwd=ROOM,
                start_new_session=True,
            )
        put(job | {"state": "RUNNING", "pid": process.pid})


def sbatch(arguments: Sequence[str]) -> str:
    parser = argparse.ArgumentParser(prog="sbatch")
    parser.add_argument("--parsable", action="store_true", required=True)
    parser.add_argument("--no-requeue", action="store_true", required=True)
    for name in ("job-name", "ntasks", "export", "output", "wrap"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--partition", choices=["gpu"])
    asked = parser.parse_args(arguments)
    names = [*asked.export.split(","), "PYTHONPATH"]
    job = {
        "number": len(jobs()) + 1,
        "name": asked.job_name,
        "state": "PENDING",
        "arguments": list(arguments),
        "output": asked.output,
        "wrap": asked.wrap,
        "environment": {name: os.environ[name] for name in names},  # noqa: TID251 as above
    }
    put(job)
    begin_what_waits()
    return f"{job['number']};the-cluster"


def squeue(arguments: Sequence[str]) -> str:
    assert arguments == ["--me", "--noheader", "--states=all", "--format=%j %T"], arguments
    begin_what_waits()
    return "\n".join(f"{job['name']} {state(job)}" for job in jobs())


def scancel(arguments: Sequence[str]) -> str:
    (option,) = arguments
    for job in jobs():
        if option == f"--name={job['name']}" and state(job) in {"PENDING", "RUNNING"}:
            if job["state"] == "RUNNING":
                os.killpg(job["pid"], signal.SIGTERM)
            put(job | {"state": "CANCELLED"})
    begin_what_waits()
    return ""


def main() -> None:
    program, *arguments = sys.argv[1:]
    if (ROOM / "away").exists():
        sys.exit(f"{program}: error: Unable to contact slurm controller")
    with (ROOM / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        programs = {"sbatch": sbatch, "squeue": squeue, "scancel": scancel}
        sys.stdout.write(programs[program](arguments) + "\n")


if __name__ == "__main__":
    main()
