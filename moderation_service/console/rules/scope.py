"""Whose rule an address means: that of a site, or without one, the one for all sites."""

from __future__ import annotations

from moderation_service.console.desk.asked import plain


def of_site() -> str | None:
    """The slug of the site whose rule is meant; None for all sites.

    Raises:
        Invalid: it is no text we keep.
    """
    return plain("site", longest=63) or None
