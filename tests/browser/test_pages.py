import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.showcase import CURRENT, EARLIER, FAILED, RUNNING, SETTLED

PAGES = (
    "/",
    "/plan",
    "/jobs",
    f"/jobs/{RUNNING}",
    f"/jobs/{SETTLED}",
    f"/jobs/{FAILED}",
    "/models",
    f"/models/{CURRENT}?with={EARLIER}",
    "/usage",
    "/new",
    "/docs",
)
WIDTHS = (390, 820, 1280)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_fits_every_width(visit: Visit, shown: str, scheme: str, width: int) -> None:
    size = {"width": width, "height": 800}
    visitor = visit(shown, color_scheme=scheme, viewport=size)
    for path in PAGES:
        page = visitor.open(path)
        expect(page.locator("h1")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_without_scripts_everything_can_be_read(visit: Visit, shown: str) -> None:
    visitor = visit(shown, java_script_enabled=False)
    for path in PAGES:
        visitor.open(path)
    page = visitor.open(f"/jobs/{RUNNING}")
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("columnheader", name="valid_loss")).to_be_visible()
    expect(page.locator("#lines")).to_contain_text("Checkpoint created at step 40")


def test_colours_follow_the_wish_for_dark(visit: Visit, shown: str) -> None:
    page = visit(shown, color_scheme="light").open(f"/jobs/{RUNNING}")
    expect(page.locator(".chart canvas")).to_have_count(2)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".chart canvas")).to_have_count(2)
    assert page.evaluate(ground) != light


def test_the_keyboard_reaches_everything(visit: Visit, shown: str) -> None:
    page = visit(shown).open("/")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"
    page.get_by_role("link", name="Models", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="support-bot").first.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Prompt").focus()
    page.keyboard.type("hello")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".said")).to_have_text("You said: hello")


def test_a_model_id_is_copied(visit: Visit, shown: str) -> None:
    page = visit(shown, permissions=["clipboard-read", "clipboard-write"]).open("/")
    page.get_by_role("button", name="Copy the model id of support-bot").click()
    expect(page.locator(".copy.done")).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()") == CURRENT


def test_two_versions_answer_side_by_side(visit: Visit, shown: str) -> None:
    page = visit(shown).open("/models/support-bot")
    page.get_by_label("Beside").select_option(EARLIER)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("row", name="n_epochs")).to_contain_text("differs")
    page.get_by_label("Prompt").fill("<b>why</b>")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".said")).to_have_text(["You said: <b>why</b>"] * 2)
    expect(page.locator(".meta").last).to_contain_text("tokens")


def test_a_page_that_is_not_there_leads_back(visit: Visit, shown: str) -> None:
    page = visit(shown).open("/nowhere", status=404)
    page.get_by_role("link", name="To the overview").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
