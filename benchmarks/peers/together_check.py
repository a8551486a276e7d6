# /// script
# dependencies = ["together>=3.1"]
# ///
"""The file check of the package `together`, timed on each path that comes in by standard input."""

import sys
import time
from pathlib import Path

from together.lib.utils.files import check_file  # type: ignore[import-not-found]  # see above


def main() -> None:
    """Print the CPU seconds of each check."""
    for path in sys.stdin:
        begun = time.process_time()
        check_file(Path(path.strip()))
        print(time.process_time() - begun, flush=True)


if __name__ == "__main__":
    main()
