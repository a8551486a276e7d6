"""A script that asks for JSON or Markdown does not wait for a terminal's libraries."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["as_json", "markdown", "plot", "log_line", "plain_progress"])
def test_text_for_scripts_needs_no_rich(module: str) -> None:
    program = f"import ftops.render.{module}, sys; sys.exit('rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=False)
    assert done.returncode == 0
