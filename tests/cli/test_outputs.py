"""What goes to which stream, in which format: the contract with scripts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from ftops.cli.main import COMMANDS, cli
from tests.cli.checkout import Checkout
from tests.cli.scene import Ftops, Scene, document

ESCAPE = "\x1b"


@pytest.fixture
def trained(at: Scene) -> Scene:
    at.checkout.commit("Declare")
    assert at.ftops("apply", "--yes").code == 0
    at.checkout.commit("Record")
    return at


@pytest.mark.usefixtures("trained")
def test_json_is_all_there_is_on_standard_output(at: Scene) -> None:
    keys = {
        ("validate",): {"valid", "problems", "specs"},
        ("plan",): {"digest", "is_empty", "targets", "changes", "totals", "notes", "warnings"},
        ("apply",): {"is_fine", "outcomes", "totals"},
        ("status",): {"targets", "specs"},
        ("metrics", "triage"): {"job", "series"},
        ("history", "triage"): {"history"},
        ("doctor",): {"ok", "checks"},
    }
    for words, expected in keys.items():
        ran = at.ftops(*words, "-o", "json")
        assert ran.code == 0, (words, ran)
        assert document(ran).keys() >= expected, words


@pytest.mark.usefixtures("trained")
def test_logs_and_answers_are_one_json_document_a_line(at: Scene) -> None:
    for words in (("logs", "triage"), ("test", "triage", "triage 4")):
        lines = at.ftops(*words, "-o", "json").out.splitlines()
        assert lines
        assert all(json.loads(line)["format_version"] == 1 for line in lines)
    answered = json.loads(at.ftops("test", "triage", "triage 4", "-o", "json").out)
    assert answered["response"] == "triage answer 4"
    assert answered["messages"] == [{"role": "user", "content": "triage 4"}]


def test_progress_in_json_goes_to_standard_error(at: Scene) -> None:
    ran = at.ftops("apply", "--yes", "-o", "json")
    outcome = document(ran)["outcomes"][0]
    assert (outcome["spec"], outcome["outcome"], outcome["change"]) == (
        "triage",
        "settled",
        "train",
    )
    _, _, progress = ran.err.partition("digest ")
    events = [json.loads(line) for line in progress.splitlines()[1:]]
    assert {event["format_version"] for event in events} == {1}
    kinds = [event["type"] for event in events]
    assert kinds[:3] == ["uploading", "creating", "following"]
    assert kinds[-1] == "ended"


def test_findings_in_json_are_a_result(at: Scene) -> None:
    at.add("modle: x")
    ran = at.ftops("validate", "-o", "json")
    assert ran.code == 1
    told = document(ran)
    assert told["valid"] is False
    assert [(one["path"], one["line"]) for one in told["problems"]] == [("specs/triage.yaml", 4)]
    assert ran.err == ""
    assert "### ftops validate" in at.ftops("validate", "-o", "markdown").out


def test_markdown_is_for_pull_requests(at: Scene) -> None:
    for words, title in (
        (("plan",), "### ftops plan"),
        (("apply", "--yes"), "### ftops apply"),
        (("status",), "### ftops status"),
        (("validate",), "### ftops validate"),
    ):
        ran = at.ftops(*words, "-o", "markdown")
        assert ran.code == 0
        assert title in ran.out.splitlines()[:2]


def test_quiet_leaves_results_and_errors(at: Scene) -> None:
    ran = at.ftops("--quiet", "apply", "--yes")
    assert ran.code == 0
    assert ran.err == ""
    assert "Done: 1 trained" in ran.out
    as_json = at.ftops("--quiet", "apply", "-o", "json")
    assert as_json.err == ""
    assert document(as_json)["is_fine"] is True
    assert at.ftops("--quiet", "plan", "nosuch").err.startswith("error: no spec is named nosuch")


def test_only_what_was_asked_of_validate_is_shown(at: Scene) -> None:
    at.checkout.write("datasets/triage.jsonl", "\ufeff" + at.checkout.read("datasets/triage.jsonl"))
    both = at.ftops("validate")
    assert "10 examples" in both.out
    assert "trained tokens" in both.out
    assert "finding" in both.err
    assert "trained tokens" not in at.ftops("validate", "--only", "structure").out
    assert at.ftops("validate", "--only", "tokens").err == ""
    assert at.lab.requests == []


def test_validate_needs_no_target(at: Scene) -> None:
    at.checkout.settings()
    at.env.setenv("CI", "true")
    assert at.ftops("validate").code == 0


@pytest.mark.usefixtures("trained")
def test_a_file_of_prompts_is_asked_and_judged(at: Scene) -> None:
    at.checkout.write(
        "prompts.jsonl",
        '{"prompt": "triage 1", "expected": "triage answer 1"}\n'
        "\n"
        '{"messages": [{"role": "system", "content": "Be brief."},'
        ' {"role": "user", "content": "triage 2"}], "expected": "something else"}\n'
        '{"prompt": "triage 3"}\n',
    )
    ran = at.ftops("test", "triage", "-f", "prompts.jsonl", "--system", "Be kind.")
    assert ran.out == "triage answer 1\ntriage answer 2\ntriage answer 3\n"
    assert ran.err == "exactly as expected: 1 of 2\n"

    at.checkout.write("prompts.jsonl", '{"messages": []}\n')
    refused = at.ftops("test", "triage", "-f", "prompts.jsonl")
    assert refused.code == 1
    assert "prompts.jsonl:1: needs" in refused.err


@pytest.mark.usefixtures("trained")
def test_a_model_is_asked_by_its_id_too(at: Scene) -> None:
    model = document(at.ftops("status", "-o", "json"))["specs"][0]["model"]
    assert at.ftops("test", model, "triage 5").out == "triage answer 5\n"


def test_a_job_that_measured_nothing_yet_is_told(at: Scene) -> None:
    at.checkout.spec("triage", hyperparameters={"learning_rate_multiplier": 5.0})
    at.ftops("apply", "--yes", "--no-wait")
    ran = at.ftops("metrics", "triage")
    assert ran.code == 1
    assert "has measured nothing yet" in ran.err
    assert "hint: `ftops logs triage -f` shows when it does" in ran.err
    at.ftops("cancel", "triage")


def commands() -> list[tuple[str, ...]]:
    """Return every command line that has a help text."""
    context = click.Context(cli)
    found: list[tuple[str, ...]] = [()]
    for name in COMMANDS:
        found.append((name,))
        command = cli.get_command(context, name)
        if isinstance(command, click.Group):
            found += [(name, below) for below in command.commands]
    return found


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_help_shows_an_example(ftops: Ftops, words: tuple[str, ...]) -> None:
    ran = ftops(*words, "--help")
    assert ran.code == 0
    assert ran.out.startswith(f"Usage: {' '.join(('ftops', *words))}")
    example = ran.out.partition("\n\n")[2]
    assert " ".join(("ftops", *words)) in example


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_completion_script(ftops: Ftops, shell: str) -> None:
    ran = ftops("completion", shell)
    assert ran.code == 0
    assert "_FTOPS_COMPLETE" in ran.out


def test_spec_names_are_completed_from_disk(at: Scene) -> None:
    at.checkout.spec("tone")
    at.env.setenv("_FTOPS_COMPLETE", "bash_complete")
    at.env.setenv("COMP_WORDS", "ftops plan t")
    at.env.setenv("COMP_CWORD", "2")
    assert at.ftops().out.split() == ["plain,tone", "plain,triage"]
    assert at.lab.requests == []
    at.checkout.write("ftops.yaml", "")
    assert at.ftops().out.strip() == ""


@pytest.mark.parametrize("what", ["spec", "project"])
def test_a_schema_is_json(ftops: Ftops, what: str) -> None:
    assert json.loads(ftops("schema", what).out)["$id"] == f"urn:ftops:schema:{what}"


def test_a_bug_leaves_a_log_file_and_no_traceback(
    ftops: Ftops, empty: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(*_: object) -> None:
        raise ZeroDivisionError("by a test")

    empty.settings()
    monkeypatch.setattr("ftops.wiring.workplace.read_project", explode)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ran = ftops("plan")
    assert ran.code == 3
    assert "Traceback" not in ran.err
    assert ran.err.startswith("error: this is a bug in ftops; what happened is in ")
    log = Path(ran.err.partition(" is in ")[2].partition("\n")[0])
    assert "ZeroDivisionError: by a test" in log.read_text(encoding="utf-8")


def test_an_interruption_is_told(
    ftops: Ftops, empty: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    empty.settings()
    monkeypatch.setattr("ftops.wiring.workplace.read_project", interrupt)
    assert ftops("plan").code == 130


def shell(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/bash", "-c", f"set -o pipefail; {line}"],
        cwd=folder,
        env={**os.environ, "FTOPS": f"{sys.executable} -m ftops", **environment},  # noqa: TID251 ours
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_program_as_a_shell_sees_it(at: Scene) -> None:
    root = at.checkout.root
    version = shell("$FTOPS --version", root)
    assert (version.returncode, version.stderr) == (0, "")
    assert version.stdout.startswith("ftops ")

    unread = shell("$FTOPS schema | true", root)
    assert (unread.returncode, unread.stderr) == (1, "")
    unread = shell("$FTOPS plan | true", root)
    assert (unread.returncode, unread.stderr) == (1, "")

    full = shell("$FTOPS schema >/dev/full", root)
    assert full.returncode == 1
    assert full.stderr == (
        "error: the result cannot be written: No space left on device\n"
        "hint: free the disk; what was done is done, and is never done twice\n"
    )
    assert shell("$FTOPS --version >&-; $FTOPS schema >&-", root).stderr == ""
    assert shell("$FTOPS plan >&- 2>&-", root).returncode == 0

    narrow = shell("$FTOPS apply --yes", root, PYTHONIOENCODING="ascii")
    assert narrow.returncode == 0, narrow.stderr
    assert "?  triage  settled" in narrow.stdout


@pytest.mark.parametrize("name", ["NO_COLOR", "CI"])
def test_no_colour_where_it_is_unwelcome(at: Scene, name: str) -> None:
    at.env.setenv(name, "true")
    at.env.setenv("FORCE_COLOR", "1")
    ran = at.ftops("apply", "--yes")
    assert ran.code == 0
    assert ESCAPE not in ran.out + ran.err
    assert ESCAPE not in at.ftops("--no-color", "status").out


def test_json_says_that_structure_alone_counts_no_tokens(at: Scene) -> None:
    [spec] = document(at.ftops("validate", "--only", "structure", "-o", "json"))["specs"]
    assert (spec["training"]["tokens"], spec["estimate"]) == (None, None)
    assert spec["training"]["examples"] == 10
    [spec] = document(at.ftops("validate", "-o", "json"))["specs"]
    assert spec["training"]["tokens"] > 0
