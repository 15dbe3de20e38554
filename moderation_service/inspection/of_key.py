"""Whether the keys on the page are good ones, and none that must not be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moderation_service.inspection.finding import Finding, good, hint, wrong
from moderation_service.inspection.page import Page
from moderation_service.inspection.seen import Seen
from moderation_service.queries import PageKey
from moderation_service.sites.secrets import PREFIXES

ABOUT = "key"
PUBLISHABLE = PREFIXES["publishable"]
SECRETS = tuple(prefix for prefix in PREFIXES.values() if prefix != PUBLISHABLE)
# Our own, as `secrets.new_secret` makes them; those of others begin alike, and are no business of ours.
LEAK = re.compile(rf"\b(?:{'|'.join(SECRETS)})[A-Za-z0-9_-]{{43}}(?![A-Za-z0-9_-])")


def leaks_in(page: Page) -> list[str]:
    """What looks like a secret of ours, wherever on the page it stands."""
    return list(dict.fromkeys(LEAK.findall(page.html)))


def findings(seen: Seen) -> Iterator[Finding]:
    """Secrets first; then each key of the script and of the buttons."""
    shown = dict.fromkeys([*leaks_in(seen.page), *(key for key in seen.named.keys if key.startswith(SECRETS))])
    for secret in shown:
        yield from _leak(seen, secret)
    for key in seen.named.keys:
        if key not in shown:
            yield from _publishable(seen, key)
    if seen.named.scripts and not seen.named.keys:
        words = "The script has no key, and no button works without one"
        yield wrong(ABOUT, words, f"It goes into data-key. A new one:{_another(seen)}")


def _leak(seen: Seen, secret: str) -> Iterator[Finding]:
    key = seen.known.keys.get(secret)
    if key is not None:
        words = f"A SECRET key of {key.site} stands on the page ({_hint(secret)}): whoever reads it acts as your server"
        if key.ended:
            yield hint(ABOUT, f"{words}. It has ended already", "Take it out of the page.")
        else:
            remedy = f"End it at once:\nmoderation-service sites revoke-key {key.id}\nThe page needs a publishable one:"
            yield wrong(ABOUT, words, f"{remedy}{_another(seen)}")
    elif secret in seen.named.keys:
        words = f"The key is no publishable one: {_hint(secret)}"
        yield wrong(ABOUT, words, f"If it is yours, end it at once. The page needs a publishable one:{_another(seen)}")


def _publishable(seen: Seen, secret: str) -> Iterator[Finding]:
    key = seen.known.keys.get(secret)
    if "…" in secret or secret == PUBLISHABLE:
        words = f"In place of a key stands {secret}"
        yield wrong(ABOUT, words, f"Put the whole key there. A new one:{_another(seen)}")
    elif key is None:
        words = f"The key {_hint(secret)} is not known to this service"
        yield wrong(ABOUT, words, f"It may have lost a letter, or be of another service. A new one:{_another(seen)}")
    elif key.ended:
        yield wrong(ABOUT, f"The key {_hint(secret)} has ended on {_day(key)}", f"A new one:{_another(seen)}")
    elif key.site != seen.known.site:
        words = f"The key {_hint(secret)} is one of {key.site}, and this page is of {seen.known.site}"
        yield wrong(ABOUT, words, f"Take a key of {seen.known.site}:{_another(seen)}")
    elif key.expires_at is not None:
        words = f"The key {_hint(secret)} ends on {_day(key)}"
        yield hint(ABOUT, words, "Put its successor into the page before.")
    else:
        yield good(ABOUT, f"The key {_hint(secret)} is a publishable one of {key.site}")


def _another(seen: Seen) -> str:
    """The command that makes a key, on a line of its own: it is to be copied."""
    return f"\nmoderation-service sites add-key {seen.known.site or 'SLUG'} --kind publishable"


def _hint(secret: str) -> str:
    """As lists show a key: enough to find it, not enough to use it."""
    return secret if len(secret) < 12 else f"{secret[:3]}…{secret[-4:]}"


def _day(key: PageKey) -> str:
    return f"{key.expires_at:%Y-%m-%d %H:%M %Z}"
