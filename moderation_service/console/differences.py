"""What differs between two texts, word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

# Two texts of more words are shown one after the other: comparing them takes time that grows with the square.
COMPARED_MOST = 600


def runs(old: str, new: str) -> Iterator[tuple[str, str]]:
    """The runs of words that lead from one text to the other, each same, removed or added."""
    was, is_now = (re.findall(r"\s+|\S+", text) for text in (old, new))
    if max(len(was), len(is_now)) > COMPARED_MOST:
        yield from (run for run in (("removed", old), ("added", new)) if run[1])
        return
    for kind, a, b, c, d in SequenceMatcher(None, was, is_now, autojunk=False).get_opcodes():
        removed, added = "".join(was[a:b]), "".join(is_now[c:d])
        if kind == "equal":
            yield "same", added
        else:
            yield from (run for run in (("removed", removed), ("added", added)) if run[1])
