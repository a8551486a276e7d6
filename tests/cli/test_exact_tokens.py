"""Tokens on the command line: exact where a rule is published, sampled where files are large."""

import json
from pathlib import Path

import pytest

from ftops.adapters.dataset_files import reading
from tests.cli.scene import Ftops, command_line, document

SPEC = """name: bot
model: {model}
target: openai
hyperparameters: {{n_epochs: 2}}
dataset: {{train: datasets/bot.jsonl}}
"""


@pytest.fixture(name="ftops")
def _ftops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Ftops:
    monkeypatch.chdir(tmp_path)
    Path("ftops.yaml").write_text("project: acme\n")
    Path("specs").mkdir()
    Path("datasets").mkdir()
    write("gpt-4.1")
    return command_line(capsys)


def write(model: str, rows: int = 60) -> None:
    """Write a spec, and chats of 3 + (4 + 2) + (4 + 3) tokens and more."""
    turns = [{"role": "user", "content": "Hello?"}, {"role": "assistant", "content": "Good day."}]
    chats = [json.dumps({"messages": [*turns, *turns * (row % 7)]}) for row in range(rows)]
    Path("datasets/bot.jsonl").write_text("\n".join(chats) + "\n")
    Path("specs/bot.yaml").write_text(SPEC.format(model=model))


def estimate(ftops: Ftops, *words: str) -> dict[str, object]:
    told = document(ftops("validate", "--only", "tokens", "-o", "json", *words))
    found: dict[str, object] = told["specs"][0]["estimate"]
    return found


def test_exact_tokens_carry_no_tilde(ftops: Ftops) -> None:
    tokens = sum(3 + 13 * (1 + row % 7) for row in range(60))
    ran = ftops("validate", "--only", "tokens")
    assert f"    {tokens:,} tokens " in ran.out
    assert f"= {2 * tokens:,} trained tokens" in ran.out
    found = estimate(ftops)
    assert (found["tokens_per_epoch"], found["exact"], found["bound"]) == (tokens, True, None)


def test_a_base_nobody_knows_is_marked(ftops: Ftops) -> None:
    write("llama-3")
    assert "    ~" in ftops("validate", "--only", "tokens").out
    assert estimate(ftops)["exact"] is False


def test_large_files_are_sampled_unless_every_token_is_asked_for(
    ftops: Ftops, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LARGE", 1000)
    write("gpt-4.1", rows=5000)
    sampled = estimate(ftops)
    assert sampled["exact"] is False
    assert isinstance(sampled["bound"], float)
    assert " ±0.1% tokens" in ftops("validate", "--only", "tokens").out
    counted = estimate(ftops, "--exact")
    assert (counted["exact"], counted["bound"]) == (True, None)
    # What was counted once is known from then on.
    assert estimate(ftops) == counted
