"""Switch one mechanism of ftops off, to see which test falls without it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import openai
import openai._base_client

from ftops.adapters.lock_files import store
from ftops.adapters.openai_provider import writing
from ftops.adapters.openai_provider.reading import OpenAIReader
from ftops.adapters.own_folder.journal_file import JournalFile
from ftops.usecases import rivalry
from tests.reliability.zygote.put import put


def _forget_what_was_begun() -> None:
    put(JournalFile, "open_intents", lambda _self: ())


def _find_no_job_by_its_stamp() -> None:
    put(OpenAIReader, "jobs", lambda _self: ())


def _let_the_sdk_try_again() -> None:
    once = writing._sdk_for  # noqa: SLF001 - the line that forbids it
    put(openai._base_client, "INITIAL_RETRY_DELAY", 0.01)  # noqa: SLF001 - its waits are long
    put(writing, "_sdk_for", lambda *given: once(*given).with_options(max_retries=2))


def _write_locks_in_place() -> None:
    def write(path: Path, content: bytes) -> None:
        path.write_bytes(content)

    put(store, "write_whole", write)


def _let_every_duplicate_live() -> None:
    put(rivalry, "may_be_ended", lambda _job, _project: False)


REMOVALS: Final[Mapping[str, Callable[[], None]]] = MappingProxyType(
    {
        "journal": _forget_what_was_begun,
        "stamp": _find_no_job_by_its_stamp,
        "single attempt": _let_the_sdk_try_again,
        "duplicate rule": _let_every_duplicate_live,
        "whole write": _write_locks_in_place,
    }
)
