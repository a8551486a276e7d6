"""`python -m ftops`, and the `ftops` command."""

import gc
import sys
from typing import Final

LARGEST_NURSERY: Final = 200_000
"""A plan over thousands of specs makes so many objects, and hardly any garbage among them: looking
for it after every 700, as Python does, would take a fifth of the time."""


def main() -> None:
    """Answer `--version` before anything heavy is imported; else hand over to the commands."""
    if sys.argv[1:] == ["--version"] and sys.stdout is not None:
        from ftops.version import __version__

        sys.stdout.write(f"ftops {__version__}\n")
        return
    gc.set_threshold(LARGEST_NURSERY)
    from ftops.cli.main import run

    sys.exit(run())


if __name__ == "__main__":
    main()
