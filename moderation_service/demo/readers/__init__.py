"""Readers of the demo's newspaper, played: what they open, what they flag, and what the service makes of it.

    world, seed ──▶ plan ──▶ player ──▶ doors ──▶ newsroom (views), service (flags)
                                │         │
                              tally ◀─────┘          watch ◀── service (queue, articles)
                                └──▶ picture ◀─────────┘

Over HTTP alone: as browsers do, with the publishable key and the newsroom's origin; as the site asks for its articles;
and as the demo's moderator looks at the queue. What is known of the truth stays here.
"""

from moderation_service.demo.readers.access import Access, NoDemoError
from moderation_service.demo.readers.show import Wish, show

__all__ = ["Access", "NoDemoError", "Wish", "show"]
