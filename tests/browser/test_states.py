from dataclasses import replace
from datetime import timedelta

from playwright.sync_api import expect

from ftops.adapters.system_clock import SystemClock
from ftops.core.access import Role
from ftops.core.names import JobId, ModelId
from ftops.core.observed import JobFailure
from ftops.core.progress import JobEvent
from ftops.errors import ProviderUnavailable
from ftops.serve.access.limits import Limits, Rates
from ftops.serve.access.new_token import new_token
from ftops.serve.access.tokens import TokenGate
from ftops.serve.watch import Pace
from tests.browser.conftest import Visit
from tests.browser.serving import served_on_a_port
from tests.browser.showcase import RUNNING, showcase
from tests.fakes.lookout import FakeLookout
from tests.fakes.serve_store import MemoryAudit, MemoryServeStore
from tests.fakes.specs import declared, desired, job
from tests.fakes.stage import Stage

HOSTILE = "<img src=x onerror=alert(1)>\u202e{{7*7}}`'\"" + "\N{GRINNING FACE}" * 20 + "w" * 10_000
QUICK = Pace(busy=0.2, idle=0.2, least=0.2)


def test_hostile_text_in_every_field(visit: Visit) -> None:
    stage = Stage(declared("triage", metadata={"note": HOSTILE[:400]}))
    wanted = desired(rows="datasets/triage.train.jsonl", metadata={"note": HOSTILE[:400]})
    metadata = {"<b>": HOSTILE}
    made = job(wanted, provider_status=HOSTILE, fine_tuned_model=ModelId(f"ft:{HOSTILE[:200]}"))
    stage.provider.add(replace(made, metadata={**made.metadata, **metadata}))
    failure = JobFailure(code=HOSTILE, message=HOSTILE)
    stage.provider.add(replace(job(wanted, "failed"), id=JobId("ftjob-2"), failure=failure))
    stage.provider.add(replace(job(wanted, "running"), id=JobId("ftjob-3"), model=ModelId(HOSTILE)))
    told = JobEvent(
        id=HOSTILE, created_at=stage.clock.now(), level="<b>", message=HOSTILE, measured={"<b>": 1}
    )
    for one in ("ftjob-1", "ftjob-3"):
        stage.provider.tell(JobId(one), told)
    lookout = FakeLookout(stage)
    with served_on_a_port(lookout) as base:
        visitor = visit(base, viewport={"width": 390, "height": 800})
        jobs = [f"/jobs/ftjob-{number}" for number in (1, 2, 3)]
        for path in ("/", "/plan", "/jobs", "/models", *jobs):
            page = visitor.open(path)
            expect(page.locator("img[src=x]")).to_have_count(0)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        expect(visitor.page.locator("#lines li")).to_have_count(1)
        page = visitor.open("/models")
        page.locator("th a").first.click()
        page.get_by_label("Prompt").fill(HOSTILE)
        page.get_by_role("button", name="Ask").click()
        expect(page.locator(".said")).to_contain_text("You said: <img")
        expect(page.locator("img[src=x]")).to_have_count(0)


def test_a_token_opens_the_door_and_signing_out_closes_it(visit: Visit) -> None:
    lookout = showcase(SystemClock().now())
    store = MemoryServeStore()
    kept, token = new_token("ann", Role.VIEWER, lookout.clock.now(), None)
    store.add(kept)
    gate = TokenGate(store, (), Limits(Rates()), MemoryAudit(), lookout.clock)
    with served_on_a_port(lookout, gate) as base:
        visitor = visit(base)
        page = visitor.open("/plan", status=401)
        page.get_by_label("Token").fill("ftops_viewer_wrong")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_have_text("this is no token that counts")
        page.get_by_label("Token").fill(token)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Plan")).to_be_visible()
        expect(page.locator("footer")).to_contain_text("ann · viewer")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("Token")).to_be_visible()


def test_the_overview_keeps_itself_up_to_date(visit: Visit) -> None:
    lookout = showcase(SystemClock().now())
    with served_on_a_port(lookout, pace=QUICK) as base:
        page = visit(base).open("/")
        row = page.get_by_role("row", name="triage")
        expect(row).to_contain_text("progressing")
        lookout.stage.provider.finish(RUNNING)
        expect(row).not_to_contain_text("progressing")
        lookout.stage.provider.reading_fault = ProviderUnavailable("nobody answers")
        lookout.stage.clock.sleep(timedelta(minutes=5).total_seconds())
        expect(page.get_by_text("Not up to date.")).to_be_visible()
