"""The core loop from the outside: what is paid for, what is written, what a second run does."""

from collections.abc import Callable

import pytest
import yaml

from ftops.core.cost import PRICES_AS_OF
from tests.cli.checkout import Checkout
from tests.cli.lab import LOOKS, NEW_JOB, UPLOAD
from tests.cli.scene import Scene

LOCK_FIELDS = [
    "schema",
    "spec",
    "target",
    "fingerprint",
    "model",
    "job",
    "base_model",
    "inputs",
    "resolved",
    "files",
    "trained_tokens",
    "cost_usd",
    "created_at",
    "finished_at",
    "metadata",
]


@pytest.fixture
def trained(at: Scene) -> None:
    """The project with its spec trained and committed; requests count from here."""
    at.checkout.commit("Declare a model")
    assert at.ftops("apply", "--yes").code == 0
    at.checkout.commit("Record the model")
    at.lab.forget()


@pytest.mark.usefixtures("trained")
def test_apply_removes_what_a_killed_one_left(at: Scene) -> None:
    left = [
        ".ftops/staging/1-dead/ftops-0.jsonl",
        ".ftops/targets/local/.ftops-tmp-0",
        "specs/.ftops-tmp-0",
    ]
    for path in left:
        at.checkout.write(path, "half")
    assert at.ftops("apply", "--yes").code == 0
    assert [path for path in left if (at.checkout.root / path).exists()] == []
    assert at.checkout.git("status", "--porcelain") == ""


def test_apply_creates_each_job_once_and_a_second_apply_changes_nothing(at: Scene) -> None:
    at.checkout.spec("tone")
    at.checkout.commit("Declare two models")

    first = at.ftops("apply", "--yes")
    assert first.code == 0, first.err
    assert at.lab.acts == {UPLOAD: 2, NEW_JOB: 2}
    assert first.told == (
        "target lab (declared) · http://127.0.0.1:PORT/v1\n"
        "\n"
        "   spec    change  why\n"
        "+  tone    train   new spec\n"
        "    ESTIMATE\n"
        "+  triage  train   new spec\n"
        "    ESTIMATE\n"
        "\n"
        "Estimated: auto epochs by OpenAI's cookbook; "
        f"prices of {PRICES_AS_OF} where ftops.yaml has none.\n"
        "Plan: 2 to train (~3,800 trained tokens, ~$0.02).\n"
        "digest DIGEST\n"
        "   spec    outcome  model or message\n"
        "✓  tone    settled  ft:ftops-nano:local::ID\n"
        "✓  triage  settled  ft:ftops-nano:local::ID\n"
        "\n"
        "Done: 2 trained (4,000 tokens, $0.02).\n"
    )
    at.checkout.commit("Record two models")
    locks = [at.checkout.read(f"specs/{name}.lock") for name in ("triage", "tone")]

    at.lab.forget()
    second = at.ftops("apply", "--yes")
    assert second.code == 0
    assert sorted(at.lab.requests) == LOOKS
    assert "Nothing to do: 2 specs in sync." in second.out
    assert [at.checkout.read(f"specs/{name}.lock") for name in ("triage", "tone")] == locks
    assert at.checkout.git("status", "--porcelain") == ""


@pytest.mark.usefixtures("trained")
def test_a_lock_says_what_was_trained_in_the_promised_order(at: Scene) -> None:
    text = at.checkout.read("specs/triage.lock")
    lock = yaml.safe_load(text)

    assert text.startswith("# Written by ftops. Commit it; do not edit it.\nschema: 1\n")
    assert list(lock) == LOCK_FIELDS
    assert lock["target"] == "lab"
    assert lock["base_model"] == "gpt-4.1-mini-2025-04-14"
    assert lock["resolved"]["n_epochs"] == 2
    assert lock["trained_tokens"] == 2000
    assert lock["cost_usd"] == 0.01


@pytest.mark.usefixtures("trained")
def test_git_revert_restores_the_old_lock_without_training(at: Scene) -> None:
    old = at.checkout.read("specs/triage.lock")
    at.checkout.spec("triage", hyperparameters={"n_epochs": 3})
    at.checkout.commit("Train longer")
    assert "→ 3" in at.ftops("apply", "--yes").out
    assert at.lab.jobs_asked_for == 1
    at.checkout.commit("Record the longer training")

    at.checkout.git("revert", "--no-edit", "HEAD~1")
    at.lab.forget()
    back = at.ftops("apply", "--yes")

    assert back.code == 0
    assert "Done: 1 recorded." in back.out
    assert at.lab.acts == {}
    assert at.checkout.read("specs/triage.lock") == old


@pytest.mark.usefixtures("trained")
def test_a_deleted_lock_comes_back_byte_for_byte(at: Scene) -> None:
    at.checkout.lock("triage").unlink()
    assert at.ftops("plan", "--exit-code").code == 4
    assert at.ftops("apply", "--yes").code == 0
    assert at.lab.acts == {}
    assert at.checkout.git("status", "--porcelain") == ""


