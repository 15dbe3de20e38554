"""Pages looked at: by axe-core for barriers, for their width, and by a person, through screenshots."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page

AXE = Path(__file__).parent / "vendor/axe-core/axe.min.js"
# Ignored by git.
SCREENSHOTS = Path(__file__).parent / "screenshots"
# They are for people: where nobody will look, `PICTURES=0` saves a third of a second for each.
WITH_PICTURES = os.environ.get("PICTURES") != "0"
# Level A and AA of WCAG 2.0, 2.1 and 2.2, as axe-core names its rules.
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
GRAVE = {"serious", "critical"}
WIDE, NARROW = 1400, 360
# What a page's scripts do once its size has changed is done before the second frame from here.
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def barriers(page: Page) -> list[str]:
    """What axe-core holds to be serious or critical on a page as it now looks: rule, element, and why."""
    if page.evaluate("typeof axe") == "undefined":
        # Not a script of the page, so that the page's policy has no say.
        page.evaluate(AXE.read_text())
    options = {"runOnly": LEVELS, "resultTypes": ["violations"]}
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{rule['id']} at {node['target']}: {node['failureSummary']}"
        for rule in found["violations"]
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]


def overhang(page: Page) -> int:
    """How many pixels of a page lie to the right of its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def too_wide(page: Page) -> list[str]:
    """The elements that reach beyond the window's right edge and do not scroll by themselves."""
    found: list[str] = page.evaluate(
        """() => [...document.body.querySelectorAll("*")]
            .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
            .map(e => `${e.tagName.toLowerCase()}.${e.className}`).slice(0, 8)"""
    )
    return found


def looks(page: Page, name: str) -> Iterator[str]:
    """Shows a page in each theme and width, takes its picture, and yields what the look is called."""
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            look = f"{name}-{theme}-{'wide' if width == WIDE else 'narrow'}"
            page.evaluate(DRAWN)
            if WITH_PICTURES:
                SCREENSHOTS.mkdir(exist_ok=True)
                page.screenshot(path=SCREENSHOTS / f"{look}.png", full_page=True)
            yield look


def looked_at(page: Page, name: str) -> None:
    """Look at a page in every look: it has no barriers and needs no scrolling sideways.

    Barriers are looked for once in each theme and once in each width, which is where they differ.

    Raises:
        AssertionError: with what was found, by look.
    """
    found = {}
    for look in looks(page, name):
        wrong = barriers(page) if look.endswith(("light-wide", "dark-narrow")) else []
        if overhang(page) > 0:
            wrong.append(f"{overhang(page)} px too wide: {too_wide(page)}")
        if wrong:
            found[look] = wrong
    assert found == {}, "\n".join(f"{look}: {line}" for look, lines in found.items() for line in lines)
