"""What the architecture promises and no other tool checks."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ftops.cli.main import COMMANDS
from ftops.core.plan import Reason

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "ftops"
HEAVY = ("openai", "fastapi", "git", "jinja2", "pydantic", "httpx2", "rich", "numpy", "starlette")
LONGEST_FILE = 300


def modules_after(code: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter holds after `code`."""
    tail = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{tail}"], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split("\n")[-2].split())


def test_version_imports_nothing_heavy() -> None:
    code = "import sys; sys.argv = ['ftops', '--version']; from ftops.__main__ import main; main()"
    assert modules_after(code).isdisjoint(HEAVY)


def test_help_imports_no_sdk() -> None:
    code = (
        "import contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()):\n"
        "    from ftops.cli.main import run\n"
        "    run(['--help'])"
    )
    assert modules_after(code).isdisjoint({"openai", "fastapi", "git", "jinja2", "numpy"})


def source_files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", source_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_stays_readable(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize(
    "path",
    [path for path in source_files() if path.name == "__init__.py" and path.parent != PACKAGE],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_a_package_holds_a_docstring_and_nothing_else(path: Path) -> None:
    text = path.read_text(encoding="utf-8").strip()
    assert text.startswith('"""')
    assert text.endswith('"""')
    assert text.count('"""') == 2


def test_the_readme_shows_the_help_as_it_is() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"<!-- help -->\n```\n(.*?)```\n<!-- /help -->", readme, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-m", "ftops", "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={"COLUMNS": "100", "PATH": "/usr/bin:/bin"},
    )
    assert shown is not None
    assert shown[1] == done.stdout


@pytest.mark.parametrize("reason", list(Reason))
def test_the_readme_explains_every_reason(reason: Reason) -> None:
    assert reason in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_reference_explains_every_command(name: str) -> None:
    text = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    assert f"## ftops {name}\n" in text
