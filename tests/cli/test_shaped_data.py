"""Journeys of data that a spec shapes: packed, prompted, filtered."""

import gzip
import json

import yaml

from tests.cli.checkout import rows
from tests.cli.lab import NEW_JOB
from tests.cli.scene import Scene

SHAPED = {
    "train": "datasets/triage.jsonl.gz",
    "system": "Sort it.",
    "filter": {"without": "spam"},
    "sample": {"rows": 12},
}


def pack(scene: Scene, text: str) -> None:
    path = scene.checkout.root / "datasets/triage.jsonl.gz"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def test_shaped_data_trains_once_and_a_row_that_is_left_out_changes_nothing(at: Scene) -> None:
    pack(at, rows("triage", 12))
    at.checkout.spec("triage", dataset=SHAPED)
    first = at.ftops("apply", "--yes")
    assert first.code == 0, first.err
    lock = at.checkout.read("specs/triage.lock")

    pack(at, rows("spam", 5) + rows("triage", 12))
    at.lab.forget()
    again = at.ftops("apply", "--yes")
    assert again.code == 0, again.err
    assert "Nothing to do" in again.out
    assert at.lab.acts == {}
    assert at.checkout.read("specs/triage.lock") == lock


def test_another_system_prompt_trains_anew(at: Scene) -> None:
    pack(at, rows("triage", 12))
    at.checkout.spec("triage", dataset=SHAPED)
    assert at.ftops("apply", "--yes").code == 0
    before = yaml.safe_load(at.checkout.read("specs/triage.lock"))

    at.lab.forget()
    at.checkout.spec("triage", dataset={**SHAPED, "system": "Sort it well."})
    assert at.ftops("apply", "--yes").code == 0
    assert at.lab.acts[NEW_JOB] == 1
    after = yaml.safe_load(at.checkout.read("specs/triage.lock"))
    assert before["inputs"]["dataset"] != after["inputs"]["dataset"]
    assert {**before["inputs"], "dataset": 0} == {**after["inputs"], "dataset": 0}


def test_validate_tells_rows_of_a_packed_file_by_their_lines(at: Scene) -> None:
    pack(at, rows("triage", 12) + '{"messages": []}\n')
    at.checkout.spec("triage", dataset=SHAPED)
    ran = at.ftops("validate", "--only", "structure", "-o", "json")
    assert ran.code == 1
    [problem] = json.loads(ran.out)["problems"]
    assert (problem["path"], problem["line"], problem["code"]) == (
        "datasets/triage.jsonl.gz",
        13,
        "FT030",
    )


def test_a_filter_that_leaves_too_few_rows_is_what_is_to_be_changed(at: Scene) -> None:
    pack(at, rows("triage", 12))
    at.checkout.spec("triage", dataset={**SHAPED, "filter": {"contains": "nobody says this"}})
    ran = at.ftops("validate", "--only", "structure")
    assert ran.code == 1
    assert "hint: `dataset.filter` and `dataset.sample` leave out the others" in ran.err
    assert "Add rows" not in ran.err
