"""Whether the page loads the script, this service's, in a form that browsers take."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from urllib.parse import urlsplit

from moderation_service.inspection.finding import Finding, good, hint, wrong
from moderation_service.inspection.page import Attributes
from moderation_service.inspection.seen import SCRIPT_PATH, Seen, Tries
from moderation_service.widget import script, snippet

ABOUT = "script"
RUNS = {"", "module", "text/javascript", "application/javascript"}
# From weak to strong; of several, browsers look at the strongest alone (W3C SRI, section 3.3.4).
STRENGTH = ("sha256", "sha384", "sha512")
SWAP = "Put the tag of now into your pages: "


def findings(seen: Seen) -> Iterator[Finding]:
    """About the first tag; that there are more, or none."""
    if not seen.named.scripts:
        remedy = f"Put this into the page's head, with your key:\n{snippet.head(seen.service)}"
        yield wrong(ABOUT, "The page does not load the script", remedy)
        return
    if len(seen.named.scripts) > 1:
        yield hint(ABOUT, "The page loads the script more than once", "One tag is enough; the first one counts.")
    tag = seen.named.scripts[0]
    src = seen.page.address(tag["src"])
    if not src.startswith(f"{seen.service}/"):
        words = f"The script comes from {src}, and this service is {seen.service} (its PUBLIC_URL)"
        yield wrong(ABOUT, words, _swap(seen))
    else:
        yield from _of_this_service(seen, tag, src)
    yield from _manner(tag)


def _of_this_service(seen: Seen, tag: Attributes, src: str) -> Iterator[Finding]:
    path = SCRIPT_PATH.fullmatch(urlsplit(src).path.removeprefix(urlsplit(seen.service).path))
    served = _served(seen.tries)
    if path is None:
        yield wrong(ABOUT, f"There is no script at {src}", _swap(seen))
    elif isinstance(served, str):
        yield wrong(
            ABOUT, f"The script cannot be loaded: {served}", f"Open {src} in a browser, and mend what is in its way."
        )
    elif served != script.content():
        words = f"What {src} answers is not the script of this service"
        remedy = "A proxy has to pass it on as it is; and this command has to be of the same version as the service."
        yield wrong(ABOUT, words, remedy)
    else:
        yield from _version(seen, path["digest"], tag)


def _served(tries: Tries) -> bytes | str:
    """The script as it came; in words why it did not."""
    answer = tries.script
    if answer is None or isinstance(answer, str):
        return answer or "it was not asked for"
    return answer.body if answer.status == 200 else f"the service answers {answer.status}"


def _version(seen: Seen, digest: str | None, tag: Attributes) -> Iterator[Finding]:
    checked = _strongest(tag.get("integrity", ""))
    if checked and not _fits(checked):
        older = "the address and the integrity are" if digest not in {None, script.digest()} else "the integrity is"
        words = f"Browsers refuse the script: {older} of another version of it"
        yield wrong(ABOUT, words, _swap(seen))
    elif checked and "crossorigin" not in tag:
        words = "Browsers refuse the script: with integrity they also need crossorigin"
        yield wrong(ABOUT, words, 'Write crossorigin="anonymous" into the tag.')
    elif tag.get("integrity") and not checked:
        yield hint(ABOUT, "The integrity is written in a way that browsers do not look at", _swap(seen))
    elif digest is None and checked:
        words = "The page asks for the newest script, and takes no other than that of now: the next upgrade breaks it"
        yield hint(ABOUT, words, f"{_swap(seen)}\nOr leave integrity out.")
    elif digest not in {None, script.digest()}:
        yield hint(ABOUT, "The address is that of another version; the script of now is answered there", _swap(seen))
    elif digest is not None and not checked:
        yield hint(
            ABOUT, "Nothing makes sure that browsers get this very script", f"Use its integrity: {script.integrity()}"
        )
    else:
        yield good(ABOUT, "The script of this service is there" + (", and its integrity is right" if checked else ""))


def _manner(tag: Attributes) -> Iterator[Finding]:
    kind = tag.get("type", "").strip().lower()
    if kind not in RUNS:
        words = f'Browsers do not run the script: its type is "{kind}"'
        yield wrong(ABOUT, words, "Leave type out. Where a tool for consents has set it: the README says what is kept.")
    if tag.get("crossorigin", "").lower() == "use-credentials":
        words = 'Browsers refuse the script: crossorigin is "use-credentials"'
        yield wrong(ABOUT, words, 'Write crossorigin="anonymous".')
    if not {"async", "defer"} & tag.keys() and kind != "module":
        yield hint(ABOUT, "The page waits for the script before it shows more", "Write async into the tag.")


def _strongest(integrity: str) -> list[tuple[str, str]]:
    """The hashes that browsers compare: those of the strongest algorithm they know."""
    known = [
        (name, digest) for name, _, digest in (token.partition("-") for token in integrity.split()) if name in STRENGTH
    ]
    best = max((STRENGTH.index(name) for name, _ in known), default=-1)
    return [(name, digest.partition("?")[0]) for name, digest in known if STRENGTH.index(name) == best]


def _fits(hashes: list[tuple[str, str]]) -> bool:
    return any(
        digest == base64.b64encode(hashlib.new(name, script.content()).digest()).decode() for name, digest in hashes
    )


def _swap(seen: Seen) -> str:
    key = next((key for key in seen.named.keys if key.startswith("pk_")), snippet.KEY)
    return f"{SWAP}\n{snippet.head(seen.service, key)}"
