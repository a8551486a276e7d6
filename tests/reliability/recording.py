"""Record a project in every state, as this version of ftops writes it: `python -m … FOLDER`."""

import json
import shutil
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Final

from tests.cli.checkout import Checkout
from tests.reliability.ground import Ground
from tests.reliability.nursery import Birth, nursery
from tests.reliability.provider.history import Job
from tests.reliability.provider.server import rogue_provider
from tests.reliability.provider.weather import Fault, Weather

DECISIONS: Final = {
    "awaited": "await",
    "failed": "hold",
    "gone": "forget",
    "kept": "keep",
    "lost": "record",
    "relabelled": "relabel",
    "unanswered": "confirm",
}
FOR_EVER: Final = 10**9


def stand(ground: Ground) -> None:
    """Bring the project into every state that a record can tell of."""
    checkout, history = ground.checkout, ground.history
    checkout.spec("kept", metadata={"version": "1.0", "words": "ü: # 'it'"}, seed=7)
    for name in ("gone", "lost", "relabelled"):
        checkout.spec(name)
    assert ground.run().code == 0
    (checkout.root / "specs/gone.yaml").unlink()
    checkout.lock("lost").unlink()
    checkout.spec("relabelled", metadata={"version": "2.0"})
    for name in ("awaited", "failed"):
        checkout.spec(name)
    assert ground.run("apply", "--yes", "--no-wait", "awaited", "failed").code == 0
    history.cancel(history.ours[-1])
    checkout.spec("unanswered")
    ground.rogue.weather = Weather(creations=[Fault.RESETS_BEFORE])
    assert ground.run("apply", "--yes", "unanswered").code == 1


def plain(job: Job) -> dict[str, object]:
    return {**asdict(job), "listed": 0}


def record(folder: Path) -> None:
    place = Path(tempfile.mkdtemp())
    with rogue_provider() as rogue, nursery(place) as warm:
        checkout = Checkout(place / "project")
        checkout.settle(rogue.base_url)
        checkout.spec("kept")
        assert warm.rehearse(Birth(root=checkout.root, ahead=0)) == 0
        shutil.rmtree(checkout.root / ".ftops")
        checkout.lock("kept").unlink()
        rogue.begin()
        ground = Ground(nursery=warm, rogue=rogue, checkout=checkout, between_runs=0.0)
        stand(ground)
        told = {
            "recorded_at": time.time(),  # noqa: TID251 - when it was recorded
            "jobs": [plain(job) for job in rogue.history.jobs.values()],
            "models": sorted(rogue.history.models),
        }
        folder.mkdir(parents=True)
        for name in ("specs", "datasets"):
            shutil.copytree(checkout.root / name, folder / name)
        shutil.copy(checkout.root / ".ftops/journal.jsonl", folder / "journal.jsonl")
        plan = json.loads(ground.run("--quiet", "plan", "-o", "json").words)
        told["fingerprints"] = {one["spec"]: one["fingerprint"] for one in plan["changes"]}
        assert {one["spec"]: one["kind"] for one in plan["changes"]} == DECISIONS
        text = json.dumps(told, indent=1, ensure_ascii=False)
        (folder / "provider.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    record(Path(sys.argv[1]))
