"""The server keeps what its own OpenAPI document says, whatever it is sent."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ftops.trainer.api.operations import ENDPOINTS
from tests.conformance.conftest import TOLD
from tests.trainer.conftest import serving
from tests.trainer.counting_settings import counting
from tests.trainer.rows import chat_rows

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(600)]

KEY = "a-key"
EXAMPLES = 25
# A description cannot say which files and models there are, so legal requests may be refused.
UNFIT = "positive_data_acceptance"


def test_the_server_is_as_it_says(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    settings = replace(counting(tmp_path), api_keys=(KEY,), max_running=1)
    with serving(settings) as stranger:
        client = stranger.with_options(api_key=KEY)
        rows = client.files.create(file=("rows.jsonl", chat_rows(10)), purpose="fine-tune")
        client.fine_tuning.jobs.create(model="ftops-nano", training_file=rows.id)
        address = str(stranger.base_url).removesuffix("/v1/")
        ran = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run", f"{address}/openapi.json"),
                *("--header", f"Authorization: Bearer {KEY}", "--exclude-checks", UNFIT),
                *("--max-examples", str(EXAMPLES), "--seed", "1", "--generation-database", "none"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert ran.returncode == 0, ran.stdout[-12000:] + ran.stderr[-2000:]
    assert f"Tested: {len(ENDPOINTS)}" in ran.stdout
    generated = re.search(r"(\d+) generated", ran.stdout)
    assert generated is not None, ran.stdout[-500:]
    told = f"schemathesis: {generated[1]} requests to {len(ENDPOINTS)} operations, no failure"
    record_property(TOLD, told)
