"""A plan with nothing to do: what it loads, and that what is remembered changes no word of it."""

import shutil
import subprocess
import sys

from tests.cli.scene import Scene

HEAVY = {
    "openai",
    "httpx2",
    "anyio",
    "pydantic",
    "jinja2",
    "rich",
    "yaml",
    "git",
    "numpy",
    "fastapi",
    "starlette",
    "dotenv",
    "ftops.cli.apply",
    "ftops.usecases.follow",
    "ftops.core.ledger",
    "ftops.dataset.quality.figures",
    "ftops.adapters.spec_files.text",
}
CODE = """
import sys
from ftops.cli.main import run
code = run(["plan", "--exit-code"])
print(code, *sys.modules, file=sys.stderr)
"""


def test_a_plan_with_nothing_to_do_loads_nothing_heavy(at: Scene) -> None:
    assert at.ftops("apply", "--yes").code == 0
    assert at.ftops("plan").code == 0
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=at.checkout.root,
        capture_output=True,
        text=True,
        check=True,
    )
    code, *loaded = done.stderr.split()
    assert (code, HEAVY & set(loaded)) == ("0", set())
    assert "Nothing to do: 1 spec in sync." in done.stdout


def test_caches_change_no_word_of_a_plan(at: Scene) -> None:
    assert at.ftops("apply", "--yes").code == 0
    at.checkout.spec("tone")
    for output in ("text", "json", "markdown"):
        remembered = [at.ftops("plan", "-o", output).out for _ in range(3)]
        shutil.rmtree(at.checkout.root / ".ftops" / "cache")
        assert remembered == [at.ftops("plan", "-o", output).out] * 3
