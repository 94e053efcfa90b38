"""A browser tab whose every request, complaint and refusal is written down."""

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

FLAGS = [
    "--no-sandbox",  # tests may run as root, in a container
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu-rasterization",  # some systems ask for it, and here a processor would play the card
    "--disable-gpu-compositing",
    "--use-angle=swiftshader",  # WebGL2 without a graphics card
    "--enable-unsafe-swiftshader",
]
# Without a card the browser itself reads back what WebGL has drawn, and complains of that.
NO_CARD = re.compile("GPU stall due to ReadPixels")
SIZE = {"width": 1440, "height": 900}
# A violation of the content security policy is an error of ours, whatever the browser makes of it.
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation",
  ({ violatedDirective, blockedURI, sourceFile, lineNumber }) =>
  console.error(`policy: ${violatedDirective} ${blockedURI} ${sourceFile}:${lineNumber}`));
"""


class Tab:
    """A page, what it asked for, and what went wrong in it."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.requests: list[Request] = []
        self.responses: list[Response] = []
        self.problems: list[str] = []
        self._expected = [NO_CARD]
        context.add_init_script(REPORT_VIOLATIONS)
        self.page = self.new_page()

    def new_page(self) -> Page:
        """Open a page with the same eyes on it; the tab is now this one."""
        self.page = self.context.new_page()
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.problems.append(f"exception: {error}"))
        self.page.on("request", self._on_request)
        self.page.on("response", self._on_response)
        return self.page

    def expect_problem(self, pattern: str) -> None:
        """Allow one kind of complaint: a test that provokes it says so."""
        self._expected.append(re.compile(pattern))

    def unexpected(self) -> list[str]:
        """Return what the browser complained about, and requests that left our server."""
        problems = [text for text in self.problems if not any(known.search(text) for known in self._expected)]
        own = urlsplit(self.page.url).netloc
        return problems + [
            f"asked another server: {request.url}"
            for request in self.requests
            if request.url.startswith("http") and urlsplit(request.url).netloc != own
        ]

    def asked(self, pattern: str = "") -> list[Request]:
        """Return the requests whose path and query match."""
        return [request for request in self.requests if re.search(pattern, request.url)]

    def _on_request(self, request: Request) -> None:
        self.requests.append(request)

    def _on_response(self, response: Response) -> None:
        self.responses.append(response)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            where = (message.location or {}).get("url", "")
            self.problems.append(f"{message.type}: {message.text} {where}")


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Open a fresh profile, in the size of the screenshots."""
    options = {"viewport": SIZE, "color_scheme": "light", "reduced_motion": "reduce", **options}
    context = browser.new_context(**options)
    context.set_default_timeout(20_000)
    return context
