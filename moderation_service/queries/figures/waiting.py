"""How long the cases have been open that nobody has decided yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

HOUR, DAY = 3_600, 86_400
# Where each band of ages begins, in seconds; the last has no end.
AGES = (0, HOUR, 4 * HOUR, DAY, 3 * DAY, 7 * DAY, 28 * DAY)

_AGES = text("""
SELECT width_bucket(extract(epoch FROM now() - opened_at)::float, CAST(:ages AS float[])) AS band, count(*) AS cases,
       count(*) FILTER (WHERE deadline_at < now()) AS overdue
FROM cases WHERE state = 'open' AND site_id = ANY (:sites) GROUP BY band
""")


def open_by_age(session: Session, sites: Sequence[int]) -> list[dict[str, Any]]:
    """Open `cases` now by band of age, and those of them that are `overdue`.

    `age` begins a band, `until` ends it, in seconds; the last has no end.
    """
    rows = session.execute(_AGES, {"ages": list(AGES), "sites": list(sites)})
    # Opened by a clock that runs ahead of this one is not younger than new.
    found = {max(row.band, 1): row for row in rows}
    return [
        {
            "age": age,
            "until": until,
            "cases": found[band].cases if band in found else 0,
            "overdue": found[band].overdue if band in found else 0,
        }
        for band, (age, until) in enumerate(zip(AGES, (*AGES[1:], None), strict=True), start=1)
    ]
