"""The core loop from the outside: what is paid for, what is written, what a second run does."""

from collections.abc import Callable

import pytest
import yaml

from tests.cli.checkout import Checkout
from tests.cli.conftest import Ftops
from tests.cli.lab import LOOKS, NEW_JOB, UPLOAD, Lab

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
def trained(ftops: Ftops, checkout: Checkout, lab: Lab) -> Checkout:
    """The project with its spec trained and committed; requests count from here."""
    checkout.commit("Declare a model")
    assert ftops("apply", "--yes").code == 0
    checkout.commit("Record the model")
    lab.forget()
    return checkout


def test_apply_creates_each_job_once_and_a_second_apply_changes_nothing(
    ftops: Ftops, checkout: Checkout, lab: Lab
) -> None:
    checkout.spec("tone")
    checkout.commit("Declare two models")

    first = ftops("apply", "--yes")
    assert first.code == 0, first.err
    assert lab.acts == {UPLOAD: 2, NEW_JOB: 2}
    assert first.told == (
        "target lab (declared) · http://127.0.0.1:PORT/v1\n"
        "\n"
        "   spec    change  why\n"
        "+  tone    train   new spec\n"
        "    ~160 tokens × 10 epochs (auto) ≈ 1,600 trained tokens, <$0.01\n"  # noqa: RUF001 what is printed
        "+  triage  train   new spec\n"
        "    ~170 tokens × 10 epochs (auto) ≈ 1,700 trained tokens, <$0.01\n"  # noqa: RUF001 what is printed
        "\n"
        "Plan: 2 to train (~$0.02).\n"
        "digest DIGEST\n"
        "   spec    outcome  model or message\n"
        "✓  tone    settled  ft:ftops-nano:local::ID\n"
        "✓  triage  settled  ft:ftops-nano:local::ID\n"
        "\n"
        "Done: 2 trained (4,000 tokens, $0.02).\n"
    )
    checkout.commit("Record two models")
    locks = [checkout.read(f"specs/{name}.lock") for name in ("triage", "tone")]

    lab.forget()
    second = ftops("apply", "--yes")
    assert second.code == 0
    assert sorted(lab.requests) == LOOKS
    assert "Nothing to do: 2 specs in sync." in second.out
    assert [checkout.read(f"specs/{name}.lock") for name in ("triage", "tone")] == locks
    assert checkout.git("status", "--porcelain") == ""


def test_a_lock_says_what_was_trained_in_the_promised_order(trained: Checkout) -> None:
    text = trained.read("specs/triage.lock")
    lock = yaml.safe_load(text)

    assert text.startswith("# Written by ftops. Commit it; do not edit it.\nschema: 1\n")
    assert list(lock) == LOCK_FIELDS
    assert lock["target"] == "lab"
    assert lock["base_model"] == "gpt-4.1-mini-2025-04-14"
    assert lock["resolved"]["n_epochs"] == 2
    assert lock["trained_tokens"] == 2000
    assert lock["cost_usd"] == 0.01


def test_git_revert_restores_the_old_lock_without_training(
    ftops: Ftops, trained: Checkout, lab: Lab
) -> None:
    old = trained.read("specs/triage.lock")
    trained.spec("triage", hyperparameters={"n_epochs": 3})
    trained.commit("Train longer")
    assert "→ 3" in ftops("apply", "--yes").out
    assert lab.jobs_asked_for == 1
    trained.commit("Record the longer training")

    trained.git("revert", "--no-edit", "HEAD~1")
    lab.forget()
    back = ftops("apply", "--yes")

    assert back.code == 0
    assert "Done: 1 recorded." in back.out
    assert lab.acts == {}
    assert trained.read("specs/triage.lock") == old


def test_a_deleted_lock_comes_back_byte_for_byte(ftops: Ftops, trained: Checkout, lab: Lab) -> None:
    trained.lock("triage").unlink()
    assert ftops("plan", "--exit-code").code == 4
    assert ftops("apply", "--yes").code == 0
    assert lab.acts == {}
    assert trained.git("status", "--porcelain") == ""


def test_renaming_a_spec_trains_nothing(ftops: Ftops, trained: Checkout, lab: Lab) -> None:
    model = yaml.safe_load(trained.read("specs/triage.lock"))["model"]
    renamed = trained.read("specs/triage.yaml").replace('"triage"', '"sorting"', 1)
    (trained.root / "specs/triage.yaml").unlink()
    trained.write("specs/sorting.yaml", renamed)

    ran = ftops("apply", "--yes")

    assert ran.code == 0
    assert "Done: 1 recorded, 1 forgotten." in ran.out
    assert lab.acts == {}
    assert not trained.lock("triage").exists()
    assert yaml.safe_load(trained.read("specs/sorting.lock"))["model"] == model


