"""What a picture costs by the published rule: a base, and tiles of 512 pixels at high detail.

The picture is first made to fit into 2048 by 2048, then its shorter side is brought down to 768.
Of a picture whose size is not known the most is counted.
"""

from typing import Final

from ftops.dataset.counting.image_size import Size, image_size
from ftops.dataset.formats import ImageUrl

BASE: Final = 85
PER_TILE: Final = 170
MOST_TILES: Final = 8

_TILE, _LONGEST, _SHORTEST = 512, 2048, 768


def image_tokens(image: ImageUrl) -> int:
    """Return the tokens; `auto`, which is also the default, is taken for high."""
    if image.detail == "low":
        return BASE
    size = image_size(image.url)
    return BASE + PER_TILE * (MOST_TILES if size is None else _tiles(size))


def _tiles(size: Size) -> int:
    long, short = max(size), min(size)
    scale = min(1.0, _LONGEST / long)
    scale = min(scale, _SHORTEST / short)
    wide, high = (max(1, round(side * scale)) for side in (long, short))
    return -(-wide // _TILE) * -(-high // _TILE)
