"""Somebody with a browser, who notices everything that a page should never do."""

from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Page, Request

WATCH_POLICY = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
"""
FAILED_TO_LOAD = "Failed to load resource"


# Without slots: Playwright keeps its own mark on whoever listens.
@dataclass
class Visitor:
    """One window; `complaints` holds console errors, policy violations and foreign requests."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    _allows_refusals: bool = False

    def watch(self) -> None:
        """Begin to notice."""
        self.page.add_init_script(WATCH_POLICY)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"broken: {error}"))
        self.page.on("request", self._asked)
        self.page.on("dialog", lambda dialog: self.complaints.append(f"said: {dialog.message}"))

    def open(self, path: str, status: int = 200) -> Page:
        """Open a page, which is answered with that status."""
        self._allows_refusals = self._allows_refusals or status >= 400
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == status, path
        return self.page

    def expects_refusals(self) -> None:
        """Let answers be refused from now on: the browser itself complains of each."""
        self._allows_refusals = True

    def _heard(self, message: ConsoleMessage) -> None:
        refused = self._allows_refusals and message.text.startswith(FAILED_TO_LOAD)
        if message.type in {"error", "warning"} and not refused:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.complaints.append(f"asked {request.url}")
