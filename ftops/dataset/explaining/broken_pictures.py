"""What is wrong with a row's pictures, in words, told from plain JSON of any shape."""

from collections.abc import Iterator, Mapping
from typing import Final

from ftops.dataset.explaining.parse import join, quote
from ftops.dataset.finding import Code, Finding, find
from ftops.dataset.pictures import MOST_IMAGE_BYTES, MOST_IMAGES, flaw_of

Json = Mapping[str, object]

_WORDS: Final[Mapping[Code, tuple[str, str]]] = {
    Code.WRONG_IMAGE_URL: (
        "This is no address of a picture: {}.",
        "Use an http(s) URL, or a data URL with the picture as base64.",
    ),
    Code.WRONG_IMAGE: (
        "The data is no JPEG, PNG or WEBP, and the provider skips it: {}.",
        "Convert the picture, and write data:image/…;base64, before its base64.",
    ),
    Code.IMAGE_TOO_LARGE: (
        f"The picture has more than {MOST_IMAGE_BYTES >> 20} MiB, and the provider skips it: {{}}.",
        "Make it smaller; training looks at no more than 2048 by 2048 pixels.",
    ),
}


def explain_pictures(messages: list[Json], path: str) -> Iterator[Finding]:
    """Yield every picture that is not fine, and the first one too many."""
    for number, (where, part) in enumerate(find_images(messages, path)):
        image = part.get("image_url")
        url = image.get("url") if isinstance(image, dict) else None
        flaw = flaw_of(url) if isinstance(url, str) else None
        if flaw is not None:
            words, hint = _WORDS[flaw]
            place = join(join(where, "image_url"), "url")
            yield find(flaw, words.format(quote(str(url))), path=place, hint=hint)
        if number == MOST_IMAGES:
            words = f"An example can have {MOST_IMAGES} pictures at most."
            hint = "Leave out this one and those after it, or split the example."
            yield find(Code.TOO_MANY_IMAGES, words, path=where, hint=hint)


def find_images(messages: list[Json], path: str) -> Iterator[tuple[str, Json]]:
    """Yield the path and the part of every picture that users show."""
    for index, message in enumerate(messages):
        content = message.get("content")
        if message.get("role") != "user" or not isinstance(content, list):
            continue
        for place, part in enumerate(content):
            if isinstance(part, dict) and part.get("type") == "image_url":
                yield join(join(join(path, index), "content"), place), part
