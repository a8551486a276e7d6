"""What a reviewer is told when data differs from what the locked model was trained on."""

import json
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from ftops.usecases.compare import LOST
from tests.cli.checkout import rows
from tests.cli.scene import Scene, document

TRAIN = "datasets/triage.jsonl"
PRIVATE = "anna.smith@qualo.net"


@pytest.fixture
def trained(at: Scene) -> Scene:
    """A committed project whose spec was trained on ten rows."""
    return settled(at)


def settled(at: Scene) -> Scene:
    at.checkout.commit("Declare a model")
    applied = at.ftops("apply", "--yes")
    assert applied.code == 0, applied.err
    at.checkout.commit("Record the model")
    return at


def edit(scene: Scene) -> None:
    """Append a row, take one away and answer one otherwise."""
    lines = (rows("triage", 11)).splitlines(keepends=True)
    lines[4] = lines[4].replace("triage answer 4", f"ask {PRIVATE} \\u001b[31m")
    del lines[7]
    scene.checkout.write(TRAIN, "".join(lines))


def forget_indexes(scene: Scene) -> None:
    shutil.rmtree(scene.checkout.root / ".ftops" / "rows")


def sides(scene: Scene, *words: str) -> list[Any]:
    ran = scene.ftops("plan", *words, "-o", "json")
    assert ran.code == 0, ran.err
    found = document(ran)["changes"][0]["data"]["sides"]
    assert isinstance(found, list)
    return found


COUNTS = {"before": 10, "after": 10, "added": 1, "removed": 1, "edited": 1, "reordered": False}


def keep(_: Scene) -> None:
    """Leave the index where apply put it."""


def test_warnings_about_changed_rows_stand_in_their_order(trained: Scene) -> None:
    late = (
        '{"messages": [{"role": "user", "content": "Hi?"}, {"role": "system", "content": "Be."}, '
    )
    late += '{"role": "assistant", "content": "Hello."}]}\n'
    edit(trained)
    trained.checkout.write(TRAIN, trained.checkout.read(TRAIN) + late)
    (side,) = sides(trained)
    assert [(one["line"], one["code"]) for one in side["warnings"]] == [(5, "FT351"), (11, "FT041")]


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(keep, id="from the index that apply kept"),
        pytest.param(forget_indexes, id="from git"),
    ],
)
def test_a_plan_tells_what_became_of_the_rows(
    trained: Scene, lose: Callable[[Scene], None]
) -> None:
    lose(trained)
    edit(trained)
    ran = trained.ftops("plan")
    assert "train: 10 rows → 10: 1 added, 1 removed, 1 edited, 8 same\n" in ran.out
    assert "train: 1 warning about rows added or edited\n" in ran.out
    assert "against the locked run: " in ran.out
    assert PRIVATE not in ran.out
    [side] = sides(trained)
    assert (side["side"], side["rows"], side["listed"]) == ("train", COUNTS, [])
    assert [one["code"] for one in side["warnings"]] == ["FT351"]


@pytest.mark.parametrize(
    "lose", [pytest.param(keep, id="kept"), pytest.param(forget_indexes, id="lost")]
)
def test_diff_lists_the_rows_without_anything_private(
    trained: Scene, lose: Callable[[Scene], None]
) -> None:
    lose(trained)
    edit(trained)
    [side] = sides(trained, "--diff")
    assert [
        (one["what"], one["file"], one["line"], one["old_row"], one["gist"])
        for one in side["listed"]
    ] == [
        ("edited", TRAIN, 5, 5, "triage 4 → ask a***@q***.net \x1b[31m"),
        ("removed", None, None, 8, "triage 7 → triage answer 7"),
        ("added", TRAIN, 10, None, "triage 10 → triage answer 10"),
    ]
    assert side["listed"][0]["edits"] == [
        {
            "path": "messages[1].content",
            "old": "triage answer 4",
            "new": "ask a***@q***.net \x1b[31m",
        }
    ]
    ran = trained.ftops("plan", "--diff")
    assert "- old row 8: triage 7 → triage answer 7\n" in ran.out
    assert f"+ {TRAIN}:10 triage 10 → triage answer 10\n" in ran.out
    assert "\x1b" not in ran.out
    for output in ("text", "json", "markdown"):
        assert PRIVATE not in trained.ftops("plan", "--diff", "-o", output).out


def test_new_data_of_an_uncommitted_project_is_known_from_the_kept_index(at: Scene) -> None:
    assert at.ftops("apply", "--yes").code == 0
    edit(at)
    [side] = sides(at, "--diff")
    assert side["rows"] == COUNTS
    assert [one["gist"] is None for one in side["listed"]] == [False, True, False]
    assert "- old row 8: its text is not to be had\n" in at.ftops("plan", "--diff").out


def test_old_rows_that_are_lost_are_said_to_be(at: Scene) -> None:
    assert at.ftops("apply", "--yes").code == 0
    forget_indexes(at)
    edit(at)
    assert f"train: {LOST}\n" in at.ftops("plan").out
    [side] = sides(at, "--diff")
    assert (side["unknown"], side["rows"], side["listed"]) == (LOST, None, [])


