"""Programs are kept alive, told to stop in order, and heard."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import click
import pytest

from moderation_service.children import Program
from moderation_service.supervisor import Supervisor

# A supervisor of two programs that print a word when they start and one when they are told to stop.
DRIVER = """
import sys
from moderation_service.children import Program
from moderation_service.supervisor import Supervisor

SPEAKER = '''
import signal, sys, time
def bye(*_):
    print("bye", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if "deaf" in sys.argv else bye)
print("hello", flush=True)
time.sleep(60)
'''
with Supervisor(grace=float(sys.argv[1])) as supervisor:
    for name in sys.argv[2:]:
        supervisor.start(Program(name=name, command=[sys.executable, "-c", SPEAKER, name]))
    supervisor.keep()
print("clean", flush=True)
"""


def python(code: str) -> Program:
    return Program(name="one", command=[sys.executable, "-c", code])


@pytest.fixture
def driver() -> Iterator[list[subprocess.Popen[str]]]:
    """Drivers that a test has started, killed at its end."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def drive(started: list[subprocess.Popen[str]], grace: float, *names: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", DRIVER, str(grace), *names]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    started.append(process)
    assert process.stdout is not None
    for _ in names:
        assert "hello" in process.stdout.readline()
    return process


def lines_of(process: subprocess.Popen[str]) -> list[str]:
    return [" ".join(line.split()) for line in process.communicate(timeout=10)[0].splitlines()]


def until(said: list[str], word: str, supervisor: Supervisor) -> None:
    """Let a supervisor work until it has said a word."""
    deadline = time.monotonic() + 10
    while not any(word in line for line in said):
        assert time.monotonic() < deadline, said
        supervisor.tick()


def test_a_signal_stops_the_last_started_first_and_ends_cleanly(driver: list[subprocess.Popen[str]]) -> None:
    process = drive(driver, 10, "first", "second")
    process.send_signal(signal.SIGINT)
    assert [line for line in lines_of(process) if "bye" in line or line == "clean"] == [
        "second bye",
        "first bye",
        "clean",
    ]
    assert process.returncode == 0


def test_a_program_that_does_not_stop_is_killed_after_the_grace(driver: list[subprocess.Popen[str]]) -> None:
    process = drive(driver, 0.3, "deaf")
    process.send_signal(signal.SIGTERM)
    assert "deaf does not stop: killed" in lines_of(process)
    assert process.returncode == 0


def test_a_second_signal_does_not_wait_for_the_grace(driver: list[subprocess.Popen[str]]) -> None:
    process = drive(driver, 60, "deaf")
    process.send_signal(signal.SIGINT)
    time.sleep(1.2)
    process.send_signal(signal.SIGINT)
    assert "deaf does not stop: killed" in lines_of(process)


def test_two_signals_at_once_are_one(driver: list[subprocess.Popen[str]]) -> None:
    process = drive(driver, 0.6, "deaf")
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    lines_of(process)
    assert time.monotonic() - started >= 0.6


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_programs_die_with_a_killed_supervisor(driver: list[subprocess.Popen[str]]) -> None:
    process = drive(driver, 10, "first")
    process.kill()
    # The pipe ends when the last process that holds it has ended.
    assert process.communicate(timeout=10)[0] is not None


def test_a_crashed_program_is_started_again() -> None:
    said: list[str] = []
    with Supervisor(write=said.append) as supervisor:
        supervisor.start(python("import time; print('up', flush=True); time.sleep(0.2); raise SystemExit(3)"))
        until(said, "ended with code 3; starting it again in 0.5 s", supervisor)
        said.clear()
        until(said, "up", supervisor)


def test_the_pause_doubles_with_each_crash() -> None:
    said: list[str] = []
    with Supervisor(write=said.append) as supervisor:
        supervisor.start(python("import time; time.sleep(0.2)"))
        until(said, "again in 0.5 s", supervisor)
        until(said, "again in 1 s", supervisor)


def test_output_carries_the_program_s_name_even_without_a_last_newline() -> None:
    said: list[str] = []
    with Supervisor(write=said.append) as supervisor:
        supervisor.start(python("import time; print('a\\nb', end='', flush=True); time.sleep(0.3)"))
        until(said, "ended", supervisor)
    assert [click.unstyle(line).split() for line in said[:2]] == [["one", "a"], ["one", "b"]]
