"""Acts on a provider, each sent exactly once, through the official SDK."""

import importlib
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from ftops.adapters.openai_provider.answer import Answer, answer_of
from ftops.adapters.openai_provider.connection import Connection
from ftops.adapters.openai_provider.deadline import within
from ftops.adapters.openai_provider.direct import CONNECT_SECONDS
from ftops.adapters.openai_provider.hashed_file import HashedFile
from ftops.adapters.openai_provider.reading import PURPOSE, OpenAIReader
from ftops.adapters.openai_provider.refusals import failure_of, silence_of
from ftops.adapters.openai_provider.shapes import FileShape, JobShape, decode, observed_job
from ftops.adapters.openai_provider.wire import Sleep
from ftops.core.names import Digest, FileId, JobId, ModelId, upload_name
from ftops.core.observed import ObservedJob, find_upload
from ftops.core.orders import JobOrder
from ftops.errors import (
    DatasetError,
    Problem,
    ProviderError,
    ProviderRejected,
    ProviderSurprise,
    Refusal,
)

if TYPE_CHECKING:
    import httpx2
    import openai


class RawResponse(Protocol):
    """What the SDK hands out before it reads anything into it."""

    @property
    def http_response(self) -> "httpx2.Response":
        """Return the response itself."""
        ...


Act = Callable[["openai.OpenAI", Mapping[str, Any]], RawResponse]

ACT_SECONDS: Final = 60.0
CREATE_SECONDS: Final = 75.0
UPLOAD_SECONDS: Final = 600.0

_LOADED_AHEAD: Final = (
    "openai",
    "openai.resources.files",
    "openai.resources.fine_tuning.jobs",
    "openai.types.fine_tuning",
)


def warm() -> None:
    """Import the SDK ahead of need; it takes about a second."""
    for name in _LOADED_AHEAD:
        importlib.import_module(name)