def test_data_that_was_committed_before_and_after_the_lock_is_found(at: Scene) -> None:
    at.checkout.write(TRAIN, rows("older"))
    at.checkout.commit("Try something")
    at.checkout.write(TRAIN, rows("triage"))
    settled(at)
    edit(at)
    at.checkout.commit("Edit the data")
    at.checkout.write("datasets/other", "1")
    at.checkout.commit("Something else")
    forget_indexes(at)
    assert sides(at)[0]["rows"] == COUNTS


def test_rows_of_a_rehearsal_without_a_committed_lock_are_found(at: Scene) -> None:
    at.checkout.settings(
        targets={"lab": {"base_url": at.lab.base_url}, "home": {"base_url": at.lab.base_url}},
        defaults={"target": "lab"},
    )
    at.checkout.commit("Declare a model")
    assert at.ftops("--target", "home", "apply", "--yes").code == 0
    forget_indexes(at)
    edit(at)
    ran = at.ftops("--target", "home", "plan", "-o", "json")
    assert document(ran)["changes"][0]["data"]["sides"][0]["rows"] == COUNTS


SHAPED = {
    "train": ["datasets/triage.jsonl", "datasets/more/**/*.jsonl"],
    "system": "Sort it.",
    "filter": {"without": "spam"},
    "validation": {"split": 0.3},
}


def test_shaped_and_joined_data_is_made_again_as_it_was(at: Scene) -> None:
    at.checkout.write("datasets/more/a.jsonl", rows("first"))
    at.checkout.write("datasets/more/deep/b.jsonl", rows("spam") + rows("second", 12))
    at.checkout.spec("triage", dataset=SHAPED)
    at.checkout.write(TRAIN, rows("triage"))
    settled(at)
    forget_indexes(at)
    at.checkout.write("datasets/more/a.jsonl", rows("spam") + rows("first", 9))
    found = sides(at, "--diff")
    gone = [one for side in found for one in side["listed"]]
    assert [(one["what"], one["gist"]) for one in gone] == [("removed", "first 9 → first answer 9")]


def test_another_shape_and_another_path_are_compared_with_the_old_ones(at: Scene) -> None:
    at.checkout.spec(
        "triage", dataset={"train": TRAIN, "system": "Sort it."}, suffix="{{ git.short_sha }}"
    )
    at.checkout.write(TRAIN, rows("triage"))
    settled(at)
    forget_indexes(at)
    at.checkout.write("datasets/v2.jsonl", rows("triage", 11))
    (at.checkout.root / TRAIN).unlink()
    at.checkout.spec(
        "triage",
        dataset={"train": "datasets/v2.jsonl", "system": "Sort it well."},
        suffix="{{ git.short_sha }}",
    )
    [side] = sides(at, "--diff")
    assert (side["rows"]["edited"], side["rows"]["added"]) == (10, 1)
    [edited] = [one for one in side["listed"] if one["line"] == 1]
    assert edited["edits"] == [
        {"path": "messages[0].content", "old": "Sort it.", "new": "Sort it well."}
    ]


def test_the_same_rows_in_another_order_are_told_as_such(trained: Scene) -> None:
    lines = rows("triage").splitlines(keepends=True)
    trained.checkout.write(TRAIN, "".join(reversed(lines)))
    assert "train: the same 10 rows, in another order\n" in trained.ftops("plan").out
    loose = [json.dumps(json.loads(line), separators=(",", ":")) + "\n" for line in lines]
    trained.checkout.write(TRAIN, "".join(loose))
    assert "train: the same 10 rows, written otherwise\n" in trained.ftops("plan").out


def test_validation_rows_are_told_apart_from_training_rows(at: Scene) -> None:
    data = {"train": TRAIN, "validation": "datasets/valid.jsonl"}
    at.checkout.write("datasets/valid.jsonl", rows("valid"))
    at.checkout.spec("triage", dataset=data)
    settled(at)
    at.checkout.write("datasets/valid.jsonl", rows("valid", 12))
    [side] = sides(at)
    assert (side["side"], side["rows"]["added"]) == ("validation", 2)


def test_a_plan_with_nothing_to_do_reads_no_rows(trained: Scene) -> None:
    forget_indexes(trained)
    assert "Nothing to do" in trained.ftops("plan", "--diff").out
    assert not (trained.checkout.root / ".ftops" / "rows").exists()


def test_new_and_retuned_specs_have_no_changed_rows(trained: Scene) -> None:
    trained.checkout.spec("tone")
    trained.checkout.spec("triage", hyperparameters={"n_epochs": 7})
    new, retuned = document(trained.ftops("plan", "-o", "json"))["changes"]
    assert new["data"] is None
    assert retuned["data"]["sides"] == []
    assert retuned["data"]["against_lock"]["trained_tokens"]["old"] > 0


def test_many_rows_are_counted_rather_than_listed(trained: Scene) -> None:
    trained.checkout.write(TRAIN, rows("triage", 70))
    told = trained.ftops("plan", "--diff").out
    assert told.count(f"+ {TRAIN}:") == 50
    assert "+10 more rows: `ftops plan --diff -o json` tells more\n" in told
    assert len(sides(trained, "--diff")[0]["listed"]) == 60
    assert "- +10 more" in trained.ftops("plan", "--diff", "-o", "markdown").out


def test_apply_tells_the_figures_too(trained: Scene) -> None:
    edit(trained)
    ran = trained.ftops("apply", "--yes")
    assert ran.code == 0, ran.err
    assert "1 added, 1 removed, 1 edited" in ran.out
