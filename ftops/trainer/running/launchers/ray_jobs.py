"""Ray Jobs as a launcher, over their HTTP API: a queue and GPUs on many machines.

Ray's memory dies with its head, so it is a hint: what it does not know was lost, or never began.
"""

import shlex
from typing import Any, Final
from urllib.parse import quote

import httpx2

from ftops.trainer import surroundings
from ftops.trainer.running.launchers.contract import LauncherError, Standing, Submission
from ftops.trainer.running.launchers.elsewhere import remote_worker
from ftops.trainer.settings import RayCluster

LOOK_SECONDS: Final = 3.0
_ANSWER_SECONDS: Final = 15.0
_STANDINGS: Final = {
    "PENDING": Standing.WAITING,
    "RUNNING": Standing.RUNNING,
    "STOPPED": Standing.ENDED,
    "SUCCEEDED": Standing.ENDED,
    "FAILED": Standing.ENDED,
}


class RayJobs:
    """Submits tries under their own ids, of which Ray takes each once; looks every few seconds."""

    def __init__(self, cluster: RayCluster, *, look_seconds: float = LOOK_SECONDS) -> None:
        """Use this cluster."""
        self._cluster = cluster
        self._look_seconds = look_seconds
        self._looks: dict[str, tuple[float, Standing]] = {}
        token = surroundings.ray_token()
        self._client = httpx2.Client(
            base_url=cluster.address.rstrip("/"),
            # Asked every few seconds for weeks: no connection is worth keeping, or closing later.
            headers={"connection": "close"}
            | ({"authorization": f"Bearer {token}"} if token else {}),
            timeout=_ANSWER_SECONDS,
            trust_env=False,
        )

    def submit(self, submission: Submission) -> None:
        """Queue a try, unless Ray has it already."""
        cluster = self._cluster
        worker = remote_worker(submission, cluster.public_url, cluster.python)
        self._looks.pop(submission.id, None)
        try:
            answer = self._client.post(
                "/api/jobs/",
                json={
                    "entrypoint": shlex.join(worker.command),
                    "submission_id": submission.id,
                    "runtime_env": {"env_vars": worker.environment},
                    "entrypoint_num_cpus": cluster.cpus * submission.processes,
                    "entrypoint_num_gpus": cluster.gpus * submission.processes,
                },
            )
        except httpx2.TransportError as error:
            raise LauncherError(f"Ray at {cluster.address} cannot be reached: {error}") from error
        # A repeated id is refused in words that differ by version; that it is there is enough.
        if answer.is_error and self._look(submission.id) is Standing.UNKNOWN:
            words = " ".join(answer.text.split())[-300:]
            raise LauncherError(f"Ray at {cluster.address} answers {answer.status_code}: {words}")

    def status(self, submission: Submission) -> Standing:
        """Return what Ray last said of it."""
        now = surroundings.monotonic()
        seen, standing = self._looks.get(submission.id, (-self._look_seconds, Standing.UNKNOWN))
        if now - seen >= self._look_seconds:
            standing = self._look(submission.id)
            self._looks[submission.id] = (now, standing)
        return standing

    def stop(self, submission: Submission) -> None:
        """Ask Ray to end it."""
        self._asked("POST", f"{_place(submission.id)}/stop")
        self._looks.pop(submission.id, None)

    def logs(self, submission: Submission) -> str:
        """Return what the carrier of the try printed."""
        answer = self._asked("GET", f"{_place(submission.id)}/logs")
        return str(answer.get("logs") or "")

    def _look(self, submission_id: str) -> Standing:
        try:
            answer = self._client.get(_place(submission_id))
        except httpx2.TransportError:
            return Standing.UNREACHABLE
        if answer.status_code == httpx2.codes.NOT_FOUND:
            return Standing.UNKNOWN
        if answer.is_error:
            return Standing.UNREACHABLE
        return _STANDINGS.get(answer.json().get("status"), Standing.RUNNING)

    def _asked(self, method: str, path: str) -> dict[str, Any]:
        try:
            answer = self._client.request(method, path)
        except httpx2.TransportError:
            return {}
        return {} if answer.is_error else dict(answer.json())


def _place(submission_id: str) -> str:
    return f"/api/jobs/{quote(submission_id, safe='')}"