class OpenAIProvider(OpenAIReader):
    """The port's Provider and JobControl: an OpenAIReader that may also act.

    `create_seconds` is all that a creation may take; whoever drips its answer gives none.
    """

    create_seconds: float = CREATE_SECONDS

    def __init__(
        self,
        connection: Connection,
        project: str,
        http: "httpx2.Client | None" = None,
        *,
        sleep: Sleep,
    ) -> None:
        super().__init__(connection, project, http, sleep=sleep)
        self._sdk: openai.OpenAI | None = None
        self._sdk_lock = threading.Lock()

    def upload(self, path: str, digest: Digest) -> FileId:
        """Upload a file under its digest's name; after an unclear answer look for it once.

        DatasetError if the bytes that went are not those of the digest.
        """
        import httpx2  # noqa: PLC0415 - 0.2 s that looks must not pay

        name = upload_name(digest)
        with HashedFile(path) as rows:
            try:
                answer = self._act(
                    lambda sdk, headers: sdk.files.with_raw_response.create(
                        file=(name, rows, "application/jsonl"),
                        purpose=PURPOSE,
                        extra_headers=headers,
                        timeout=httpx2.Timeout(UPLOAD_SECONDS, connect=CONNECT_SECONDS),
                    )
                )
                file_id = FileId(decode(answer, FileShape, self.connection).id)
            except ProviderRejected:
                raise
            except ProviderError as error:
                file_id = self._arrived_anyway(error, digest, Path(path).stat().st_size)
                if not rows.is_read_whole:
                    # Then what has arrived is another upload's.
                    return file_id
            if rows.digest != digest:
                raise _changed_on_the_way(name, file_id)
        return file_id

    def create_job(self, order: JobOrder) -> ObservedJob:
        """Create one job by one POST.

        By default the SDK sends a creation again after a 500 or a timeout, without an idempotency
        key: one job asked for became three that were paid for.
        """
        key = {"Idempotency-Key": order.idempotency_key}

        def create(sdk: "openai.OpenAI", headers: Mapping[str, Any]) -> RawResponse:
            return sdk.fine_tuning.jobs.with_raw_response.create(
                **_job_fields(order),
                extra_headers={**headers, **key},
                extra_body=dict(self.connection.extra_body) or None,
            )

        try:
            answer = within(self.create_seconds, lambda: self._act(create))
        except TimeoutError as late:
            raise silence_of(late, self.connection) from late
        return observed_job(decode(answer, JobShape, self.connection))

    def delete_model(self, model_id: ModelId) -> None:
        """Delete a tuned model."""
        self._act(
            lambda sdk, headers: sdk.models.with_raw_response.delete(
                model_id, extra_headers=headers
            )
        )

    def delete_file(self, file_id: FileId) -> None:
        """Delete an uploaded file."""
        self._act(
            lambda sdk, headers: sdk.files.with_raw_response.delete(file_id, extra_headers=headers)
        )

    def cancel(self, job_id: JobId) -> ObservedJob:
        """Cancel a job; one that is over stays as it is."""
        return self._turn(
            job_id,
            lambda sdk, headers: sdk.fine_tuning.jobs.with_raw_response.cancel(
                job_id, extra_headers=headers
            ),
        )

    def pause(self, job_id: JobId) -> ObservedJob:
        """Pause a job; one that is over stays as it is."""
        return self._turn(
            job_id,
            lambda sdk, headers: sdk.fine_tuning.jobs.with_raw_response.pause(
                job_id, extra_headers=headers
            ),
        )

    def resume(self, job_id: JobId) -> ObservedJob:
        """Resume a paused job; one that is over stays as it is."""
        return self._turn(
            job_id,
            lambda sdk, headers: sdk.fine_tuning.jobs.with_raw_response.resume(
                job_id, extra_headers=headers
            ),
        )

    def _turn(self, job_id: JobId, act: Act) -> ObservedJob:
        try:
            answer = self._act(act)
        except ProviderRejected as error:
            seen = self.job(job_id) if error.refusal is Refusal.OTHER else None
            if seen is None or not seen.status.is_final:
                raise
            return seen
        return observed_job(decode(answer, JobShape, self.connection))

    def _arrived_anyway(self, error: ProviderError, digest: Digest, size: int) -> FileId:
        try:
            found = find_upload(self.files(), digest, size)
        except ProviderError:
            found = None
        if found is None:
            raise error
        return found.id

    def _act(self, act: Act) -> Answer:
        """Send one request once and return its success; raises ProviderError."""
        sdk = self._client()
        import openai  # noqa: PLC0415 - half a second that looks must not pay

        try:
            return answer_of(act(sdk, self._sdk_headers()).http_response)
        except openai.APIStatusError as error:
            raise failure_of(answer_of(error.response), self.connection) from error
        except openai.APIConnectionError as error:
            cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
            raise silence_of(cause, self.connection) from error
        except openai.OpenAIError as error:
            raise ProviderSurprise(self.connection.redact(str(error))) from error

    def _client(self) -> "openai.OpenAI":
        with self._sdk_lock:
            if self._sdk is None:
                self._sdk = _sdk_for(self.connection, self._wire.http)
            return self._sdk

    def _sdk_headers(self) -> dict[str, Any]:
        """Return our own headers, so that no variable of the SDK's can stand in for one."""
        from openai import Omit  # noqa: PLC0415 - as above

        nobody: dict[str, Any] = dict.fromkeys(
            ("Authorization", "OpenAI-Organization", "OpenAI-Project"), Omit()
        )
        return {**nobody, **self.connection.headers()}


def _changed_on_the_way(name: str, file_id: FileId) -> DatasetError:
    problem = Problem(message=f"the bytes of {name} changed while they were sent, as {file_id}")
    hint = f"nothing was launched; delete {file_id} at the provider, then apply again"
    return DatasetError([problem], hint=hint)


def _sdk_for(connection: Connection, http: "httpx2.Client") -> "openai.OpenAI":
    import httpx2  # noqa: PLC0415 - as above
    import openai  # noqa: PLC0415 - half a second that looks must not pay

    client = openai.OpenAI(
        base_url=connection.base_url,
        api_key=connection.api_key.reveal() if connection.api_key is not None else "none",
        http_client=http,
    )
    return client.with_options(
        max_retries=0, timeout=httpx2.Timeout(ACT_SECONDS, connect=CONNECT_SECONDS)
    )


def _job_fields(order: JobOrder) -> dict[str, Any]:
    """Return the creation's body: only what was declared, every `auto` left to the provider."""
    spec = order.desired.spec
    inside: dict[str, Any] = {
        "hyperparameters": spec.hyperparameters.declared(),
        "grader": spec.grader,
    }
    chosen = {name: value for name, value in inside.items() if value}
    method: dict[str, Any] = {"type": spec.method, **({spec.method: chosen} if chosen else {})}
    integrations = [asdict(one, dict_factory=_without_blanks) for one in spec.integrations]
    fields: dict[str, Any] = {
        "model": order.model,
        "training_file": order.training_file,
        "validation_file": order.validation_file,
        "method": method,
        "suffix": spec.suffix,
        "seed": spec.seed,
        "integrations": integrations or None,
        "metadata": dict(order.stamp),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _without_blanks(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in pairs if value is not None}
