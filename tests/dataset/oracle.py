"""The provider's own tokenizer as an oracle, fed from the tables that ftops itself counts with."""

import gzip
import hashlib
from importlib.util import find_spec
from pathlib import Path

import pytest
import tiktoken

from ftops.dataset.counting.vocabulary import PACKAGE, Encoding

SOURCE = "https://openaipublic.blob.core.windows.net/encodings/{}.tiktoken"


def tiktoken_from(folder: Path, encoding: Encoding) -> tiktoken.Encoding:
    """Return tiktoken's own encoding; it takes the file for its download, and checks the digest."""
    package = find_spec(PACKAGE)
    assert package is not None
    assert package.submodule_search_locations is not None
    packed = Path(package.submodule_search_locations[0]) / "data" / f"{encoding}.tiktoken.gz"
    name = hashlib.sha1(SOURCE.format(encoding).encode(), usedforsecurity=False).hexdigest()
    (folder / name).write_bytes(gzip.decompress(packed.read_bytes()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIKTOKEN_CACHE_DIR", str(folder))
        return tiktoken.get_encoding(encoding)
