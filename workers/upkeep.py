"""What has to be done now and then."""

from __future__ import annotations

from moderation_service import upkeep
from workers.app import app, database, settings


@app.task(name="upkeep.tidy")
def tidy() -> None:
    """Forget what is past its time."""
    with database().transaction() as session:
        upkeep.tidy(session, settings)


@app.task(name="upkeep.hidden")
def hidden() -> None:
    """Look after what is hidden until it is reviewed, and hide what became likely enough for it."""
    with database().transaction() as session:
        upkeep.look_after_hidden(session)
    # Apart from it: what has to be shown again does not wait for this.
    with database().transaction() as session:
        upkeep.hide_what_became_likely(session)


@app.task(name="upkeep.learn_curves")
def learn_curves() -> None:
    """Learn how views go on from what became of earlier articles."""
    with database().transaction() as session:
        upkeep.learn_curves(session)


@app.task(name="upkeep.reconcile")
def reconcile() -> None:
    """Ask the stores whether they still show what was applied."""
    upkeep.reconcile(database().transaction)


@app.task(name="upkeep.deadlines")
def deadlines() -> None:
    """Put cases before others whose deadline has passed."""
    with database().transaction() as session:
        upkeep.press_overdue(session)
