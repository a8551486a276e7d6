"""Take the pictures of the documentation anew: `make screenshots`."""

import sys
from pathlib import Path
from typing import Final, Literal, get_args

from playwright.sync_api import Page, sync_playwright

from ftops.adapters.system_clock import SystemClock
from tests.browser.conftest import chromium_args, chromium_program
from tests.browser.serving import served_on_a_port
from tests.browser.showcase import CURRENT, EARLIER, RUNNING, showcase

PICTURES: Final = Path(__file__).parents[2] / "docs" / "pictures"
SHOTS: Final = {
    "overview": ("/", 900),
    "job": (f"/jobs/{RUNNING}", 980),
    "plan": ("/plan", 900),
    "model": (f"/models/{CURRENT}?with={EARLIER}", 1080),
}
SETTLE_MS: Final = 800


Scheme = Literal["light", "dark"]


def take(page: Page, base: str, scheme: Scheme) -> None:
    """Take every picture in one colour scheme."""
    for name, (path, height) in SHOTS.items():
        page.set_viewport_size({"width": 1280, "height": height})
        page.goto(base + path)
        if name == "model":
            page.get_by_label("Prompt").fill("How do I reset my password?")
            page.get_by_role("button", name="Ask").click()
        page.wait_for_timeout(SETTLE_MS)
        page.screenshot(path=PICTURES / f"{name}-{scheme}.png")


def main() -> int:
    """Take them all; 1 without a browser."""
    program = chromium_program()
    if program is None:
        sys.stderr.write("error: there is no Chromium\nhint: apt-get install chromium\n")
        return 1
    PICTURES.mkdir(exist_ok=True)
    with (
        served_on_a_port(showcase(SystemClock().now())) as base,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=program, args=chromium_args()) as browser,
    ):
        for scheme in get_args(Scheme):
            take(browser.new_page(color_scheme=scheme), base, scheme)
    return 0


if __name__ == "__main__":
    sys.exit(main())
