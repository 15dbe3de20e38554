"""A worker that kills itself once, at a named point: `python -m tests.faults.dying_worker POINT MARKER`.

The file MARKER is made at the moment of death; where it is there already, the worker lives on.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import workers.enforcement
import workers.notifications
import workers.triage
from moderation_service import pipeline, sending
from moderation_service.enforcement.stores.builtin import BuiltinStore
from workers.app import app, settings, worker_command

Wrap = Callable[[Callable[..., Any], Callable[[], None]], Callable[..., Any]]


def before(function: Callable[..., Any], die: Callable[[], None]) -> Callable[..., Any]:
    """Death comes before the call."""

    @wraps(function)
    def wrapped(*args: Any, **options: Any) -> Any:
        die()
        return function(*args, **options)

    return wrapped


def after(function: Callable[..., Any], die: Callable[[], None]) -> Callable[..., Any]:
    """Death comes after the call, before its caller hears of it."""

    @wraps(function)
    def wrapped(*args: Any, **options: Any) -> Any:
        answer = function(*args, **options)
        if answer is not False:  # an enforcement that found nothing due confirmed nothing
            die()
        return answer

    return wrapped


# Where to die: the function's owner, its name, and on which side of it.
POINTS: dict[str, tuple[Any, str, Wrap]] = {
    "after the claim is committed": (pipeline, "carry_out", before),
    "before the store call": (BuiltinStore, "apply", before),
    "after the store call": (BuiltinStore, "apply", after),
    "after confirm": (workers.enforcement, "carry_out_one", after),
    "after events are relayed, before the commit": (sending, "relay_events", after),
    "after the notice is leased": (sending, "deliver", before),
    "after the notice is sent": (sending, "deliver", after),
    "after the notice is settled": (workers.notifications, "deliver_one", after),
    "in the middle of triage": (pipeline, "apply_rules", before),
    "after triage, before its commit": (pipeline, "triage", after),
}


def main() -> None:
    """Run the worker that will die."""
    point, marker = sys.argv[1], Path(sys.argv[2])

    def die() -> None:
        try:
            marker.touch(exist_ok=False)
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    owner, name, wrap = POINTS[point]
    setattr(owner, name, wrap(getattr(owner, name), die))
    command = worker_command(settings)
    app.worker_main(command[command.index("worker") :])


if __name__ == "__main__":
    main()
