import json
import threading
from collections.abc import Callable
from io import StringIO
from typing import get_args

import pytest
from rich.console import Console

from ftops.core.names import SpecName
from ftops.core.progress import Creating, Ended, JobEvent, JobLine, JobSeen, Progress, Unwritten
from ftops.render.progress import JsonProgress, LiveProgress, PlainProgress, Silence
from tests.render.samples import BOT, EVENTS, JOB, event, step

KEPT = """\
bot: job ftjob-1 runs, but the disk is full; its id is kept in \
.ftops/emergency-0f91.json; by hand: `ftops adopt bot ftjob-1`"""
PLAIN = f"""\
bot: uploading ftops-0f91.jsonl (4.0 KiB)
bot: creating the job
bot: looking for the job, 120 s at most
bot: waiting 30 s: rate limit
{KEPT}
bot: following job ftjob-1
bot: job ftjob-1 is running
bot: step 12/45, loss 1.2500
bot: settled: ft:gpt-4.1-mini:acme::AbC123"""


def line(logged: JobEvent, spec: str = "bot") -> JobLine:
    return JobLine(spec=SpecName(spec), job=JOB, event=logged)


def told(*events: Progress) -> list[str]:
    lines: list[str] = []
    plain = PlainProgress(lines.append)
    for each in events:
        plain.tell(each)
    return lines


def test_the_samples_hold_every_event() -> None:
    assert {type(each) for each in EVENTS} == set(get_args(Progress))


def test_every_event_in_plain_lines() -> None:
    assert told(*EVENTS) == PLAIN.splitlines()


def test_a_message_is_told_and_an_adopted_job_is_said_to_be() -> None:
    assert told(line(event("Files validated"))) == ["bot: Files validated"]


def test_a_state_is_told_once() -> None:
    seen = [
        JobSeen(spec=BOT, job=JOB, provider_status=state)
        for state in ("queued", "queued", "running", "running", "succeeded")
    ]
    assert told(*seen) == [
        "bot: job ftjob-1 is queued",
        "bot: job ftjob-1 is running",
        "bot: job ftjob-1 is succeeded",
    ]


@pytest.mark.parametrize(
    ("total", "count", "most"),
    [
        pytest.param(1000, 1000, 12, id="a thousand of a thousand"),
        pytest.param(7, 7, 7, id="fewer than ten"),
        pytest.param(None, 1000, 12, id="an unknown end"),
        pytest.param(1000, 437, 7, id="ended early"),
    ],
)
def test_a_job_is_worth_few_lines_and_its_first_and_last_step(
    total: int | None, count: int, most: int
) -> None:
    steps = [line(step(number, total)) for number in range(1, count + 1)]
    lines = told(*steps, Ended(spec=BOT, kind="failed", detail="x"))[:-1]
    suffix = "" if total is None else f"/{total}"
    assert lines[0] == f"bot: step 1{suffix}, loss 1.2500"
    assert lines[-1] == f"bot: step {count}{suffix}, loss 1.2500"
    assert min(count, 6) <= len(lines) <= most


def test_a_job_that_begins_again_is_told_again() -> None:
    steps = [line(step(number, 10)) for number in (9, 10, 1)]
    assert [one.split(",")[0] for one in told(*steps)] == [
        "bot: step 9/10",
        "bot: step 10/10",
        "bot: step 1/10",
    ]


def test_a_step_without_a_loss_shows_none() -> None:
    assert told(line(step(1, 10, None))) == ["bot: step 1/10"]


def test_a_spec_that_was_never_in_doubt_is_not_told_when_it_ends() -> None:
    kept = Ended(spec=SpecName("docs"), kind="settled", detail="ft:x")
    failed = Ended(spec=SpecName("late"), kind="skipped", detail="held")
    assert told(kept, failed) == ["late: skipped: held"]


def test_json_lines_are_whole_documents() -> None:
    lines: list[str] = []
    progress = JsonProgress(lines.append)
    for each in EVENTS:
        progress.tell(each)
    assert [json.loads(each)["spec"] for each in lines] == ["bot"] * len(EVENTS)


