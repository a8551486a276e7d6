"""Packed data is what is in it; damaged, endless and foreign packing is refused."""

import gzip
import hashlib
import io
import random
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from ftops.adapters.dataset_files import unpacking
from ftops.adapters.dataset_files.paths import PathRefusedError
from ftops.adapters.dataset_files.report import read_report
from ftops.adapters.dataset_files.source import DatasetFiles
from ftops.adapters.dataset_files.unpacking import FREE_OF_RATIO, unpacked
from ftops.core.names import upload_name
from ftops.errors import DatasetError
from tests.adapters.dataset_files.test_source import rows
from tests.fakes.specs import declared

if sys.version_info >= (3, 14):
    from compression import zstd as packer
else:
    from backports import zstd as packer

TEXT = rows(1, 40).encode()
NAME = "datasets/t.jsonl.gz"


SKIPPED = b"\x50\x2a\x4d\x18\x04\0\0\0skip"
"""A frame that has nothing to say."""


def zstd(plain: bytes, window: int | None = None) -> bytes:
    """Pack with a check sum, as the program does; `window` as `zstd --long` would."""
    options = {int(packer.CompressionParameter.checksum_flag): 1}
    if window is not None:
        options[int(packer.CompressionParameter.window_log)] = window
    made = packer.ZstdCompressor(options=options)
    # In two parts, so that the size is not known beforehand and the window is written down.
    return made.compress(plain) + made.flush()


def read(packed: bytes) -> bytes:
    return unpacked(io.BytesIO(packed), "t.gz").read()


Pack = Callable[[bytes], bytes]
PACKERS = pytest.mark.parametrize(
    "pack", [pytest.param(gzip.compress, id="gzip"), pytest.param(zstd, id="zstd")]
)


def write(root: Path, packed: bytes, name: str = NAME) -> None:
    path = root / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(packed)


@pytest.mark.parametrize(
    ("packed", "plain"),
    [
        pytest.param(TEXT, TEXT, id="plain bytes stay"),
        pytest.param(b"", b"", id="nothing stays nothing"),
        pytest.param(gzip.compress(TEXT), TEXT, id="one member"),
        pytest.param(gzip.compress(TEXT) + gzip.compress(b"more"), TEXT + b"more", id="two"),
        pytest.param(gzip.compress(b"") * 3 + gzip.compress(TEXT), TEXT, id="empty ones before"),
        pytest.param(gzip.compress(TEXT) + bytes(200_000), TEXT, id="zeros after it"),
        pytest.param(gzip.compress(bytes(5 << 20)), bytes(5 << 20), id="small and very dull"),
        pytest.param(zstd(TEXT), TEXT, id="zstd"),
        pytest.param(zstd(TEXT) + SKIPPED + zstd(b"more"), TEXT + b"more", id="zstd frames"),
        pytest.param(zstd(b"") + zstd(TEXT), TEXT, id="an empty zstd frame first"),
        pytest.param(zstd(bytes(5 << 20)), bytes(5 << 20), id="zstd, small and very dull"),
    ],
)
def test_what_is_read_is_the_plain_bytes(packed: bytes, plain: bytes) -> None:
    assert read(packed) == plain


@PACKERS
def test_large_text_that_hardly_packs_is_read_in_small_pieces(pack: Pack) -> None:
    plain = random.Random(7).randbytes(700_000)  # noqa: S311 - bytes that do not pack
    stream = unpacked(io.BytesIO(pack(plain)), "t.gz")
    assert b"".join(iter(lambda: stream.read(999), b"")) == plain


@PACKERS
def test_it_can_be_read_again_from_its_begin_and_nowhere_else(pack: Pack) -> None:
    stream = unpacked(io.BytesIO(pack(TEXT * 20_000)), "t.gz")
    assert stream.readline() == TEXT.splitlines(keepends=True)[0]
    stream.read(3 << 20)
    stream.seek(0)
    assert stream.read(len(TEXT)) == TEXT
    with pytest.raises(io.UnsupportedOperation):
        stream.seek(50 << 20)


