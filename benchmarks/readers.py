"""What readers wait for: the script they load, the receipt of a flag, and the newsroom without what was taken down."""

from __future__ import annotations

import contextlib
import http.client
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

from playwright.sync_api import Browser, sync_playwright

from benchmarks import seed
from benchmarks.deciding import deciding, open_cases
from benchmarks.progress import Progress
from benchmarks.report import Number
from benchmarks.stand import Stand, serving, serving_at, stand, working
from benchmarks.statistic import percentile
from moderation_service.cli.run import free_port
from moderation_service.demo import newsroom
from moderation_service.demo.newsroom import DemoCredentials
from moderation_service.sites import service as sites
from moderation_service.widget import script
from tests.browser.browsers import NO_BROWSER, launch
from tests.browser.widget.paper import Press, running

FLAGS, QUICK_FLAGS = 200, 15
DECISIONS, QUICK_DECISIONS = 200, 15
PATIENCE = 30.0  # seconds
SCRIPT_MOST = 15.0  # kB

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Headline</title>{tag}</head>
<body><main><h1>Headline</h1><flag-content article="{article}"></flag-content></main></body></html>"""
# From the click on `Send` to the frame after the one that has the receipt's link in it; the dialog is the body's child.
WATCH = """
addEventListener("click", (event) => {
    if (!event.composedPath()[0].matches(".send")) return;
    const look = () => document.querySelector("body > flag-content").shadowRoot.querySelector("[part=receipt]")
        ? requestAnimationFrame(() => (window.shown = performance.now() - event.timeStamp))
        : requestAnimationFrame(look);
    look();
}, true);
"""


def measure(progress: Progress, *, quick: bool) -> Iterator[Number]:
    """The script's size; then flags in a browser, and takedowns as the demo's newsroom shows them."""
    yield Number(
        name="script of the flag button, compressed",
        value=len(script.compressed()) / 1000,
        unit="kB",
        at_most=SCRIPT_MOST,
        note=f"gzip; {len(script.content()) / 1000:.1f} kB otherwise",
    )
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            progress.say(NO_BROWSER)
        else:
            times = _flags(browser, QUICK_FLAGS if quick else FLAGS, progress)
            browser.close()
            note = "flags, each by a reader with an empty cache; Chromium, service and worker on the same two cores"
            yield _p95("click on Send to receipt shown, p95", times, note)
    times = _takedowns(QUICK_DECISIONS if quick else DECISIONS, progress)
    yield _p95("decision to gone from the newsroom, p95", times, "decisions, until the demo's newsroom answers 410")


def _p95(name: str, seconds: list[float], note: str) -> Number:
    told = f"p50 {statistics.median(seconds) * 1000:.0f} ms, most {max(seconds) * 1000:.0f} ms; {len(seconds)} {note}"
    return Number(name=name, value=percentile(seconds, 95) * 1000, unit="ms", note=told)


def _flags(browser: Browser, flags: int, progress: Progress) -> list[float]:
    """Seconds from the click to the receipt, for one flag on each of so many articles."""
    times = []
    with stand() as s, running() as press:
        room = seed.newsroom(s, articles=flags + 1)
        _let_call(s, press.origin)
        with serving(s, "api", "moderation_service.api.server") as port, working(s):
            tag = script.tag(f"http://127.0.0.1:{port}", room.key)
            for number in range(flags + 1):
                progress.say(f"readers: flag {number} of {flags}")
                times.append(_flag(browser, _publish(press, tag, f"a{number:08}")))
    return times[1:]


def _let_call(s: Stand, origin: str) -> None:
    with contextlib.closing(s.database()) as database, database.transaction() as session:
        sites.set_origins(session, "bench", [origin], actor=seed.ACTOR)


def _publish(press: Press, tag: str, article: str) -> str:
    """The address of a page with the button of an article."""
    press.pages[f"/{article}"] = (PAGE.format(tag=tag, article=article), {"Content-Type": "text/html"})
    return f"{press.origin}/{article}"


def _flag(browser: Browser, url: str) -> float:
    with browser.new_context(locale="en-GB") as context:
        context.add_init_script(WATCH)
        page = context.new_page()
        page.goto(url)
        page.get_by_role("button", name="Flag content").click()
        page.get_by_label("It is false or misleading").check()
        page.get_by_role("button", name="Send").click()
        page.wait_for_function("() => window.shown")
        return float(page.evaluate("() => window.shown")) / 1000


def _takedowns(decisions: int, progress: Progress) -> list[float]:
    """Seconds from sending a decision to the newsroom's first answer without the article."""
    times = []
    with stand() as s:
        cases = open_cases(s, decisions + 1)
        with (
            serving(s, "api", "moderation_service.api.server") as port,
            working(s),
            _newsroom(s, port) as readers,
            deciding(s, port) as decider,
        ):
            for number, case_id in enumerate(cases):
                progress.say(f"readers: takedown {number} of {decisions}")
                path = f"/articles/{_external_id(s, case_id)}"
                assert _status(readers, path) == 200
                sent_at = decider.take_down(case_id)
                while _status(readers, path) != 410:
                    if time.perf_counter() - sent_at > PATIENCE:
                        raise TimeoutError(f"{path} is still there after {PATIENCE:g} s")
                    time.sleep(0.002)
                times.append(time.perf_counter() - sent_at)
                decider.pause()
    return times[1:]


@contextlib.contextmanager
def _newsroom(s: Stand, service_port: int) -> Iterator[http.client.HTTPConnection]:
    """The demo's newsroom, with the articles of the bench's site; a reader's connection to it."""
    port = free_port()
    settings = s.settings.replace(public_url=f"http://127.0.0.1:{service_port}")
    with contextlib.closing(s.database()) as database, database.transaction() as session:
        site = sites.site_by_slug(session, "bench")
        secret = sites.add_key(session, site, kind="secret", name="newsroom", actor=seed.ACTOR)
    credentials = DemoCredentials("", None, "", secret, f"http://127.0.0.1:{port}", "")
    told = replace(newsroom.subscription(settings, credentials, port=port, folder=s.folder), site="bench")
    file = s.folder / "newsroom.json"
    file.write_text(told.text(), encoding="utf-8")
    command = [sys.executable, "-m", "moderation_service.demo.paper", str(file)]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    with serving_at(s, "newsroom", command, settings, port), contextlib.closing(connection):
        yield connection


def _external_id(s: Stand, case_id: int) -> str:
    query = "SELECT external_id FROM cases JOIN articles ON articles.id = article_id WHERE cases.id = %s"
    return str(s.admin.execute(query, [case_id]).fetchall()[0][0])


def _status(connection: http.client.HTTPConnection, path: str) -> int:
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status
