"""What pictures cost, and how their size is read without decoding them."""

import base64
import struct

import pytest

from ftops.dataset.counting.image_size import image_size
from ftops.dataset.counting.image_tokens import image_tokens
from ftops.dataset.formats import ImageUrl

JPEG_START = b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9)


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + bytes(9)


def jpeg(width: int, height: int, kind: int = 0xC0, before: bytes = b"") -> bytes:
    frame = struct.pack(">BBHBHH", 0xFF, kind, 17, 8, height, width)
    return JPEG_START + before + frame + bytes(12)


def webp(kind: bytes, body: bytes) -> bytes:
    return b"RIFF\0\0\0\0WEBP" + kind + b"\0\0\0\0" + body


def lossless(width: int, height: int) -> bytes:
    return webp(b"VP8L", b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14))


def extended(width: int, height: int) -> bytes:
    sides = [(side - 1).to_bytes(3, "little") for side in (width, height)]
    return webp(b"VP8X", bytes(4) + b"".join(sides))


def lossy(width: int, height: int) -> bytes:
    return webp(b"VP8 ", bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", width | 0x4000, height))


def data_url(content: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


@pytest.mark.parametrize(
    ("content", "size"),
    [
        pytest.param(png(640, 480), (640, 480), id="PNG"),
        pytest.param(jpeg(640, 480), (640, 480), id="JPEG"),
        pytest.param(jpeg(640, 480, 0xC2), (640, 480), id="progressive JPEG"),
        pytest.param(
            jpeg(640, 480, before=b"\xff\xc4" + struct.pack(">H", 6) + bytes(4)),
            (640, 480),
            id="JPEG with tables first",
        ),
        pytest.param(jpeg(640, 480, before=b"\xff"), (640, 480), id="JPEG with fill bytes"),
        pytest.param(lossy(640, 480), (640, 480), id="lossy WEBP"),
        pytest.param(lossless(640, 480), (640, 480), id="lossless WEBP"),
        pytest.param(extended(640, 480), (640, 480), id="extended WEBP"),
        pytest.param(webp(b"VP9 ", bytes(30)), None, id="a WEBP of the future"),
        pytest.param(b"GIF89a" + bytes(20), None, id="GIF"),
        pytest.param(png(640, 480)[:18], None, id="PNG cut short"),
        pytest.param(jpeg(640, 480)[:24], None, id="JPEG cut short"),
        pytest.param(JPEG_START + b"\0\0\0\0", None, id="JPEG that lost its marks"),
        pytest.param(png(0, 480), None, id="no width"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_a_size_is_read_from_the_header(content: bytes, size: tuple[int, int] | None) -> None:
    assert image_size(data_url(content)) == size


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://example.com/a.png", id="a link"),
        pytest.param("data:image/png;base64,A", id="no whole byte"),
        pytest.param("data:image/png;base64,éééé", id="not base64"),
        pytest.param("data:image/png,abc", id="not in base64"),
    ],
)
def test_elsewhere_there_is_no_size(url: str) -> None:
    assert image_size(url) is None


def test_a_long_picture_is_not_decoded_whole() -> None:
    assert image_size(data_url(png(640, 480)) + "!" * (1 << 20)) == (640, 480)


@pytest.mark.parametrize(
    ("width", "height", "tokens"),
    [
        pytest.param(512, 512, 255, id="one tile"),
        pytest.param(1024, 1024, 765, id="the guide's square: 768, four tiles"),
        pytest.param(2048, 4096, 1105, id="the guide's tall one: 768 by 1536, six tiles"),
        pytest.param(513, 10, 425, id="a little more than a tile is two"),
        pytest.param(1, 1, 255, id="the smallest"),
        pytest.param(65_000, 1, 765, id="a thread: four tiles in a row"),
        pytest.param(768, 2048, 1445, id="the largest"),
    ],
)
def test_high_detail_is_counted_in_tiles(width: int, height: int, tokens: int) -> None:
    url = data_url(png(width, height))
    assert image_tokens(ImageUrl(url=url, detail="high")) == tokens
    assert image_tokens(ImageUrl(url=url, detail="auto")) == image_tokens(ImageUrl(url=url))
    assert image_tokens(ImageUrl(url=url, detail="low")) == 85


def test_of_an_unknown_size_the_most_is_counted() -> None:
    assert image_tokens(ImageUrl(url="https://example.com/a.png")) == 85 + 8 * 170
