"""The README's commands, typed as they stand there, and what it shows for them."""

from __future__ import annotations

import itertools
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from moderation_service.config import Settings

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"```(sh|text)\n(.*?)```", re.DOTALL)
ADDRESS = "http://127.0.0.1:8000"  # where the README has the service
END = "=== end of a block ==="


def blocks(heading: str) -> list[tuple[str, str]]:
    """Each block of commands under a heading, and the output that the README shows for it."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition(f"\n{heading}")[2]
    marks = heading.split(maxsplit=1)[0]
    if marks == "###":
        section = section.partition("\n### ")[0]
    found = [*BLOCK.findall(section.partition("\n## ")[0]), ("sh", "")]
    return [
        (text, after if kind == "text" else "")
        for (language, text), (kind, after) in itertools.pairwise(found)
        if language == "sh" and text
    ]


def shows(expected: str, printed: str) -> bool:
    """Whether what was printed is what the README shows, an ellipsis there standing for anything."""
    wanted, given = (re.sub(r"[ \t]+", " ", text) for text in (expected, printed))
    pattern = ".*".join(re.escape(piece.strip()) for piece in re.split("…|\n", wanted.strip()))
    return re.search(pattern, given, re.DOTALL) is not None


class Terminal:
    """A shell into which a reader types one block after the other; `instead` are words that differ here."""

    def __init__(self, shell: subprocess.Popen[str], instead: Mapping[str, str]) -> None:
        self._shell = shell
        # The README's pauses are for a machine that does nothing else.
        self._instead = {**instead, "sleep 2": f"{sys.executable} -m tests.stories.quiet"}

    def type(self, commands: str, expected: str) -> None:
        """Type a block, wait for its end, and hold what it printed against what the README shows."""
        there = self._here(commands)
        assert self._shell.stdin is not None
        with suppress(BrokenPipeError):
            self._shell.stdin.write(f"{there}\necho '{END}'\n")
            self._shell.stdin.flush()
        printed, ended = self._printed()
        assert ended, f"{there}\nfailed, and printed\n{printed}"
        assert shows(self._here(expected), printed), f"{there}\nprinted\n{printed}\nand the README shows\n{expected}"

    def _here(self, text: str) -> str:
        # All at once: what stands here in place of one may look like another.
        return re.sub("|".join(map(re.escape, self._instead)), lambda found: self._instead[found[0]], text)

    def _printed(self) -> tuple[str, bool]:
        assert self._shell.stdout is not None
        lines: list[str] = []
        for line in self._shell.stdout:
            if line.strip() == END:
                return "".join(lines), True
            lines.append(line)
        return "".join(lines), False


@contextmanager
def terminal(settings: Settings, instead: Mapping[str, str], *, seconds: float) -> Iterator[Terminal]:
    """A terminal for so long at most; at the end, whatever was started in it is stopped."""
    environment = {
        **os.environ,
        **settings.as_env(),
        # The first block puts the checkout's own environment before these.
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    shell = subprocess.Popen(
        ["bash", "-e"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        cwd=ROOT,
        start_new_session=True,
    )

    def end() -> None:
        with suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        with shell:
            yield Terminal(shell, instead)
            end()
    finally:
        timer.cancel()
        end()
