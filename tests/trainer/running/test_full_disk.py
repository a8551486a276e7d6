"""A server whose disk is really full, then has space again: a small file system of its own."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openai
import pytest

from ftops.trainer.launch import find
from tests.trainer.conftest import REPOSITORY, wait_until
from tests.trainer.rows import chat_rows
from tests.trainer.running.test_workers import is_status, reaches, status, steps, words

UNSHARE = shutil.which("unshare")
DISK = 'mount -t tmpfs -o size=3m none "$0" && exec "$1" -m tests.trainer.running.served "$0"'


def may_mount() -> bool:
    if UNSHARE is None:
        return False
    tried = [UNSHARE, "-rm", "mount", "-t", "tmpfs", "none", "/tmp"]  # noqa: S108 nobody else sees it
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(not may_mount(), reason="nobody may mount a file system here")


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A server on a disk of three megabytes; `folder` is how others see what it mounted."""

    client: openai.OpenAI
    folder: Path

    def fill(self) -> None:
        with (self.folder / "ballast").open("wb", buffering=0) as ballast:
            try:
                while ballast.write(bytes(4096)):
                    pass
            except OSError:
                return

    def free(self) -> None:
        (self.folder / "ballast").unlink()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    assert UNSHARE is not None
    with subprocess.Popen(
        [UNSHARE, "-rm", "sh", "-c", DISK, str(tmp_path), sys.executable], cwd=REPOSITORY
    ) as process:
        folder = Path(f"/proc/{process.pid}/root{tmp_path}")
        wait_until(lambda: process.poll() is not None or find(folder / "store"))
        found = find(folder / "store")
        try:
            assert found is not None
            with openai.OpenAI(base_url=found.base_url, api_key="any", max_retries=0) as client:
                yield SmallDisk(client, folder)
        finally:
            process.terminate()


def upload(client: openai.OpenAI, content: bytes) -> str:
    return client.files.create(file=("rows.jsonl", content), purpose="fine-tune").id


@pytest.mark.parametrize("rows", [10, 20_000], ids=["a small file", "one larger than the disk"])
def test_an_upload_to_a_full_disk_leaves_nothing(small_disk: SmallDisk, rows: int) -> None:
    client, content = small_disk.client, chat_rows(rows)
    kept = upload(client, chat_rows(10))
    small_disk.fill()
    with pytest.raises(openai.APIStatusError) as refused:
        upload(client, content)
    assert refused.value.status_code == 507
    assert [file.id for file in client.files.list()] == [kept]
    assert not list((small_disk.folder / "store/incoming").iterdir())
    assert client.files.content(kept).read() == chat_rows(10)
    small_disk.free()
    again = upload(client, chat_rows(11))
    assert client.files.content(again).read() == chat_rows(11)


def test_parts_on_a_full_disk_can_be_sent_again(small_disk: SmallDisk) -> None:
    client, content = small_disk.client, chat_rows(100)
    begun = client.uploads.create(
        bytes=len(content), filename="rows.jsonl", mime_type="text/jsonl", purpose="fine-tune"
    )
    small_disk.fill()
    with pytest.raises(openai.APIStatusError, match="507"):
        client.uploads.parts.create(begun.id, data=content)
    small_disk.free()
    part = client.uploads.parts.create(begun.id, data=content)
    small_disk.fill()
    with pytest.raises(openai.APIStatusError, match="507"):
        client.uploads.complete(begun.id, part_ids=[part.id])
    small_disk.free()
    file = client.uploads.complete(begun.id, part_ids=[part.id]).file
    assert file is not None
    assert client.files.content(file.id).read() == content
    assert not list((small_disk.folder / "store/incoming").iterdir())


def test_a_job_that_fills_the_disk_is_set_aside_and_goes_on(small_disk: SmallDisk) -> None:
    client = small_disk.client
    job = client.fine_tuning.jobs.create(
        model="ftops-nano",
        training_file=upload(client, chat_rows(10)),
        hyperparameters={"n_epochs": 10, "learning_rate_multiplier": 0.1},
    ).id
    reaches(client, job, 3)
    before = steps(client, job)
    small_disk.fill()
    # Nothing can be written, so the server may not even note it; it answers all the same.
    wait_until(lambda: not running_workers(small_disk.folder))
    assert status(client, job) in {"running", "paused", "queued"}
    assert steps(client, job)[: len(before)] == before
    small_disk.free()
    is_status(client, job, "paused")
    assert any("disk is full" in line for line in words(client, job))
    client.fine_tuning.jobs.resume(job)
    is_status(client, job, "succeeded")
    assert steps(client, job) == list(range(1, 21))
    model = client.fine_tuning.jobs.retrieve(job).fine_tuned_model or ""
    told = client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": "question 3"}]
    )
    assert told.choices[0].message.content == "answer 3 is 9"


def running_workers(folder: Path) -> list[Path]:
    """Say which processes hold a job's lock: the kernel lets go of it when they end."""
    locks = {lock.stat().st_ino for lock in folder.glob("store/jobs/*/work/worker.lock")}
    held = Path("/proc/locks").read_text("utf-8").splitlines()
    return [Path(line) for line in held if int(line.split()[-3].rpartition(":")[2]) in locks]
