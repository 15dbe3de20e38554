"""The kill switch: while automatic actions are off, on a site or everywhere, rules only record what they would do."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.triage.models import AutomationSwitch


def switch_off(session: Session, site_id: int | None, *, author: str, because: str) -> AutomationSwitch:
    """Stop all automatic actions on a site, or (None) everywhere, from the next batch of flags on."""
    return _turn(session, site_id, off=True, author=author, because=because)


def switch_on(session: Session, site_id: int | None, *, author: str, because: str) -> AutomationSwitch:
    """Let rules act again; a site stays off as long as either its own switch or the one for all sites is."""
    return _turn(session, site_id, off=False, author=author, because=because)


def switched_off(session: Session, site_ids: Collection[int]) -> frozenset[int]:
    """Those of these sites on which nothing may act automatically now."""
    off = select(AutomationSwitch.site_id).where(
        AutomationSwitch.off, or_(AutomationSwitch.site_id.is_(None), AutomationSwitch.site_id.in_(site_ids))
    )
    found = frozenset(session.scalars(off))
    return frozenset(site_ids) if None in found else frozenset(site_id for site_id in site_ids if site_id in found)


def switches(session: Session, *, sites: Collection[int] | None = None) -> Sequence[AutomationSwitch]:
    """The switches that were ever turned: the one for all sites first, then those of these sites, or (None) of any."""
    wanted = select(AutomationSwitch).order_by(AutomationSwitch.site_id.nulls_first())
    if sites is not None:
        wanted = wanted.where(or_(AutomationSwitch.site_id.is_(None), AutomationSwitch.site_id.in_(sites)))
    return session.scalars(wanted, execution_options={"populate_existing": True}).all()


def _turn(session: Session, site_id: int | None, *, off: bool, author: str, because: str) -> AutomationSwitch:
    said = {"off": off, "author": author, "because": because}
    turned = (
        insert(AutomationSwitch)
        .values(site_id=site_id, **said)
        .on_conflict_do_update(index_elements=["site_id"], set_=said | {"changed_at": func.now()})
        .returning(AutomationSwitch)
    )
    switch = session.scalars(turned, execution_options={"populate_existing": True}).one()
    audit.append(
        session,
        actor=author,
        action="automation.switched_off" if off else "automation.switched_on",
        subject="automation:all" if site_id is None else f"automation:{site_id}",
        site_id=site_id,
        after=said,
        detail={"off": off},
    )
    return switch
