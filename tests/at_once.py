"""Many threads that do one thing at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Argument = TypeVar("Argument")
Answer = TypeVar("Answer")

LONGEST = 20  # seconds; a test that hangs says so instead


def at_once(function: Callable[[Argument], Answer], arguments: Sequence[Argument]) -> list[Answer | Exception]:
    """Call `function` with each argument, all from threads of their own and all at once; what each call came to."""
    start = threading.Barrier(len(arguments), timeout=LONGEST)

    def call(argument: Argument) -> Answer | Exception:
        start.wait()
        try:
            return function(argument)
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(call, arguments, timeout=LONGEST))
