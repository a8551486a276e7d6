"""Exact counts for much text: the package `gigatoken`, fed from the tables that travel with ours.

Its table takes half a second to load and 100 MB, and then counts three times as fast; so it is for
large files alone, and only if it is installed. It knows the letters of a newer Unicode than the
provider does, so a text with a character beyond the well-known ones is counted the slower way.
"""

import gzip
import re
import tempfile
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from ftops.dataset.counting.vocabulary import PACKAGE, CountText, Encoding, exact_counter

FAST_PACKAGE: Final = "gigatoken"
_SPLITTING: Final = {"o200k_base": "o200k", "cl100k_base": "cl100k"}

_RANGES: Final = (
    # Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic, Devanagari, Thai, Georgian, Hangul letters.
    *("\0-\u0377", "\u0384-\u038a", "\u038e-\u03a1", "\u03a3-\u052f", "\u0531-\u0556"),
    *("\u0560-\u058a", "\u0591-\u05c7", "\u05d0-\u05ea", "\u0600-\u06ff", "\u0900-\u097f"),
    *("\u0e01-\u0e3a", "\u0e3f-\u0e5b", "\u10d0-\u11ff", "\u1e00-\u1f15", "\u2000-\u2064"),
    # Money, numbers, arrows, mathematics, drawings.
    *("\u20a0-\u20bf", "\u2100-\u218b", "\u2190-\u2426", "\u2460-\u2b73"),
    # Chinese, Japanese, Korean.
    *("\u3000-\u303f", "\u3041-\u3096", "\u3099-\u30ff", "\u3105-\u312f", "\u3400-\u4dbf"),
    *("\u4e00-\u9ffc", "\uac00-\ud7a3", "\uf900-\ufa6d", "\ufe0f", "\ufe30-\ufe52"),
    *("\uff01-\uffbe", "\uffe0-\uffe6", "\ufffd"),
    # Flags and pictures.
    *("\U0001f1e6-\U0001f1ff", "\U0001f300-\U0001f6d7", "\U0001f900-\U0001f978"),
)
_find_odd = re.compile(f"[^{''.join(_RANGES)}]").search


@cache
def fast_counter(encoding: Encoding, package: str = FAST_PACKAGE) -> CountText | None:
    """Return the faster way to count texts; None if it is not installed, or its tables are not."""
    table = _read_table(encoding)
    if table is None or find_spec(package) is None:
        return None
    from gigatoken import Tokenizer  # noqa: PLC0415 - only large files are worth its 0.5 s

    with tempfile.NamedTemporaryFile(suffix=".tiktoken") as file:
        file.write(table)
        file.flush()
        tokenizer = Tokenizer.from_tiktoken(file.name, _SPLITTING[encoding], {})
    encode = tokenizer.backend.encode
    # The first text loads numpy: now, so that forks of this process share it.
    encode("")
    return _guarded(encode, encoding)


def is_well_known(text: str) -> bool:
    """Return whether every version of Unicode that matters knows all characters of the text."""
    return text.isascii() or _find_odd(text) is None


def _guarded(encode: Callable[[str], Any], encoding: Encoding) -> CountText:
    def count(text: str) -> int:
        if is_well_known(text):
            return len(encode(text))
        exact = exact_counter(encoding)
        return len(encode(text)) if exact is None else exact(text)

    return count


def _read_table(encoding: Encoding) -> bytes | None:
    package = find_spec(PACKAGE)
    places = package.submodule_search_locations if package else None
    path = Path(places[0]) / "data" / f"{encoding}.tiktoken.gz" if places else None
    return gzip.decompress(path.read_bytes()) if path and path.is_file() else None
