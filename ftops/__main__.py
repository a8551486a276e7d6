"""`python -m ftops`, and the `ftops` command."""

import sys


def main() -> None:
    """Answer `--version` before anything heavy is imported; else hand over to the commands."""
    if sys.argv[1:] == ["--version"] and sys.stdout is not None:
        from ftops.version import __version__

        sys.stdout.write(f"ftops {__version__}\n")
        return
    from ftops.cli.garbage import leave_the_rest
    from ftops.cli.main import run

    code = run()
    leave_the_rest()
    sys.exit(code)


if __name__ == "__main__":
    main()
