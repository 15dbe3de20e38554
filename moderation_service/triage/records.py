"""Readers' records, counted anew from their voices, and changed by a person's word."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

COUNT_ANEW = text("""
UPDATE reporters SET upheld = counted.upheld, rejected = counted.rejected, pending = counted.pending
FROM (
    SELECT known.reporter, count(*) FILTER (WHERE standing = 'upheld') AS upheld,
           count(*) FILTER (WHERE standing = 'rejected') AS rejected,
           count(*) FILTER (WHERE standing = 'pending') AS pending
    FROM reporters AS known LEFT JOIN voices ON voices.reporter = known.reporter
    WHERE known.site_id = :site GROUP BY known.reporter
) AS counted
WHERE reporters.reporter = counted.reporter
  AND (reporters.upheld, reporters.rejected, reporters.pending)
      IS DISTINCT FROM (counted.upheld, counted.rejected, counted.pending)
""")


def count_anew(session: Session, site_id: int) -> None:
    """Bring the counters of a site's readers to what their voices add up to."""
    session.execute(text("SET LOCAL statement_timeout = 0"))
    session.execute(COUNT_ANEW, {"site": site_id})
