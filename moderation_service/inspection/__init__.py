"""Whether a page of a site has the button as it should: what is missing or wrong, in words, and what to do.

`visit` goes to the page, `named_by` says what it names, `queries.embedding` what is known of that, `tried` asks the
service as a browser would; `findings_on` all of it are pure functions, one file for each thing that is looked at.
"""

from moderation_service.inspection.finding import Finding, Level
from moderation_service.inspection.inspecting import findings_on
from moderation_service.inspection.of_key import leaks_in
from moderation_service.inspection.page import Page
from moderation_service.inspection.seen import Named, Seen, Tries, named_by
from moderation_service.inspection.trying import tried
from moderation_service.inspection.visiting import Unseen, visit

__all__ = [
    "Finding",
    "Level",
    "Named",
    "Page",
    "Seen",
    "Tries",
    "Unseen",
    "findings_on",
    "leaks_in",
    "named_by",
    "tried",
    "visit",
]
