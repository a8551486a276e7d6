import sqlite3
import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from ftops.adapters.serve_store.database import ServeDatabase
from ftops.core.access import Role, Usage, Used
from ftops.errors import RecordError
from ftops.serve.access.new_token import new_token
from tests.fakes.clock import NOON
from tests.open_files import is_open

CALL = Used(calls=1, prompt_tokens=10, completion_tokens=5, usd=0.5)


def usage(caller: str = "a", model: str = "m", month: str = "2026-11") -> Usage:
    return Usage(month=month, caller=caller, name=f"name of {caller}", model=model, used=CALL)


def test_a_token_comes_back_without_itself(tmp_path: Path) -> None:
    kept, text = new_token("ann", Role.TESTER, NOON, NOON + timedelta(days=1))
    store = ServeDatabase(tmp_path)
    store.add(kept)
    store.close()
    again = ServeDatabase(tmp_path)
    assert again.tokens() == (kept,)
    again.close()
    assert text.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_revoking_counts_once_and_use_is_remembered(tmp_path: Path) -> None:
    kept, _ = new_token("ann", Role.VIEWER, NOON, None)
    store = ServeDatabase(tmp_path)
    store.add(kept)
    store.touch(kept.id, NOON)
    assert [store.revoke(kept.id, NOON), store.revoke(kept.id, NOON), store.revoke("x", NOON)] == [
        True,
        False,
        False,
    ]
    (now,) = store.tokens()
    assert (now.last_used_at, now.revoked_at) == (NOON, NOON)
    store.close()


def test_usage_adds_up_by_caller_and_model(tmp_path: Path) -> None:
    store = ServeDatabase(tmp_path)
    for one in (usage(), usage(), usage(model="n"), usage(month="2026-12")):
        store.count(one)
    told = {(one.caller, one.model): one.used for one in store.usage("2026-11")}
    assert told == {("a", "m"): CALL + CALL, ("a", "n"): CALL}
    store.close()


def test_two_processes_and_many_threads_lose_no_count(tmp_path: Path) -> None:
    stores = [ServeDatabase(tmp_path), ServeDatabase(tmp_path)]
    threads = [
        threading.Thread(target=lambda store=store: [store.count(usage()) for _ in range(20)])
        for store in stores * 3
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    (told,) = stores[0].usage("2026-11")
    assert told.used.calls == 120
    for store in stores:
        store.close()


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    ServeDatabase(tmp_path).close()
    assert stat.S_IMODE((tmp_path / "serve.db").stat().st_mode) == 0o600


def test_a_newer_store_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "serve.db") as newer:
        newer.execute("pragma user_version = 2")
    newer.close()
    with pytest.raises(RecordError) as refused:
        ServeDatabase(tmp_path)
    # What was raised still holds on to all that was begun.
    assert "newer ftops" in str(refused.value)
    assert not is_open(tmp_path / "serve.db")


def test_a_damaged_store_is_told_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "serve.db").write_bytes(b"no database" * 1000)
    with pytest.raises(RecordError) as refused:
        ServeDatabase(tmp_path)
    assert "serve.db cannot be used" in str(refused.value)
    assert not is_open(tmp_path / "serve.db")