@pytest.mark.parametrize(
    ("packed", "message"),
    [
        pytest.param(gzip.compress(TEXT)[:-9], "ends too early", id="cut"),
        pytest.param(gzip.compress(TEXT)[:-5] + b"\0" * 5, "cannot be unpacked", id="another sum"),
        pytest.param(gzip.compress(TEXT) + b"tail", "cannot be unpacked", id="something after it"),
        pytest.param(b"\x1f\x8bnonsense", "cannot be unpacked", id="only the begin of it"),
        pytest.param(zstd(TEXT)[:-9], "ends too early", id="zstd, cut"),
        pytest.param(zstd(TEXT)[:-2] + b"\0\0", "cannot be unpacked", id="zstd, another sum"),
        pytest.param(zstd(TEXT) + b"tail", "cannot be unpacked", id="zstd, something after it"),
        pytest.param(b"\x28\xb5\x2f\xfdnonsense", "cannot be unpacked", id="zstd's begin"),
        pytest.param(zstd(TEXT, window=28), "cannot be unpacked", id="zstd, too wide a window"),
    ],
)
def test_what_cannot_be_unpacked_is_refused(packed: bytes, message: str) -> None:
    with pytest.raises(PathRefusedError, match=message) as caught:
        read(packed)
    assert caught.value.hint


def bomb() -> bytes:
    packer = zlib.compressobj(wbits=31)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(300)), packer.flush()])


@pytest.mark.parametrize(
    ("packed", "ratio"),
    [
        pytest.param(bomb(), "200", id="gzip"),
        pytest.param(zstd(bytes(300 << 20)), "2,000", id="zstd"),
    ],
)
def test_a_bomb_is_refused_after_bounded_work(packed: bytes, ratio: str) -> None:
    stream = unpacked(io.BytesIO(packed), "t.gz")
    pieces: list[int] = []
    begun = time.process_time()
    with pytest.raises(PathRefusedError, match=f"more than {ratio} times its size"):
        pieces.extend(map(len, iter(lambda: stream.read(1 << 20), b"")))
    assert sum(pieces) <= FREE_OF_RATIO
    assert time.process_time() - begun < 5


def test_more_than_anybody_takes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_UNPACKED", 1000)
    with pytest.raises(PathRefusedError, match="unpacks to more than 0 GiB"):
        read(gzip.compress(TEXT))


def test_a_packed_dataset_is_pinned_and_staged_as_its_plain_bytes(tmp_path: Path) -> None:
    write(tmp_path, gzip.compress(TEXT))
    for _ in range(2):
        source = DatasetFiles(tmp_path)
        pins, _ = source.pin(declared(dataset={"train": NAME}))
        source.close()
        digest = hashlib.sha256(TEXT).hexdigest()
        assert (pins.training.digest, pins.training.size) == (digest, len(TEXT))
        with source.staged(pins.training) as path:
            assert Path(path).name == upload_name(pins.training.digest)
            assert Path(path).read_bytes() == TEXT


def test_plain_and_packed_files_are_joined_and_split(tmp_path: Path) -> None:
    write(tmp_path, gzip.compress(TEXT.removesuffix(b"\n")))
    write(tmp_path, TEXT, "datasets/u.jsonl")
    dataset = {"train": [NAME, "datasets/u.jsonl"]}
    source = DatasetFiles(tmp_path)
    pins, _ = source.pin(declared(dataset=dataset))
    assert pins.training.digest == hashlib.sha256(TEXT + TEXT).hexdigest()
    pins, _ = source.pin(declared(dataset={**dataset, "validation": {"split": 0.25}}))
    assert pins.validation is not None
    assert pins.training.examples + pins.validation.examples == 80


def test_a_packed_file_has_the_report_of_the_plain_one(tmp_path: Path) -> None:
    write(tmp_path, gzip.compress(TEXT))
    write(tmp_path, TEXT, "datasets/t.jsonl")
    packed, plain = (read_report(tmp_path, [name], []) for name in (NAME, "datasets/t.jsonl"))
    assert (packed.checked, packed.quality) == (plain.checked, plain.quality)


@pytest.mark.parametrize(
    ("packed", "message"),
    [
        pytest.param(gzip.compress(TEXT)[:-9], f"{NAME} is damaged: it ends too early", id="cut"),
        pytest.param(bomb(), f"{NAME} unpacks to more than 200 times its size", id="a bomb"),
    ],
)
def test_a_packed_dataset_that_cannot_be_read_is_a_problem_of_the_spec(
    tmp_path: Path, packed: bytes, message: str
) -> None:
    write(tmp_path, packed)
    with pytest.raises(DatasetError) as caught:
        DatasetFiles(tmp_path).pin(declared(dataset={"train": NAME}))
    assert [(one.message, one.field) for one in caught.value.problems] == [
        (message, "dataset.train")
    ]
