"""`ftops local status`: queue, curves, models and disk in a terminal."""

from pathlib import Path

from ftops.cli.local_glance import glance_lines
from ftops.trainer.pages.overview import reading
from ftops.trainer.store.store import Store
from tests.trainer.pages.test_page import fill


def glance(root: Path) -> str:
    with reading(root) as overview:
        assert overview is not None
        return "\n".join(glance_lines(overview))


def test_everything_is_shown_at_one_glance(tmp_path: Path) -> None:
    store = Store(tmp_path)
    fill(store)
    store.close()
    shown = glance(tmp_path)
    for words in (
        "running: <b>triage</b> (gpt-4o-mini, ftjob-run), step 3 of 4, about ",
        "train_loss",
        "paused: gpt-4o-mini (ftjob-paused)",
        "waiting: 2\n  held (gpt-4o-mini, ftjob-held), queued for ",
        ", waiting for the cluster\n  waits (gpt-4o-mini, ftjob-wait), queued for ",
        "ended\n  succeeded ",
        " ago: gpt-4o-mini (ftjob-good) → ft:ftops-nano:local::made",
        "gpt-4o-mini (ftjob-bad) → the rows taste bad",
        "models: 13\n  ft:ftops-nano:local::made\n",
        "disk: 0 B files, ",
    ):
        assert words in shown, shown


def test_an_empty_store_shows_its_disk_use_alone(tmp_path: Path) -> None:
    Store(tmp_path).close()
    assert glance(tmp_path).startswith("\ndisk: ")
    assert len(glance(tmp_path).splitlines()) == 2
