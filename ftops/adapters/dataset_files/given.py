"""Files named on a command line: open wherever they lie, every pass over the same ones."""

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ftops.adapters.dataset_files.foreign import refuse_foreign
from ftops.adapters.dataset_files.paths import HERE, DataPaths, PathRefusedError
from ftops.adapters.dataset_files.reading import OpenFiles
from ftops.errors import FtopsError
from ftops.ports import ALONE, Readers

_OF_WRITING: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EPIPE}
"""What only the file that is written meanwhile can have said."""


@contextmanager
def given_files(
    folder: Path,
    written: Sequence[str],
    readers: Readers = ALONE,
    *,
    of_any_shape: bool = False,
) -> Iterator[OpenFiles]:
    """Yield the files and globs given from `folder`; FtopsError for what cannot be read."""
    paths = DataPaths(folder, allow_outside=True, readers=readers, start=HERE)
    try:
        found = [each for one in written for each in paths.find(one)]
        if not of_any_shape:
            refuse_foreign(found)
        with OpenFiles(paths, found) as files:
            yield files
    except PathRefusedError as error:
        raise FtopsError(error.message, hint=error.hint) from error
    except OSError as error:
        if error.errno in _OF_WRITING:
            raise
        raise FtopsError(f"the data cannot be read: {error.strerror or error}") from error
