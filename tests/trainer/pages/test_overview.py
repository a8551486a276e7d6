"""A look at a store, with its server up or down."""

import math
from pathlib import Path

import pytest

from ftops.trainer.pages.curves import HEIGHT, WIDTH, curves
from ftops.trainer.pages.overview import JobGlance, reading
from ftops.trainer.store.database import Database, StoreTooNewError
from ftops.trainer.store.store import Store
from tests.trainer.pages.test_page import fill
from tests.trainer.samples import a_job


def test_no_store_is_nothing_to_look_at(tmp_path: Path) -> None:
    with reading(tmp_path) as overview:
        assert overview is None


@pytest.mark.parametrize("is_up", [True, False], ids=["its server is up", "its server is down"])
def test_a_store_is_read_without_holding_it(tmp_path: Path, is_up: bool) -> None:  # noqa: FBT001 - a table's column
    store = Store(tmp_path / "a store?")
    fill(store)
    if not is_up:
        store.close()
    with reading(store.root) as overview:
        assert overview is not None
        (running,) = overview.running
        assert (running.step, running.steps) == (3, 4)
        assert running.train_loss == ((1, 2.0), (3, 1.0))
        assert [glance.job.id for glance in overview.ended] == ["ftjob-good", "ftjob-bad"]
        assert overview.models[0].id == "ft:ftops-nano:local::made"
        assert overview.models_in_all == 13
        assert overview.is_busy
        assert overview.used_bytes["database"] > 0
    if is_up:
        store.close()


def test_a_store_of_a_later_version_is_not_read(tmp_path: Path) -> None:
    Database(tmp_path / "ftops.sqlite").close()
    later = Database(tmp_path / "ftops.sqlite")
    later.change("PRAGMA user_version = 99")
    later.close()
    with pytest.raises(StoreTooNewError), reading(tmp_path):
        pass


def test_curves_stay_within_their_frame() -> None:
    losses = ((1, 3.0), (2, math.inf), (5, 1.0))
    drawn = curves(JobGlance(job=a_job(), train_loss=losses, valid_loss=((5, 2.0),)))
    assert drawn is not None
    assert (drawn.top, drawn.bottom, drawn.last_step) == ("3", "1", 5)
    points = [
        tuple(map(float, point.split(","))) for point in f"{drawn.train} {drawn.valid}".split()
    ]
    assert len(points) == 3
    assert all(0 <= across <= WIDTH and 0 <= down <= HEIGHT for across, down in points)


def test_one_loss_is_a_point_and_none_is_nothing() -> None:
    assert curves(JobGlance(job=a_job())) is None
    drawn = curves(JobGlance(job=a_job(), train_loss=((1, 1.0),)))
    assert drawn is not None
    assert drawn.valid == ""
