"""`ftops validate` on the corpus of bad files: every planted fault at its line, nothing else."""

import json
import shutil
from typing import Any

from tests.cli.checkout import Checkout
from tests.cli.scene import Ftops
from tests.dataset.test_corpus import CORPUS, EXPECTED

GRADER = {
    "type": "string_check",
    "name": "same",
    "operation": "eq",
    "input": "{{sample.output_text}}",
    "reference": "{{item.reference}}",
}

HELD_OUT = '{"messages": [{"role": "user", "content": "Sure?"}], "reference": "Yes."}\n'


def test_validate_tells_every_planted_fault_and_nothing_else(ftops: Ftops, empty: Checkout) -> None:
    empty.settings(defaults={"target": "local"})
    empty.write("datasets/held-out.jsonl", HELD_OUT)
    wanted = []
    for name, case in EXPECTED.items():
        spec, data = name.removesuffix(".jsonl"), f"datasets/{name}"
        shutil.copyfile(CORPUS / name, empty.root / data)
        declared: dict[str, Any] = {"method": case["method"], "dataset": {"train": data}}
        if case["method"] == "reinforcement":
            declared["grader"] = GRADER
            declared["dataset"]["validation"] = "datasets/held-out.jsonl"
        empty.spec(spec, **declared)
        for code, line, path in case["findings"]:
            where = (data, line) if line else (f"specs/{spec}.yaml", 3)
            wanted.append((*where, code, path))
    ran = ftops("validate", "--only", "structure", "-o", "json")
    assert ran.code == 1
    told = json.loads(ran.out)["problems"]
    found = [(one["path"], one["line"], one["code"], one["message"]) for one in told]
    assert [place[:3] for place in sorted(found)] == [place[:3] for place in sorted(wanted)]
    for path, line, code, message in found:
        paths = [place[3] for place in wanted if place[:3] == (path, line, code)]
        assert any(message.startswith(f"{each}: ") or not each for each in paths)
