"""From an empty folder to a model, as the tutorial goes."""

import os
from pathlib import Path

import pytest
import yaml

from ftops.trainer.launch import stop
from tests.cli.checkout import Checkout
from tests.cli.lab import Lab
from tests.cli.scene import Ftops

WRITTEN = [
    ".gitignore",
    "datasets/support.train.jsonl",
    "datasets/support.valid.jsonl",
    "ftops.project.schema.json",
    "ftops.schema.json",
    "ftops.yaml",
    "specs/support-bot.yaml",
]
QUESTION = "How do I reset my password?"
TAUGHT = "Click 'Forgot password' on the login page"


def files_in(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_the_first_day(ftops: Ftops, empty: Checkout, lab: Lab) -> None:
    begun = ftops("init")
    assert begun.code == 0
    assert begun.err.endswith("\nnext: ftops apply\n")
    assert files_in(empty.root) == WRITTEN
    empty.settle(lab.base_url)
    empty.commit("Begin")

    valid = ftops("validate")
    assert valid.code == 0
    assert "1 spec valid: 2,568 trained tokens, $0.01.\n" in valid.out
    assert lab.requests == []

    planned = ftops("plan", "--exit-code")
    assert planned.code == 4
    assert "+  support-bot  train   new spec" in planned.out

    applied = ftops("apply", "--yes")
    assert applied.code == 0, applied.err
    empty.commit("Record the first model")
    assert ftops("plan", "--exit-code").code == 0
    assert "1 in-sync; 1 ready." in ftops("status").out

    assert "The job has successfully completed" in ftops("logs", "support-bot").out
    drawn = ftops("metrics", "support-bot")
    assert drawn.code == 0
    assert "train_loss" in drawn.out
    assert "at step 12" in drawn.out
    asked = ftops("test", "support-bot", QUESTION)
    assert asked.out.startswith(TAUGHT)
    told = ftops("history", "support-bot")
    assert "Record the first model" in told.out
    assert told.out.endswith("1 model.\n")


@pytest.mark.parametrize("in_ci", [pytest.param(False, id="at home"), pytest.param(True, id="CI")])
def test_a_new_project_can_be_planned_at_once(
    ftops: Ftops, empty: Checkout, monkeypatch: pytest.MonkeyPatch, *, in_ci: bool
) -> None:
    if in_ci:
        monkeypatch.setenv("CI", "true")
    ftops("init")
    try:
        planned = ftops("plan")
    finally:
        stop(empty.root / ".ftops/local")
    assert planned.code == 0
    assert planned.out.startswith("target local (declared) · training server in .ftops/local\n")
    assert "note: on local, ftops-nano stands in for gpt-4.1-mini-2025-04-14" in planned.out


def test_a_new_project_really_trains_on_this_machine(ftops: Ftops, empty: Checkout) -> None:
    """One epoch of the three, to keep the test short; everything else is what `init` wrote."""
    ftops("init")
    spec = empty.read("specs/support-bot.yaml")
    empty.write("specs/support-bot.yaml", spec.replace("n_epochs: 3", "n_epochs: 1"))
    empty.commit("Begin")
    try:
        applied = ftops("apply", "--yes")
        assert applied.code == 0, applied.err
        assert "is stood in for by ftops-nano" in applied.err
        assert ftops("plan", "--exit-code").code == 0
        assert ftops("test", "support-bot", QUESTION).out.startswith(TAUGHT)
        lock = yaml.safe_load(empty.read(".ftops/targets/local/support-bot.lock"))
        assert lock["cost_usd"] == 0
        assert empty.git("status", "--porcelain") == ""
    finally:
        stop(empty.root / ".ftops/local")


def test_the_project_is_found_from_any_folder_below_it(
    ftops: Ftops, empty: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    ftops("init")
    monkeypatch.chdir(empty.root / "datasets")
    assert ftops("validate").code == 0
    monkeypatch.chdir(empty.root.parent)
    assert ftops("--root", "project", "validate").code == 0


def test_templates_know_the_commit(ftops: Ftops, empty: Checkout) -> None:
    ftops("init")
    empty.commit("Begin")
    empty.spec("triage", metadata={"commit": "{{ git.short_sha }}"}, suffix="{{ git.branch }}")
    assert ftops("validate").code == 0
    empty.spec("triage", suffix="{{ git.nonsense }}")
    refused = ftops("validate")
    assert refused.code == 1
    assert "nonsense" in refused.err


def test_init_names_the_project_after_its_folder(ftops: Ftops, empty: Checkout) -> None:
    made = ftops("init", "My Bot!", "--ci", "github")
    assert made.err.endswith("\nnext: cd My Bot! && ftops apply\n")
    assert (
        files_in(empty.root / "My Bot!") == [".github/workflows/ftops.yml", *WRITTEN][:1] + WRITTEN
    )
    assert "project: My-Bot\n" in empty.read("My Bot!/ftops.yaml")
    assert ftops("--root", "My Bot!", "validate").code == 0


@pytest.mark.parametrize(
    ("ci", "path"),
    [
        pytest.param("github", ".github/workflows/ftops.yml", id="GitHub"),
        pytest.param("gitlab", ".gitlab-ci.yml", id="GitLab"),
    ],
)
def test_a_pipeline_comes_along(ftops: Ftops, empty: Checkout, ci: str, path: str) -> None:
    assert ftops("init", "--ci", ci).code == 0
    pipeline = empty.read(path)
    yaml.safe_load(pipeline)
    assert "ftops apply --yes --no-wait" in pipeline


def test_init_never_overwrites(ftops: Ftops, empty: Checkout) -> None:
    empty.write(".gitignore", "mine\n")
    empty.write("specs/support-bot.yaml", "mine\n")
    first = ftops("init")
    assert "wrote .gitignore" not in first.err
    assert empty.read(".gitignore") == "mine\n"
    assert empty.read("specs/support-bot.yaml") == "mine\n"

    again = ftops("init")
    assert again.code == 1
    assert again.err == (
        "error: ftops.yaml is there already\n"
        "hint: `ftops new NAME --model M --train F` adds a spec to a project\n"
    )


def test_a_folder_that_cannot_be_made_is_told(ftops: Ftops, empty: Checkout) -> None:
    empty.write("file", "")
    ran = ftops("init", os.fspath(Path("file/below")))
    assert ran.code == 1
    assert ran.err == (
        "error: file/below/ftops.yaml cannot be written: Not a directory\n"
        "hint: name another folder\n"
    )


@pytest.mark.parametrize(
    ("words", "text"),
    [
        pytest.param(
            ("triage", "--model", "gpt-4.1-mini-2025-04-14", "--train", "datasets/a.jsonl"),
            "name: triage\n"
            "model: gpt-4.1-mini-2025-04-14\n"
            "method: supervised\n"
            "dataset:\n"
            "  train: datasets/a.jsonl\n",
            id="the least",
        ),
        pytest.param(
            (
                *("tone", "--model", "from:support-bot", "--method", "dpo", "--suffix", "on"),
                *("--train", "datasets/a*.jsonl", "--train", "b.jsonl", "--on", "openai"),
                *("--validation", "split:0.1"),
            ),
            "name: tone\n"
            "model:\n"
            "  from: support-bot\n"
            'suffix: "on"\n'
            "target: openai\n"
            "method: dpo\n"
            "dataset:\n"
            '  train: ["datasets/a*.jsonl", "b.jsonl"]\n'
            '  validation: {"split": 0.1}\n',
            id="everything",
        ),
        pytest.param(
            ("b", "--model", "m:1", "--train", "a.jsonl", "--validation", "v.jsonl"),
            "name: b\n"
            'model: "m:1"\n'
            "method: supervised\n"
            "dataset:\n"
            "  train: a.jsonl\n"
            "  validation: v.jsonl\n",
            id="a validation file",
        ),
    ],
)
def test_a_new_spec_is_written_as_a_person_would(
    ftops: Ftops, empty: Checkout, words: tuple[str, ...], text: str
) -> None:
    ftops("init")
    ran = ftops("new", *words)
    assert ran.code == 0, ran.err
    assert ran.err == f"wrote specs/{words[0]}.yaml; next: ftops validate {words[0]}\n"
    first, _, rest = empty.read(f"specs/{words[0]}.yaml").partition("\n")
    assert first == "# yaml-language-server: $schema=../ftops.schema.json"
    assert rest == text


def test_a_new_spec_in_a_project_without_a_schema_names_none(ftops: Ftops, empty: Checkout) -> None:
    empty.settings()
    assert ftops("new", "one", "--model", "m", "--train", "a.jsonl").code == 0
    assert empty.read("specs/one.yaml").startswith("name: one\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(("support-bot",), "a spec named support-bot is there already", id="taken"),
        pytest.param(("odd", "--suffix", "Big Letters"), "specs/odd.yaml:4:9", id="a suffix"),
        pytest.param(("odd", "--on", "nowhere"), "specs/odd.yaml:4:9", id="an unknown target"),
    ],
)
def test_a_wrong_spec_is_not_written(
    ftops: Ftops, empty: Checkout, words: tuple[str, ...], told: str
) -> None:
    ftops("init")
    ftops("validate")
    before = files_in(empty.root)
    ran = ftops("new", *words, "--model", "m", "--train", "a.jsonl")
    assert ran.code == 1
    assert told in ran.err
    assert "hint: " in ran.err
    assert files_in(empty.root) == before
