"""The checkup: every line is ok or has a hint, and one failure hides no other."""

import json

import pytest

from ftops.adapters.serve_store.audit_file import AuditFile
from tests.cli.lab import Canned
from tests.cli.scene import Scene, document

LONG_AGO = "Sun, 01 Nov 2020 12:00:00 GMT"


def checks(at: Scene) -> dict[str, tuple[bool | None, str, str | None]]:
    return {
        one["name"]: (one["ok"], one["detail"], one["hint"])
        for one in document(at.ftops("doctor", "-o", "json"))["checks"]
    }


def test_a_healthy_project(at: Scene) -> None:
    at.checkout.commit("Begin")
    at.ftops("apply", "--yes")
    at.checkout.write(".env", "A=b\n")
    (at.checkout.root / ".env").chmod(0o600)
    ran = at.ftops("doctor")
    assert ran.code == 0
    # A long path of a project's folder goes on in a line of its own, without a mark.
    lines = [line.split()[:3] for line in ran.out.splitlines() if line.startswith("✓")]
    assert lines == [
        ["✓", "specs", "ok"],
        ["✓", "git", "ok"],
        ["✓", "secrets", "ok"],
        ["✓", "target", "lab"],
        ["✓", "clock", "ok"],
    ]
    assert ran.out.endswith("\n\nNo check failed.\n")
    assert "1 of our jobs" in ran.out


@pytest.mark.parametrize(
    ("date", "ok", "detail"),
    [
        pytest.param(LONG_AGO, False, "s off the target's", id="wrong"),
        pytest.param("", None, "the target does not tell its time", id="unknown"),
    ],
)
def test_the_clock_is_held_against_the_target_s(
    at: Scene, date: str, *, ok: bool | None, detail: str
) -> None:
    at.lab.date = date
    found = checks(at)["clock"]
    assert found[0] is ok
    assert detail in found[1]


def test_everything_wrong_is_told_at_once(at: Scene) -> None:
    at.lab.answers_everything = Canned.error(401, "No such key", "invalid_api_key")
    ran = at.ftops("doctor")
    assert ran.code == 1
    found = checks(at)
    assert {name: one[0] for name, one in found.items()} == {
        "specs": True,
        "git": False,
        "secrets": True,
        "target lab": False,
    }
    assert found["target lab"][1] == "Authentication failed: No such key"
    assert all(hint for ok, _, hint in found.values() if ok is False)


def test_secrets_in_git_and_files_open_to_others_are_found(at: Scene) -> None:
    at.checkout.write(".env", "A=b\n")
    (at.checkout.root / ".env").chmod(0o644)
    at.checkout.git("init", "--quiet")
    at.checkout.git("commit", "--quiet", "--allow-empty", "--message", "Begin")
    assert checks(at)["secrets"][1] == ".env can be read by other users"
    at.checkout.git("add", "--force", ".env")
    assert checks(at)["secrets"][1] == ".env is committed to git"


def test_the_audit_log_of_serve_is_proved_where_there_is_one(at: Scene) -> None:
    assert "audit log" not in checks(at)
    log = at.checkout.root / ".ftops" / "serve-audit.jsonl"
    audit = AuditFile(log.parent)
    audit.write({"action": "test"})
    audit.write({"action": "refused"})
    audit.close()
    seal = json.loads(log.read_text().splitlines()[1])["seal"]
    proved = f"2 lines in one chain, which ends with {seal[:12]}"
    assert checks(at)["audit log"] == (True, proved, None)
    log.write_text(log.read_text().replace("refused", "allowed"))
    ok, detail, hint = checks(at)["audit log"]
    assert (ok, detail) == (False, f"{log}:2 does not follow from the line before it")
    assert hint is not None
    assert at.ftops("doctor").code == 1


def test_broken_specs_do_not_hide_the_rest(at: Scene) -> None:
    at.add("modle: x")
    found = checks(at)
    assert found["specs"][0] is False
    assert found["specs"][2] == "`ftops validate` tells every finding"
    assert "git" in found
    assert found["target"][0] is False


def test_a_project_without_specs_has_its_default_target_looked_at(at: Scene) -> None:
    (at.checkout.root / "specs/triage.yaml").unlink()
    found = checks(at)
    assert found["specs"][:2] == (False, "no spec is declared")
    assert found["target lab"][0] is True


def test_no_target_can_be_chosen(at: Scene) -> None:
    at.checkout.settings()
    at.env.setenv("CI", "1")
    assert "no target is declared" in checks(at)["target"][1]


@pytest.mark.parametrize(
    ("base", "day", "ok"),
    [
        pytest.param("gpt-4.1-mini-2025-04-14", "2999-01-14", True, id="a day to come"),
        pytest.param("gpt-4.1-mini-2025-04-14", "2020-01-14", False, id="a day gone by"),
    ],
)
def test_the_calendar_of_a_base_is_read(at: Scene, base: str, day: str, *, ok: bool) -> None:
    listed = f'{{"data": [{{"id": "{base}", "shutdown_date": "{day}"}}]}}'
    at.lab.instead["GET", "/models"] = Canned(200, listed.encode())
    found = checks(at)["calendar"]
    assert found[0] is ok
    assert day in found[1]


def test_a_base_that_this_machine_stands_in_for_has_no_calendar(at: Scene) -> None:
    at.checkout.settings(
        targets={"lab": {"base_url": at.lab.base_url, "kind": "local"}},
        defaults={"target": "lab"},
    )
    assert "calendar" not in checks(at)


def test_openai_s_own_last_day_is_told(at: Scene) -> None:
    at.checkout.settings(defaults={"target": "openai"})
    at.env.setenv("OPENAI_API_KEY", "none")
    at.env.setenv("OPENAI_BASE_URL", at.lab.base_url)
    at.env.setattr("ftops.wiring.workplace.is_openai_itself", lambda _: True)
    ran = at.ftops("doctor")
    assert "after 2027-01-06" in ran.out or "since 2027-01-06" in ran.out