def test_silence_tells_nothing_but_an_id_that_may_get_lost() -> None:
    written: list[str] = []
    for each in EVENTS:
        Silence(written.append).tell(each)
    assert written == [KEPT]


def test_an_id_that_is_nowhere_is_told_as_such() -> None:
    lost = Unwritten(spec=BOT, job=JOB, why="the disk is full", place=None)
    assert told(lost)[0].startswith("bot: job ftjob-1 runs, but the disk is full; its id is nowher")


def in_threads(tell: Callable[[Progress], None], names: list[SpecName]) -> None:
    def work(name: SpecName) -> None:
        for number in range(1, 21):
            tell(JobLine(spec=name, job=JOB, event=step(number, 20)))
        tell(Ended(spec=name, kind="settled", detail="ft:x"))

    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()


NAMES = [SpecName(f"spec-{number}") for number in range(8)]


def test_plain_lines_from_many_threads_stay_whole() -> None:
    lines: list[str] = []
    in_threads(PlainProgress(lines.append).tell, NAMES)
    for name in NAMES:
        own = [each for each in lines if each.startswith(f"{name}: ")]
        assert own[-1] == f"{name}: settled: ft:x"
        assert len(own) == 12


def terminal(width: int = 100) -> tuple[Console, StringIO]:
    file = StringIO()
    console = Console(file=file, force_terminal=True, width=width, color_system=None)
    return console, file


def live(*events: Progress) -> str:
    console, file = terminal()
    with LiveProgress(console) as progress:
        for each in events:
            progress.tell(each)
    return file.getvalue()


def test_events_stand_above_and_the_job_moves_below() -> None:
    shown = live(*EVENTS[:-1])
    assert "· bot uploading ftops-0f91.jsonl (4.0 KiB)" in shown
    assert "· bot following job ftjob-1" in shown
    moving = next(one for one in shown.splitlines() if "step 12/45" in one)
    assert moving.endswith("loss 1.2500   ends ~12:30 UTC")
    assert "running" in moving
    assert "━" in moving


def test_a_message_stands_above() -> None:
    assert "· bot Files validated" in live(line(event("Files validated")))


def test_an_ended_job_stops_moving() -> None:
    shown = live(*EVENTS)
    assert "✓ bot settled: ft:gpt-4.1-mini:acme::AbC123" in shown
    assert "step 12/45" not in shown.split("✓ bot")[1]


def test_live_too_leaves_out_what_was_never_in_doubt() -> None:
    kept = Ended(spec=SpecName("docs"), kind="settled", detail="ft:x")
    odd = Ended(spec=SpecName("late"), kind="puzzled", detail="held")
    shown = live(kept, odd)
    assert "docs" not in shown
    assert "· late puzzled: held" in shown


@pytest.mark.parametrize(
    ("losses", "trend"),
    [
        pytest.param([2.0, 1.0], "1.0000 ↓", id="falling"),
        pytest.param([1.0, 2.0], "2.0000 ↑", id="rising"),
        pytest.param([1.0, 1.0005], "1.0005 →", id="level"),
        pytest.param([3.0, 1.0, 1.1], "1.1000 ↓", id="below the usual"),
    ],
)
def test_the_loss_has_a_trend(losses: list[float], trend: str) -> None:
    steps = [line(step(number, 45, loss)) for number, loss in enumerate(losses, start=1)]
    assert f"loss {trend}" in live(*steps)


def test_a_job_without_numbers_still_moves() -> None:
    shown = live(Creating(spec=BOT), line(step(3, None, None)))
    assert "creating" in shown
    assert "step 3" in shown
    assert "loss" not in shown


def test_moving_lines_from_many_threads_never_lock_up() -> None:
    console, file = terminal()
    with LiveProgress(console) as progress:
        in_threads(progress.tell, NAMES)
    shown = file.getvalue()
    assert all(f"✓ {name} settled: ft:x" in shown for name in NAMES)


def test_the_cursor_comes_back_after_an_interrupt() -> None:
    console, file = terminal()

    def interrupted() -> None:
        with LiveProgress(console) as progress:
            progress.tell(Creating(spec=BOT))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert "\x1b[?25h" in file.getvalue()
