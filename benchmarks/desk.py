"""The review desk: its pages at their worst, from a key to the next case on the screen, what a first visit loads."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from datetime import timedelta

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks import seed, worklist
from benchmarks.cpu import Meter
from benchmarks.progress import Progress
from benchmarks.report import Number
from benchmarks.stand import Stand, serving, stand
from benchmarks.statistic import percentile
from moderation_service.console import cookies
from moderation_service.sites import people
from tests.browser.browsers import NO_BROWSER, launch

CASES, QUICK_CASES = 1_000_000, 50_000
TRIES, QUICK_TRIES = 300, 40
KEYS, QUICK_KEYS = 100, 15
WARM_UP = 5
FLAGS = 10_000  # of the case whose page is measured
FILTERS = "escalated=yes", "held=mine", "held=free", "reason=misleading", "search=headline+99", "state=closed"

# Each by a reader of his own, on one of the six paragraphs, with a comment, some with words that they quote.
MANY_FLAGS = """
INSERT INTO flags (receipt, site_id, article_id, revision, reporter, target_key, part, quotation, reason, comment,
                   case_id, triaged_at)
SELECT gen_random_uuid(), cases.site_id, article_id, 1, decode(md5('many' || n), 'hex'), '\\x00', 'p' || n %% 6 + 1,
       CASE WHEN n %% 4 = 0 THEN jsonb_build_object('exact', 'p' || n %% 6 + 1 || ' said so.') END,
       (ARRAY['misleading', 'hate', 'spam', 'other'])[n %% 4 + 1], 'Comment ' || n || ': the source says otherwise.',
       cases.id, now()
FROM cases, generate_series(1, %(flags)s) AS n WHERE cases.id = %(case)s
"""
MANY_READERS = """
INSERT INTO reporters (reporter, site_id, upheld, rejected, pending)
SELECT decode(md5('many' || n), 'hex'), site_id, n %% 3, n %% 5, 1
FROM cases, generate_series(1, %(flags)s) AS n WHERE cases.id = %(case)s
"""
MANY_VOICES = """
INSERT INTO voices (case_id, reporter, weight)
SELECT %(case)s, decode(md5('many' || n), 'hex'), 2.3 FROM generate_series(1, %(flags)s) AS n
"""
PEER = (
    "Ozone 0.4.2 orders 104,000 subjects by priority in 120 ms a page on an idle machine like this one, 217 ms on a "
    "busy one; by time in 8 ms"
)
# When a key was pressed on the page before, and when the largest piece of this one was painted, by one clock; of a page
# that took the place of another without being loaded, when the frame after its first one began.
WATCH = """
const now = () => performance.timeOrigin + performance.now();
addEventListener("keydown", (event) => {
    sessionStorage.pressed = performance.timeOrigin + event.timeStamp;
    window.painted = 0;
}, true);
new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes]);
    if (document.readyState !== "complete" || !added.some((node) => node.nodeName === "MAIN")) return;
    requestAnimationFrame(() => requestAnimationFrame(() => (window.painted = now())));
}).observe(document, { childList: true, subtree: true });
new PerformanceObserver((list) => (window.painted = performance.timeOrigin + list.getEntries().at(-1).startTime))
    .observe({ type: "largest-contentful-paint", buffered: true });
