"""A request of a page that is on its way for as long as a test likes."""

from __future__ import annotations

from playwright.sync_api import Page, Route

from tests.browser.visitor import PATIENCE

# Milliseconds between two looks whether a request was sent.
_STEP = 10


class Held:
    """The next request of a page to addresses like this one; it goes on when it is let go."""

    def __init__(self, page: Page, address: str) -> None:
        self._page = page
        self._routes: list[Route] = []
        page.route(address, self._hold, times=1)

    def let_go(self) -> None:
        """Let it go, as soon as it was sent.

        Raises:
            AssertionError: it was not.
        """
        for _ in range(PATIENCE // _STEP):
            if self._routes:
                self._routes[0].continue_()
                return
            self._page.wait_for_timeout(_STEP)
        raise AssertionError("nothing was sent")

    def _hold(self, route: Route) -> None:
        self._routes.append(route)