@pytest.mark.usefixtures("trained")
def test_renaming_a_spec_trains_nothing(at: Scene) -> None:
    model = yaml.safe_load(at.checkout.read("specs/triage.lock"))["model"]
    renamed = at.checkout.read("specs/triage.yaml").replace('"triage"', '"sorting"', 1)
    (at.checkout.root / "specs/triage.yaml").unlink()
    at.checkout.write("specs/sorting.yaml", renamed)

    ran = at.ftops("apply", "--yes")

    assert ran.code == 0
    assert "Done: 1 recorded, 1 forgotten." in ran.out
    assert at.lab.acts == {}
    assert not at.checkout.lock("triage").exists()
    assert yaml.safe_load(at.checkout.read("specs/sorting.lock"))["model"] == model


@pytest.mark.usefixtures("trained")
def test_another_description_only_relabels(at: Scene) -> None:
    old = at.checkout.read("specs/triage.lock")
    at.checkout.spec("triage", metadata={"description": "Sorts letters"})

    ran = at.ftops("apply", "--yes")

    assert "Done: 1 relabelled." in ran.out
    assert at.lab.acts == {}
    assert at.checkout.read("specs/triage.lock") == old.replace(
        "metadata: {}", "metadata:\n  description: Sorts letters"
    )


@pytest.mark.usefixtures("trained")
@pytest.mark.parametrize("by", ["--target", "FTOPS_TARGET"])
def test_a_rehearsal_stays_out_of_the_repository(at: Scene, by: str) -> None:
    targets = {name: {"base_url": at.lab.base_url} for name in ("lab", "lab2")}
    at.checkout.settings(targets=targets, defaults={"target": "lab"})
    at.checkout.commit("Declare another target")
    at.checkout.spec("triage", seed=7)
    at.checkout.commit("Choose a seed")
    before = at.checkout.read("specs/triage.lock")

    if by == "FTOPS_TARGET":
        at.env.setenv(by, "lab2")
    asked = ("--target", "lab2") if by == "--target" else ()
    ran = at.ftops(*asked, "apply", "--yes")

    assert ran.code == 0
    assert ran.out.startswith(f"target lab2 ({by}) · ")
    assert at.lab.jobs_asked_for == 1
    assert at.checkout.read("specs/triage.lock") == before
    assert at.checkout.git("status", "--porcelain") == ""
    assert (at.checkout.root / ".ftops/targets/lab2/triage.lock").is_file()
    assert "Nothing to do" in at.ftops(*asked, "plan").out


@pytest.mark.parametrize(
    ("declare", "why"),
    [
        pytest.param(
            lambda one: one.settings(defaults={"target": "openai"}), "declared", id="declared"
        ),
        pytest.param(lambda one: one.settings(), "OPENAI_API_KEY is set", id="chosen by its key"),
    ],
)
def test_any_server_that_speaks_openai_s_api_is_reached_by_the_environment(
    at: Scene, declare: Callable[[Checkout], None], why: str
) -> None:
    declare(at.checkout)
    at.env.setenv("OPENAI_BASE_URL", at.lab.base_url)
    at.checkout.write(".env", "OPENAI_API_KEY=any-key\n")

    ran = at.ftops("apply", "--yes")
    assert ran.code == 0, ran.err
    assert ran.told.startswith(f"target openai ({why}) · http://127.0.0.1:PORT/v1\n")
    assert yaml.safe_load(at.checkout.read("specs/triage.lock"))["target"] == "openai"
    assert "any-key" not in ran.out + ran.err

    assert at.ftops("plan", "--exit-code").code == 0
    assert "1 in-sync; 1 ready." in at.ftops("status").out
    assert "The job has successfully completed" in at.ftops("logs", "triage").out
    assert at.ftops("test", "triage", "triage 3").out == "triage answer 3\n"
    assert at.lab.jobs_asked_for == 1


@pytest.mark.usefixtures("trained")
def test_data_that_two_specs_share_is_uploaded_once(at: Scene) -> None:
    at.checkout.spec("triage", seed=3)
    assert at.ftops("apply", "--yes").code == 0
    assert at.lab.acts == {NEW_JOB: 1}


@pytest.mark.usefixtures("trained")
def test_two_targets_in_one_plan_are_looked_at_once_each(at: Scene) -> None:
    targets = {name: {"base_url": at.lab.base_url} for name in ("lab", "other")}
    at.checkout.settings(targets=targets, defaults={"target": "lab"})
    at.checkout.spec("tone", target="other")

    planned = at.ftops("plan")

    assert sorted(at.lab.requests) == sorted(LOOKS * 2)
    assert planned.told.startswith(
        "target lab (declared) · http://127.0.0.1:PORT/v1\n"
        "target other (declared) · http://127.0.0.1:PORT/v1\n"
        "\n"
        "   spec    target  change  why\n"
        "=  triage  lab     keep    in sync\n"
        "+  tone    other   train   new spec\n"
    )
    assert at.ftops("apply", "--yes").code == 0
    assert yaml.safe_load(at.checkout.read("specs/tone.lock"))["target"] == "other"


@pytest.mark.usefixtures("trained")
def test_a_lock_whose_target_is_gone_is_forgotten_without_asking_anybody(at: Scene) -> None:
    orphan = at.checkout.read("specs/triage.lock").replace("spec: triage", "spec: old")
    at.checkout.write("specs/old.lock", orphan.replace("target: lab", "target: closed"))

    ran = at.ftops("apply", "--yes")

    assert ran.code == 0
    assert "Done: 1 forgotten, 1 unchanged." in ran.out
    assert sorted(at.lab.requests) == LOOKS
    assert not at.checkout.lock("old").exists()
