import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from ftops.adapters.system_clock import SystemClock
from tests.browser.serving import served_on_a_port
from tests.browser.showcase import showcase
from tests.browser.visitor import Visitor

NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALL = ("apt-get", "install", "--yes", "-qq", "--no-install-recommends", "chromium")
PATIENCE_MS = 20_000

expect.set_options(timeout=PATIENCE_MS)

Visit = Callable[..., Visitor]


def chromium_program() -> str | None:
    """Return the machine's Chromium, if it has one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def chromium_args() -> list[str]:
    """Return what it must be told: it has no sandbox for root."""
    return ["--no-sandbox"] if os.geteuid() == 0 else []


# Not for the whole session: Playwright's loop would run under every other test of this process.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, installed first where that may be done."""
    program = chromium_program()
    if program is None and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(INSTALL, check=False, capture_output=True)
        program = chromium_program()
    if program is None:
        pytest.skip("there is no Chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, args=chromium_args())


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Open a window on a server; in the end nobody may have complained."""
    with ExitStack() as stack:
        opened: list[Visitor] = []

        def enter(base: str, **wishes: Any) -> Visitor:  # noqa: ANN401 Playwright's own
            context = browser.new_context(**wishes)
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            visitor = Visitor(context.new_page(), base)
            visitor.watch()
            opened.append(visitor)
            return visitor

        yield enter
        complaints = [one for visitor in opened for one in visitor.complaints]
    assert not complaints


@pytest.fixture(scope="package")
def shown() -> Iterator[str]:
    """Where a project with a bit of everything is served."""
    with served_on_a_port(showcase(SystemClock().now())) as base:
        yield base
