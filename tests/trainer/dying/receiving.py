"""A server that a worker elsewhere tells of its try; begun again, it is told the rest."""

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path

from starlette.testclient import TestClient

from ftops.trainer.app import create_app
from ftops.trainer.running.attempt_folder import AttemptFolder, Order
from ftops.trainer.running.launchers.contract import Standing, Submission
from ftops.trainer.running.launchers.elsewhere import TRIES_PATH
from ftops.trainer.settings import Settings
from ftops.trainer.store.job_life import FINAL, Status
from ftops.trainer.store.store import Store
from tests.trainer.conftest import wait_until
from tests.trainer.counting_settings import COUNTING
from tests.trainer.rows import chat_rows
from tests.trainer.samples import a_file, a_job

TOKEN = "only this worker knows it"  # noqa: S105 it opens nothing
STEPS = 1


class Away:
    """A launcher whose worker goes on, whatever becomes of the server."""

    def submit(self, submission: Submission) -> None: ...

    def status(self, submission: Submission) -> Standing:
        del submission
        return Standing.RUNNING

    def stop(self, submission: Submission) -> None: ...

    def logs(self, submission: Submission) -> str:
        return submission.id


def begin(root: Path) -> Path:
    """Make a store whose job runs elsewhere."""
    store = Store(root)
    staged = store.incoming_folder / "file-1"
    staged.write_bytes(chat_rows(6))
    store.keep_file(a_file("file-1"), staged)
    folder = AttemptFolder(store.jobs_folder / "ftjob-1/try-1-word")
    folder.write_order(
        Order(
            job_id="ftjob-1",
            recipe="ftops-nano",
            recipe_at=COUNTING["ftops-nano"],
            method="supervised",
            hyperparameters={},
            seed=1,
            training_file=store.file_path("file-1"),
            validation_file=None,
            work=store.jobs_folder / "ftjob-1/work",
            parent=None,
        )
    )
    folder.write_token(TOKEN)
    place = str(folder.path.relative_to(store.root))
    running = a_job(status=Status.RUNNING, attempt=1, attempt_folder=place)
    store.jobs.create(running, [])
    store.close()
    return root


def being_told(root: Path) -> None:
    settings = Settings(store=root, recipes=COUNTING, tick_seconds=0.02)
    accepted = root.parent / f"{root.name}.accepted"
    known = len(accepted.read_bytes()) if accepted.exists() else 0
    app = create_app(settings, launcher=Away())
    with TestClient(app) as http:
        for path, body in conversation()[known:]:
            answer = http.post(
                f"{TRIES_PATH}/ftjob-1-try1/{path}",
                content=body,
                headers={
                    "authorization": f"Bearer {TOKEN}",
                    "x-sha256": hashlib.sha256(body).hexdigest(),
                },
            )
            # What was taken before the server died, and not answered, may be over by now.
            assert answer.status_code in {200, 409}, answer.text
            with accepted.open("ab") as stream:
                stream.write(b".")
        jobs = app.state.premises.store.jobs
        wait_until(lambda: jobs.known("ftjob-1").status in FINAL)


def conversation() -> list[tuple[str, bytes]]:
    """Return what a worker tells, in order: steps, checkpoints, states, its words and its end."""
    told: list[tuple[str, bytes]] = []
    for step in range(1, STEPS + 1):
        measured = {"at": 1, "step": step, "total_steps": STEPS, "epoch": step, "train_loss": 0.5}
        place = f"checkpoints/step-{step}"
        told += [
            (f"lines?after={2 * step - 2}", _line("step", measured)),
            (place, _packed(f"step-{step}/model.json", f'{{"question 1": "step {step}"}}')),
            (f"lines?after={2 * step - 1}", _line("checkpoint", measured | {"model_dir": place})),
            ("state", _packed("state.json", f'{{"step": {step}}}')),
        ]
    end = json.dumps({"model_dir": f"checkpoints/step-{STEPS}"}).encode()
    return [*told, ("log", b"all is well"), ("result", end)]


def _line(kind: str, measured: Mapping[str, object]) -> bytes:
    return json.dumps({"kind": kind, **measured}).encode() + b"\n"


def _packed(name: str, content: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content.encode()))
    return out.getvalue()
