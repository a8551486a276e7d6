"""Ray Jobs as a launcher, over their HTTP API: a queue and GPUs on many machines.

Ray's memory dies with its head, so it is a hint: what it does not know was lost, or never began.
"""

import shlex
from typing import Any, Final
from urllib.parse import quote

import httpx2
import msgspec

from ftops.trainer import surroundings
from ftops.trainer.running.launchers.contract import LauncherError, Standing, Submission
from ftops.trainer.running.launchers.elsewhere import remote_worker
from ftops.trainer.settings import RayCluster

LOOK_SECONDS: Final = 3.0
_LOOK_PATIENCE: Final = httpx2.Timeout(5.0)
# Ray itself waits ten seconds for the part of it that takes a job.
_SUBMIT_PATIENCE: Final = httpx2.Timeout(15.0, connect=5.0)
_PEACE_PER_WAIT: Final = 4.0
_JOBS: Final = "/api/jobs/"
_NEVER_BEGAN: Final = "JOB_SUPERVISOR_ACTOR_START_TIMEOUT"
_STANDINGS: Final = {
    "PENDING": Standing.WAITING,
    "RUNNING": Standing.RUNNING,
    "STOPPED": Standing.ENDED,
    "SUCCEEDED": Standing.ENDED,
    "FAILED": Standing.ENDED,
}


class _Record(msgspec.Struct):
    """What Ray tells of a job, as far as it matters here."""

    status: str
    error_type: str | None = None

    def has_lapsed(self) -> bool:
        """Say whether Ray gave it up in its queue, as it does after a quarter of an hour."""
        return self.status == "FAILED" and self.error_type == _NEVER_BEGAN


class _Logs(msgspec.Struct):
    """What Ray tells of a job's words."""

    logs: str = ""


class RayJobs:
    """Submits tries under their own ids, of which Ray takes each once; looks every few seconds.

    A Ray that is away is left alone for some time, four times as long as it took to find out: the
    other jobs' turns and a cancellation must not wait for it.
    """

    def __init__(self, cluster: RayCluster, *, look_seconds: float = LOOK_SECONDS) -> None:
        """Use this cluster."""
        self._cluster = cluster
        self._look_seconds = look_seconds
        self._looks: dict[str, tuple[float, Standing]] = {}
        self._away_until = 0.0
        self._away_words = ""
        self._client = httpx2.Client(
            base_url=cluster.address.rstrip("/"),
            # Asked every few seconds for weeks: no connection is worth keeping, or closing later.
            headers={"connection": "close"},
            timeout=_LOOK_PATIENCE,
            trust_env=False,
        )

    def submit(self, submission: Submission) -> None:
        """Queue a try, unless Ray has it already."""
        # Whatever comes of it, Ray is asked about it again after a while and not at once.
        self._looked(submission.id, Standing.UNREACHABLE)
        answer = self._queue(submission)
        if answer.is_error:
            # A repeated id is refused in words that differ by version; that it is there is enough.
            record = self._record(submission.id)
            if record is not None and record.has_lapsed():
                self._ask("DELETE", _place(submission.id))
                answer, record = self._queue(submission), None
            if record is None and answer.is_error:
                raise LauncherError(self._refusal(answer))
        self._looked(submission.id, Standing.WAITING)

    def status(self, submission: Submission) -> Standing:
        """Return what Ray last said of it."""
        now = surroundings.monotonic()
        seen, standing = self._looks.get(submission.id, (-self._look_seconds, Standing.UNKNOWN))
        if now - seen >= self._look_seconds:
            standing = self._look(submission.id)
            self._looked(submission.id, standing)
        return standing

    def stop(self, submission: Submission) -> None:
        """Ask Ray to end it; one that waits in its queue Ray ends when its turn comes."""
        try:
            self._ask("POST", f"{_place(submission.id)}/stop")
        except LauncherError:
            return
        self._looks.pop(submission.id, None)

    def logs(self, submission: Submission) -> str:
        """Return what the carrier of the try printed."""
        try:
            answer = self._ask("GET", f"{_place(submission.id)}/logs")
            return "" if answer.is_error else msgspec.json.decode(answer.content, type=_Logs).logs
        except (LauncherError, msgspec.DecodeError):
            return ""

    def _queue(self, submission: Submission) -> httpx2.Response:
        cluster = self._cluster
        worker = remote_worker(submission, cluster.public_url, cluster.python)
        order = {
            "entrypoint": shlex.join(worker.command),
            "submission_id": submission.id,
            "runtime_env": {"env_vars": worker.environment},
            "entrypoint_num_cpus": cluster.cpus * submission.processes,
            "entrypoint_num_gpus": cluster.gpus * submission.processes,
        }
        return self._ask("POST", _JOBS, json=order, timeout=_SUBMIT_PATIENCE)

    def _look(self, submission_id: str) -> Standing:
        try:
            record = self._record(submission_id)
        except LauncherError:
            return Standing.UNREACHABLE
        if record is None or record.has_lapsed():
            return Standing.UNKNOWN
        return _STANDINGS.get(record.status, Standing.RUNNING)

    def _looked(self, submission_id: str, standing: Standing) -> None:
        self._looks[submission_id] = (surroundings.monotonic(), standing)

    def _record(self, submission_id: str) -> _Record | None:
        answer = self._ask("GET", _place(submission_id))
        if answer.status_code == httpx2.codes.NOT_FOUND:
            return None
        if answer.is_error:
            raise LauncherError(self._refusal(answer))
        try:
            return msgspec.json.decode(answer.content, type=_Record)
        except msgspec.DecodeError as error:
            raise LauncherError(self._refusal(answer)) from error

    def _ask(self, method: str, path: str, **sent: Any) -> httpx2.Response:  # noqa: ANN401 the client's own
        began = surroundings.monotonic()
        if began < self._away_until:
            raise LauncherError(self._away_words)
        # Looked up each time: a new head may have a new one.
        token = surroundings.ray_token()
        proof = {"authorization": f"Bearer {token}"} if token else {}
        try:
            return self._client.request(method, path, headers=proof, **sent)
        except httpx2.TransportError as error:
            now = surroundings.monotonic()
            peace = max(self._look_seconds, _PEACE_PER_WAIT * (now - began))
            self._away_until = now + peace
            why = str(error) or type(error).__name__
            self._away_words = f"Ray at {self._cluster.address} cannot be reached: {why}"
            raise LauncherError(self._away_words) from error

    def _refusal(self, answer: httpx2.Response) -> str:
        words = " ".join(answer.text.split())[-300:]
        return f"Ray at {self._cluster.address} answers {answer.status_code}: {words}"


def _place(submission_id: str) -> str:
    return f"{_JOBS}{quote(submission_id, safe='')}"
