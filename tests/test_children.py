"""A child is started apart from us, waited for, heard and ended with all it started."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from moderation_service.children import Child, NotReadyError, Program
from moderation_service.embedded.left_over import command_line

Start = Callable[..., Child]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a child that runs Python code; killed at the end of the test."""
    children: list[Child] = []

    def run(code: str, **more: Any) -> Child:
        child = Child(Program(name="one", command=[sys.executable, "-c", code], **more))
        child.start()
        children.append(child)
        return child

    yield run
    for child in children:
        child.kill()


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def first_line(child: Child) -> str:
    wait_for(child.read_lines)
    return child.last_lines().splitlines()[0]


def test_one_that_ends_before_it_is_ready_is_reported_with_its_last_lines(start: Start) -> None:
    child = start("import sys; print('no such table'); sys.exit(4)", ready=lambda: False)
    with pytest.raises(NotReadyError, match=r"(?s)one ended with code 4 before it was ready.*no such table"):
        wait_for(child.is_ready)


def test_one_that_is_never_ready_is_reported_after_its_time(start: Start) -> None:
    child = start("import time; time.sleep(60)", ready=lambda: False, ready_seconds=0.1)
    with pytest.raises(NotReadyError, match=r"not ready within 0\.1 s"):
        wait_for(child.is_ready)


def test_it_is_ready_when_its_check_says_so(start: Start) -> None:
    answers = iter([False, True])
    child = start("import time; time.sleep(60)", ready=lambda: next(answers))
    assert [child.is_ready(), child.is_ready()] == [False, True]


def test_the_terminal_s_signals_do_not_reach_it(start: Start) -> None:
    child = start("import time; time.sleep(60)")
    assert os.getpgid(child.pid) != os.getpgid(0)


def test_it_gets_our_environment_and_its_own(start: Start) -> None:
    child = start("import os; print(os.environ['PATH'] != '', os.environ['COLOUR'])", env={"COLOUR": "blue"})
    assert first_line(child) == "True blue"


def test_a_log_takes_the_output_and_only_we_may_read_it(start: Start, tmp_path: Path) -> None:
    child = start("print('written')", log=tmp_path / "log")
    wait_for(lambda: child.returncode is not None)
    assert child.last_lines() == "written"
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_stopping_wakes_one_that_is_paused(start: Start) -> None:
    child = start("import time; time.sleep(60)")
    child.process.send_signal(signal.SIGSTOP)
    child.stop(10.0)
    assert child.returncode == -signal.SIGTERM


def test_killing_ends_what_it_started_too(start: Start) -> None:
    child = start("import os, time; pid = os.fork(); pid and print(pid, flush=True); time.sleep(60)")
    grandchild = int(first_line(child))
    child.process.terminate()
    wait_for(lambda: child.returncode is not None)
    assert command_line(grandchild)
    child.kill()
    wait_for(lambda: not command_line(grandchild))
