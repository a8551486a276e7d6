"""Open one target: where it answers, with which key, and the provider behind it once needed."""

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from ftops.adapters.environment import Environment
from ftops.adapters.openai_provider.connection import OPENAI_BASE_URL, Connection, Secret
from ftops.core.names import Digest, FileId, JobId, ModelId, TargetName
from ftops.core.observed import ObservedFile, ObservedJob, ObservedModel
from ftops.core.project import Target
from ftops.errors import TargetError, TrainingServerError

if TYPE_CHECKING:
    from ftops.adapters.openai_provider.writing import OpenAIProvider
    from ftops.core.orders import JobOrder, Question
    from ftops.core.progress import JobEvent

OPENAI: Final = TargetName("openai")
OPENAI_KEY: Final = "OPENAI_API_KEY"
LOCAL_STORE: Final = ".ftops/local"
SERVER_CONFIGURATION: Final = "ftops.server.toml"
STAND_IN: Final = "ftops-nano"
DEFAULT_IDLE_SECONDS: Final = 600.0
START_HINT: Final = "`ftops local serve` shows its own words; `ftops doctor` checks the rest"
NO_HOST: Final = ""
_LOOPBACK: Final = {"127.0.0.1", "localhost", "::1"}


def is_own_server(target: Target) -> bool:
    """Say whether the target is ftops' own training server on this machine."""
    return target.kind == "local" and target.base_url is None


def base_url_of(target: Target, environment: Environment) -> str:
    """Return the URL of a target that is not ftops' own server."""
    if target.base_url is not None:
        return environment.expand(target.base_url)
    if target.kind == "azure":
        raise TargetError(
            "a target of kind azure needs a base_url",
            hint="base_url: https://RESOURCE.openai.azure.com/openai/v1/",
        )
    return environment.get("OPENAI_BASE_URL") or OPENAI_BASE_URL


def is_openai_itself(url: str) -> bool:
    """Say whether the URL is OpenAI's own service, whose calendar ftops knows."""
    host = _host_of(url)
    return host == "api.openai.com" or host.endswith(".api.openai.com")


def _host_of(url: str) -> str:
    """Return the host, or NO_HOST for what is no address: the connection refuses that."""
    try:
        return urlsplit(url).hostname or NO_HOST
    except ValueError:
        return NO_HOST


def connect(name: TargetName, target: Target, environment: Environment, root: Path) -> Connection:
    """Return the connection of a target; ftops' own server is found or started.

    Raises TargetError if the target lacks something, TrainingServerError if ours does not start.
    """
    if is_own_server(target):
        return _connect_to_own_server(root, environment)
    url = base_url_of(target, environment)
    key_name, key = _key(name, target, url, environment)
    is_default = target.base_url is None
    return Connection(
        base_url=url,
        api_key=Secret(key),
        key_name=key_name,
        organization=environment.get("OPENAI_ORG_ID") if is_default else None,
        project=environment.get("OPENAI_PROJECT_ID") if is_default else None,
        extra_body=target.extra_body,
        kind=target.kind,
        is_direct=sys.platform == "linux" and environment.is_straight_to(url),
    )


def _key(name: TargetName, target: Target, url: str, environment: Environment) -> tuple[str, str]:
    """Return the variable that holds the key, and the key.

    OPENAI_API_KEY goes only where the environment itself points: never to a URL from a file.
    """
    if target.api_key is not None:
        return target.api_key.strip("${}"), environment.expand(target.api_key)
    if target.base_url is None:
        key = environment.get(OPENAI_KEY)
        if key is None:
            raise TargetError(
                f"target {name} needs a key, and {OPENAI_KEY} is not set",
                hint=f"export {OPENAI_KEY}=…, or rehearse for free with `--target local`",
            )
        return OPENAI_KEY, key
    if _host_of(url) in {*_LOOPBACK, NO_HOST}:
        return "api_key", "none"
    raise TargetError(
        f"target {name} names no api_key for {url}",
        hint=f"under targets.{name} in ftops.yaml: api_key: ${{NAME_OF_A_VARIABLE}}",
    )


def idle_seconds(environment: Environment) -> float:
    """Return how long ftops' own server waits for work before it ends."""
    return environment.number("FTOPS_LOCAL_IDLE_SECONDS", DEFAULT_IDLE_SECONDS)


