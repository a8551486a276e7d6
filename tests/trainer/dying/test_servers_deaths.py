"""A server dies at every effect of what a worker elsewhere tells it: nothing stored is lost."""

from dataclasses import dataclass
from pathlib import Path

from ftops.trainer.store.job_life import Status
from ftops.trainer.store.store import Store
from ftops.trainer.store.table import Window
from tests.reliability.zygote.failpoints import How
from tests.trainer.dying.receiving import STEPS, begin
from tests.trainer.dying.sweep import mortal

ALL = Window(limit=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a server would tell of the job."""

    status: Status
    events: list[str]
    words: list[str]
    answers: dict[str, str]

    @classmethod
    def at(cls, root: Path) -> "Stored":
        store = Store(root)
        try:
            models = store.models_of("ftjob-1")
            events = store.jobs.events("ftjob-1", ALL).rows[::-1]
            return cls(
                status=store.jobs.known("ftjob-1").status,
                events=[event.id for event in events],
                words=[event.message for event in events],
                answers={
                    model.id: (store.root / model.folder / "model.json").read_text("utf-8")
                    for model in models
                },
            )
        finally:
            store.close()


def test_what_a_server_took_from_a_worker_elsewhere_survives_it(tmp_path: Path) -> None:
    def made(name: str) -> Path:
        return begin(tmp_path / name)

    checked = 0
    with mortal("tests.trainer.dying.receiving:being_told") as server:
        for root in server.deaths(made, (How.KILL,), is_exact=False):
            before = Stored.at(root)
            assert server.live(root).status == 0, root.name
            after = Stored.at(root)
            assert after.events[: len(before.events)] == before.events, root.name
            assert after.words == Stored.at(tmp_path / "whole").words, root.name
            assert after.status is Status.SUCCEEDED, root.name
            assert sorted(after.answers.values()) == [
                f'{{"question 1": "step {step}"}}' for step in range(1, STEPS + 1)
            ]
            assert not list((root / "incoming").iterdir()), root.name
            checked += 1
    assert checked > 20
