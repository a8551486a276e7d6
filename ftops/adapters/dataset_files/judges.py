"""Who judged: everything whose change may change what a check finds in the very same bytes."""

from functools import cache
from pathlib import Path
from typing import Final

import ftops.cache
import ftops.core
import ftops.dataset
from ftops.cache.makers import makers
from ftops.dataset.counting.vocabulary import vocabulary_stamp

OURS: Final = (
    *ftops.cache.__path__,
    *ftops.core.__path__,
    *ftops.dataset.__path__,
    str(Path(__file__).parent),
)
_LIBRARIES: Final = ("gigatoken", "msgspec", "rensa", "stdnum")


@cache
def judges() -> str:
    """Return a digest of this ftops, its checks as they are on disk, and what they are built on."""
    return makers(OURS, _LIBRARIES, repr(vocabulary_stamp()))