def test_another_description_only_relabels(ftops: Ftops, trained: Checkout, lab: Lab) -> None:
    old = trained.read("specs/triage.lock")
    trained.spec("triage", metadata={"description": "Sorts letters"})

    ran = ftops("apply", "--yes")

    assert "Done: 1 relabelled." in ran.out
    assert lab.acts == {}
    assert trained.read("specs/triage.lock") == old.replace(
        "metadata: {}", "metadata:\n  description: Sorts letters"
    )


def test_a_rehearsal_stays_out_of_the_repository(ftops: Ftops, trained: Checkout, lab: Lab) -> None:
    targets = {name: {"base_url": lab.base_url} for name in ("lab", "lab2")}
    trained.settings(targets=targets, defaults={"target": "lab"})
    trained.commit("Declare another target")
    trained.spec("triage", seed=7)
    trained.commit("Choose a seed")
    before = trained.read("specs/triage.lock")

    ran = ftops("--target", "lab2", "apply", "--yes")

    assert ran.code == 0
    assert ran.out.startswith("target lab2 (--target) · ")
    assert lab.jobs_asked_for == 1
    assert trained.read("specs/triage.lock") == before
    assert trained.git("status", "--porcelain") == ""
    assert (trained.root / ".ftops/targets/lab2/triage.lock").is_file()
    assert "Nothing to do" in ftops("--target", "lab2", "plan").out


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
    ftops: Ftops,
    checkout: Checkout,
    lab: Lab,
    monkeypatch: pytest.MonkeyPatch,
    declare: Callable[[Checkout], None],
    why: str,
) -> None:
    declare(checkout)
    monkeypatch.setenv("OPENAI_BASE_URL", lab.base_url)
    checkout.write(".env", "OPENAI_API_KEY=any-key\n")

    ran = ftops("apply", "--yes")
    assert ran.code == 0, ran.err
    assert ran.told.startswith(f"target openai ({why}) · http://127.0.0.1:PORT/v1\n")
    assert yaml.safe_load(checkout.read("specs/triage.lock"))["target"] == "openai"
    assert "any-key" not in ran.out + ran.err

    assert ftops("plan", "--exit-code").code == 0
    assert "1 in-sync; 1 ready." in ftops("status").out
    assert "The job has successfully completed" in ftops("logs", "triage").out
    assert ftops("test", "triage", "triage 3").out == "triage answer 3\n"
    assert lab.jobs_asked_for == 1


def test_data_that_two_specs_share_is_uploaded_once(
    ftops: Ftops, trained: Checkout, lab: Lab
) -> None:
    trained.spec("triage", seed=3)
    assert ftops("apply", "--yes").code == 0
    assert lab.acts == {NEW_JOB: 1}


def test_two_targets_in_one_plan_are_looked_at_once_each(
    ftops: Ftops, trained: Checkout, lab: Lab
) -> None:
    targets = {name: {"base_url": lab.base_url} for name in ("lab", "other")}
    trained.settings(targets=targets, defaults={"target": "lab"})
    trained.spec("tone", target="other")

    planned = ftops("plan")

    assert sorted(lab.requests) == sorted(LOOKS * 2)
    assert planned.told.startswith(
        "target lab (declared) · http://127.0.0.1:PORT/v1\n"
        "target other (declared) · http://127.0.0.1:PORT/v1\n"
        "\n"
        "   spec    target  change  why\n"
        "=  triage  lab     keep    in sync\n"
        "+  tone    other   train   new spec\n"
    )
    assert ftops("apply", "--yes").code == 0
    assert yaml.safe_load(trained.read("specs/tone.lock"))["target"] == "other"


def test_a_lock_whose_target_is_gone_is_forgotten_without_asking_anybody(
    ftops: Ftops, trained: Checkout, lab: Lab
) -> None:
    orphan = trained.read("specs/triage.lock").replace("spec: triage", "spec: old")
    trained.write("specs/old.lock", orphan.replace("target: lab", "target: closed"))

    ran = ftops("apply", "--yes")

    assert ran.code == 0
    assert "Done: 1 forgotten, 1 unchanged." in ran.out
    assert sorted(lab.requests) == LOOKS
    assert not trained.lock("old").exists()