"""
TO_PAINTED = "() => window.painted - Number(sessionStorage.pressed)"
LOADED = "() => performance.getEntries().reduce((bytes, entry) => bytes + (entry.transferSize ?? 0), 0)"


def measure(progress: Progress, *, quick: bool) -> Iterator[Number]:
    """Both pages over HTTP, then the browser."""
    cases, tries = (QUICK_CASES, QUICK_TRIES) if quick else (CASES, TRIES)
    with stand({"max_wal_size": "4GB"}) as s:
        worklist.fill(s, cases, progress)
        many = _case_of_many_flags(s)
        everywhere, three = _session(s, "everywhere"), _session(s, "three", ["site-10", "site-100", "site-190"])
        with serving(s, "api", "moderation_service.api.server") as port:
            progress.say("desk: pages")
            meter = Meter(s.pids("api", "postgres"))
            times = _pages(port, everywhere, f"/console/cases/{many}", tries)
            yield _aimed(f"case page, {FLAGS:,} flags, p95", times, 60, _cost(meter, times))
            for whose, session in (("all sites", everywhere), ("3 of 200 sites", three)):
                meter.reset()
                times = _pages(port, session, "/console/queue", tries)
                note = f"{_cost(meter, times)}; {cases:,} open cases. {PEER}"
                yield _aimed(f"queue page, {whose}, p95", times, 80, note)
            slowest = max((_pages(port, everywhere, f"/console/queue?{f}", tries // 5) for f in FILTERS), key=_p95)
            yield _aimed("queue page, the slowest filter, p95", slowest, 80, f"of {len(FILTERS)}; {cases:,} open cases")
            yield from _in_browser(f"http://127.0.0.1:{port}", everywhere, progress, quick=quick)


def _case_of_many_flags(s: Stand) -> int:
    """The number of a case from the middle of the queue that many more readers flag."""
    case = seed.one(s.admin, "SELECT id FROM cases ORDER BY id OFFSET 1000 LIMIT 1")
    for statement in (MANY_FLAGS, MANY_READERS, MANY_VOICES):
        s.admin.execute(statement, {"case": case, "flags": FLAGS})
    s.admin.execute("ANALYZE flags, reporters, voices")
    s.admin.execute("CHECKPOINT")
    return case


def _session(s: Stand, username: str, slugs: list[str] | None = None) -> str:
    """The secret of a session of a new moderator of these sites (None: of all)."""
    seed.moderator(s, username, slugs=slugs)
    database = s.database()
    with database.transaction() as session:
        person = people.moderator_by_name(session, username)
        secret = people.new_token(session, person, kind="session", name="console", lifetime=timedelta(hours=1))
    database.close()
    return secret


def _pages(port: int, session: str, path: str, tries: int) -> list[float]:
    headers = {"Cookie": f"{cookies.SESSION}={session}", "Accept-Encoding": "gzip"}
    return worklist.requests(port, headers, "GET", path, tries + WARM_UP)[WARM_UP:]


def _cost(meter: Meter, times: list[float]) -> str:
    """CPU of one page, which a busy machine changes little."""
    spent = {name: seconds / (len(times) + WARM_UP) * 1000 for name, seconds in meter.read().items()}
    return "CPU ms a page: " + ", ".join(f"{name} {ms:.0f}" for name, ms in spent.items())


def _in_browser(address: str, session: str, progress: Progress, *, quick: bool) -> Iterator[Number]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            progress.say(NO_BROWSER)
            return
        yield _first_load(browser, address, session)
        progress.say("desk: keys")
        yield _keystrokes(browser, address, session, QUICK_KEYS if quick else KEYS)
        browser.close()


def _first_load(browser: Browser, address: str, session: str) -> Number:
    """What a browser with an empty cache loads for either page."""
    sizes = {}
    for name, path in (("queue", "/console/queue"), ("case", "/console/cases/1")):
        with _context(browser, address, session) as context:
            page = context.new_page()
            page.goto(path, wait_until="networkidle")
            sizes[name] = page.evaluate(LOADED) / 1000
    note = ", ".join(f"{name} {size:.1f}" for name, size in sizes.items())
    return Number(name="first load, compressed", value=max(sizes.values()), unit="kB", at_most=150, note=note)


def _keystrokes(browser: Browser, address: str, session: str, keys: int) -> Number:
    """From `c` to the next case: decided, the next one claimed, its page painted."""
    with _context(browser, address, session) as context:
        context.add_init_script(WATCH)
        page = context.new_page()
        page.goto("/console/queue")
        times = [_press(page, key) for key in ["n", *"c" * (keys + WARM_UP)]][WARM_UP + 1 :]
    return _aimed("key pressed to next case painted, p95", times, 200, "Chromium on the same two cores; no worker runs")


def _press(page: Page, key: str) -> float:
    """Press a key; the seconds until the page that it leads to was painted."""
    here = page.url
    page.keyboard.press(key)
    page.wait_for_url(lambda url: url != here)
    page.wait_for_function("() => window.painted")
    return float(page.evaluate(TO_PAINTED)) / 1000


def _context(browser: Browser, address: str, session: str) -> BrowserContext:
    context = browser.new_context(base_url=address, viewport={"width": 1400, "height": 900})
    # The address is only there to say which host; a cookie of this name has to be Secure.
    at = "https://127.0.0.1"
    context.add_cookies([{"name": cookies.SESSION, "value": session, "url": at, "secure": True}])
    return context


def _aimed(name: str, times: list[float], at_most: float, note: str = "") -> Number:
    told = f"p50 {statistics.median(times) * 1000:.0f} ms, {len(times)} tries"
    value = _p95(times) * 1000
    return Number(name=name, value=value, unit="ms", at_most=at_most, note="; ".join(filter(None, (told, note))))


def _p95(times: list[float]) -> float:
    return percentile(times, 95)
