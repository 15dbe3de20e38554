"""The README's tour, word for word, against the running service."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.demo import newsroom
from moderation_service.triage.rules.install import install_starter
from tests.live import Service, service

ROOT = Path(__file__).parent.parent.parent
BLOCK = re.compile(r"```(sh|text)\n(.*?)```", re.DOTALL)
ADDRESS = "http://127.0.0.1:8000"
SEPARATOR = "=== end of a block ==="


def tour() -> list[tuple[str, str]]:
    """Each block of commands, and the output that the README shows for it."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.partition("## The tour")[2].partition("\n## ")[0]
    blocks = [*BLOCK.findall(section), ("sh", "")]
    return [
        (text, after if kind == "text" else "")
        for (language, text), (kind, after) in itertools.pairwise(blocks)
        if language == "sh" and text
    ]


def shows(expected: str, printed: str) -> bool:
    """Whether what was printed is what the README shows, an ellipsis there standing for anything."""
    pattern = ".*".join(re.escape(piece.strip()) for piece in re.split("…|\n", expected.strip()))
    return re.search(pattern, re.sub(r"[ \t]+", " ", printed), re.DOTALL) is not None


@pytest.fixture
def live(settings: Settings, tmp_path: Path) -> Iterator[Service]:
    """A service of its own: in the tour, the queue is a newcomer's."""
    with contextlib.closing(Database(settings, pool_size=1)) as database, database.transaction() as session:
        install_starter(session, author="test")
    with service(settings, tmp_path) as live:
        live.start_worker()
        live.start_api()
        yield live


def test_tour_prints_what_the_readme_shows(live: Service) -> None:
    newsroom.load(live.settings, origin=live.address)
    blocks = tour()
    script = f"\necho '{SEPARATOR}'\n".join(commands for commands, _ in blocks)
    # The README's pauses are for a machine that does nothing else.
    script = script.replace(ADDRESS, live.address).replace("sleep 2", f"{sys.executable} -m tests.stories.quiet")
    environment = {
        **os.environ,
        **live.settings.as_env(),
        # The first block puts the checkout's own environment before these.
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    run = subprocess.run(
        ["bash", "-e"],
        input=script,
        capture_output=True,
        text=True,
        env=environment,
        cwd=ROOT,
        timeout=240,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    for (commands, expected), printed in zip(blocks, run.stdout.split(SEPARATOR), strict=True):
        squeezed = re.sub(r"[ \t]+", " ", expected)
        assert shows(squeezed, printed), f"{commands}\nprinted\n{printed}\nand the README shows\n{expected}"
