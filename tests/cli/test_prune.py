"""Listing and deleting what nothing needs, at a real training server."""

from tests.cli.lab import Canned
from tests.cli.scene import Scene, document


def replaced(at: Scene) -> None:
    """Train a model, and another one in its place."""
    at.checkout.commit("Declare triage")
    assert at.ftops("apply", "--yes").code == 0
    at.add("seed: 7")
    assert at.ftops("apply", "--yes").code == 0
    at.lab.forget()


def test_nothing_is_deleted_without_yes(at: Scene) -> None:
    replaced(at)
    ran = at.ftops("prune", "--min-age", "0")
    assert ran.code == 0, ran.err
    assert "1 model, 0 files that nothing needs." in ran.out
    assert "nothing was deleted; `ftops prune --yes` does it" in ran.err
    assert at.lab.acts == {}


def test_what_was_listed_is_deleted_with_yes(at: Scene) -> None:
    replaced(at)
    listed = document(at.ftops("prune", "--min-age", "0", "-o", "json"))
    ((model,),) = [one["models"] for one in listed["targets"]]
    ran = at.ftops("prune", "--min-age", "0", "--yes")
    assert ran.code == 0, ran.err
    assert "deleted: 1 of 1" in ran.err
    assert dict(at.lab.acts) == {("DELETE", f"/models/{model['id']}"): 1}
    assert at.ftops("plan", "--exit-code").code == 0
    again = at.ftops("prune", "--min-age", "0")
    assert "Nothing to prune" in again.out


def test_young_models_are_left_alone(at: Scene) -> None:
    replaced(at)
    assert "Nothing to prune" in at.ftops("prune").out


def test_a_model_of_another_branch_stays(at: Scene) -> None:
    at.checkout.commit("Declare triage")
    assert at.ftops("apply", "--yes", "--commit").code == 0
    at.checkout.git("branch", "release")
    at.add("seed: 7")
    assert at.ftops("apply", "--yes", "--commit").code == 0
    assert "Nothing to prune" in at.ftops("prune", "--min-age", "0").out


def test_a_removed_specs_model_and_file_go(at: Scene) -> None:
    at.checkout.spec("tone")
    at.checkout.commit("Declare both")
    assert at.ftops("apply", "--yes").code == 0
    (at.checkout.root / "specs/tone.yaml").unlink()
    assert at.ftops("apply", "--yes").code == 0
    told = document(at.ftops("prune", "--min-age", "0", "--yes", "-o", "json"))
    assert told["deleted"] is True
    assert told["troubles"] == {}
    (target,) = told["targets"]
    assert [one["spec"] for one in target["models"]] == ["tone"]
    assert len(target["files"]) == 1


def test_what_cannot_be_deleted_is_told(at: Scene) -> None:
    replaced(at)
    listed = document(at.ftops("prune", "--min-age", "0", "-o", "json"))
    model = listed["targets"][0]["models"][0]["id"]
    at.lab.instead["DELETE", f"/models/{model}"] = Canned.error(403, "not yours")
    ran = at.ftops("prune", "--min-age", "0", "--yes")
    assert ran.code == 1
    assert f"error: {model} is still there: " in ran.err