def server_configuration(root: Path) -> Path | None:
    """Return the project's file of open-weight models for ftops' own server, if it has one."""
    path = root / SERVER_CONFIGURATION
    return path if path.is_file() else None


def _connect_to_own_server(root: Path, environment: Environment) -> Connection:
    from ftops.adapters.own_folder.folder import make_own_folder
    from ftops.trainer.launch import LaunchError, running

    make_own_folder(root)
    try:
        server = running(
            root / LOCAL_STORE,
            idle_seconds=idle_seconds(environment),
            configuration=server_configuration(root),
        )
    except LaunchError as error:
        raise TrainingServerError(str(error), hint=START_HINT) from error
    return Connection(
        base_url=server.base_url,
        api_key=Secret(server.api_key or "none"),
        key_name="the training server's own key",
        kind="local",
        is_direct=True,
    )


class LazyProvider:
    """A provider that is opened by its first question; a plan without questions needs no key."""

    def __init__(self, open_it: "Callable[[], OpenAIProvider]") -> None:
        self._open_it = open_it
        self._opened: OpenAIProvider | None = None
        self._lock = threading.Lock()

    def opened(self) -> "OpenAIProvider":
        """Return the provider, opened once."""
        with self._lock:
            if self._opened is None:
                self._opened = self._open_it()
            return self._opened

    def jobs(self) -> tuple[ObservedJob, ...]:
        """Return every job that carries this project's stamp."""
        return self.opened().jobs()

    def unstamped_jobs(self, training_file: FileId) -> tuple[ObservedJob, ...]:
        """Return the jobs on that file that carry no stamp."""
        return self.opened().unstamped_jobs(training_file)

    def told_at(self) -> datetime | None:
        """Return the provider's time at its latest answer; before the first there is none."""
        return None if self._opened is None else self._opened.told_at()

    def files(self) -> tuple[ObservedFile, ...]:
        """Return the uploaded training files."""
        return self.opened().files()

    def models(self) -> Mapping[ModelId, ObservedModel]:
        """Return the models that can be called."""
        return self.opened().models()

    def model(self, model_id: ModelId) -> ObservedModel | None:
        """Return one model, or None."""
        return self.opened().model(model_id)

    def job(self, job_id: JobId) -> ObservedJob:
        """Return one job."""
        return self.opened().job(job_id)

    def events(self, job_id: JobId, after: str | None = None) -> tuple["JobEvent", ...]:
        """Return a job's events, oldest first."""
        return self.opened().events(job_id, after)

    def content(self, file_id: FileId) -> bytes:
        """Return a file's bytes."""
        return self.opened().content(file_id)

    def upload(self, path: str, digest: Digest) -> FileId:
        """Upload a training file."""
        return self.opened().upload(path, digest)

    def create_job(self, order: "JobOrder") -> ObservedJob:
        """Create a job, in exactly one request."""
        return self.opened().create_job(order)

    def all_jobs(self) -> tuple[ObservedJob, ...]:
        """Return every job of the account."""
        return self.opened().all_jobs()

    def delete_model(self, model_id: ModelId) -> None:
        """Delete a tuned model."""
        self.opened().delete_model(model_id)

    def delete_file(self, file_id: FileId) -> None:
        """Delete an uploaded file."""
        self.opened().delete_file(file_id)

    def cancel(self, job_id: JobId) -> ObservedJob:
        """Cancel a job."""
        return self.opened().cancel(job_id)

    def pause(self, job_id: JobId) -> ObservedJob:
        """Pause a job."""
        return self.opened().pause(job_id)

    def resume(self, job_id: JobId) -> ObservedJob:
        """Resume a job."""
        return self.opened().resume(job_id)

    def ask(self, model_id: ModelId, question: "Question") -> Iterator[str]:
        """Ask a model one question; the answer arrives in pieces."""
        return self.opened().ask(model_id, question)

    def server_time(self) -> datetime | None:
        """Return the time by the provider's own clock, if it tells it."""
        return self.opened().server_time()

    def close(self) -> None:
        """Give the connections back, if it was ever opened."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()

    @staticmethod
    def warm() -> None:
        """Import what acting needs ahead of need."""
        from ftops.adapters.openai_provider.writing import warm

        warm()
