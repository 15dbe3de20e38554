"""From the answer "accepted" to the flag's place in the queue, at a steady 500 flags a second."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from benchmarks import load, seed
from benchmarks.flagging import readers, until_triaged
from benchmarks.progress import Progress
from benchmarks.report import Number
from benchmarks.stand import Stand, serving, stand, working
from benchmarks.statistic import percentile

RATE = 500.0
SECONDS = 20.0
QUICK_SECONDS = 4.0

# A flag's row was last written by the transaction that put it into its case.
WAITED = """
SELECT extract(epoch FROM pg_xact_commit_timestamp(flags.xmin)) - answered.at
FROM answered JOIN flags ON flags.receipt = answered.receipt::uuid WHERE flags.case_id IS NOT NULL
"""


def measure(progress: Progress, *, quick: bool) -> Iterator[Number]:
    """Time in the queue's antechamber, and the answers' own latency, with a real worker."""
    seconds = QUICK_SECONDS if quick else SECONDS
    with stand({"track_commit_timestamp": "on"}) as s:
        room = seed.newsroom(s)
        with serving(s, "api", "moderation_service.api.server") as port, working(s):
            flag = readers(port, room, s.pids("api"))
            progress.say("latency: warming up")
            flag(8, 2.0, settle=lambda: until_triaged(s.admin))
            progress.say(f"latency: {RATE:g} flags a second for {seconds:g} s")
            plan = dataclasses.replace(flag.plan(64, seconds), rate=RATE, keep_receipts=True)
            outcome = load.run(plan)
            until_triaged(s.admin)
            waited = _waited(s, outcome)
    assert len(waited) == outcome.accepted, "a flag that was accepted is in no case"
    yield Number(
        name="acknowledged to in the queue, p95",
        value=percentile(waited, 95),
        unit="s",
        at_most=1.0,
        note=f"p50 {percentile(waited, 50):.3f} s, most {max(waited):.3f} s; {outcome.rate:.0f} flags/s offered",
    )
    yield Number(
        name="request to acknowledged at that rate, p95",
        value=percentile(outcome.latencies, 95) * 1000,
        unit="ms",
        note=f"p50 {percentile(outcome.latencies, 50) * 1000:.1f} ms; from when it was due to be sent",
    )


def _waited(s: Stand, outcome: load.Outcome) -> list[float]:
    """Seconds from each answer to the commit of the flag's case; negative ones (triage was quicker) are 0."""
    s.admin.execute("CREATE TEMP TABLE answered (receipt text, at double precision)")
    with s.admin.cursor() as cursor, cursor.copy("COPY answered FROM STDIN") as copy:
        for row in outcome.receipts:
            copy.write_row(row)
    return [max(0.0, float(seconds)) for (seconds,) in s.admin.execute(WAITED)]
