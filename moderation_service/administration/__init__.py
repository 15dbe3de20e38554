"""What admins do with sites, keys, people and policies, a step per function; each with those of his own sites.

Nobody may hand out more than he has: a role takes an admin of the place where it is to hold, and an account, which is
one for all places, an admin of each of them. An operator, who has the command line, calls the rooms' verbs himself.
"""

from moderation_service.administration.people import (
    colleague,
    dispensable,
    grant_role,
    hire,
    own_account,
    roles_seen,
    take_role,
)
from moderation_service.administration.policies import own_policy, policy_place, set_policy, write_policy
from moderation_service.administration.sites import add_site, change_site, own_key, own_site
from moderation_service.administration.webhooks import change_endpoint, own_endpoint

__all__ = [
    "add_site",
    "change_endpoint",
    "change_site",
    "colleague",
    "dispensable",
    "grant_role",
    "hire",
    "own_account",
    "own_endpoint",
    "own_key",
    "own_policy",
    "own_site",
    "policy_place",
    "roles_seen",
    "set_policy",
    "take_role",
    "write_policy",
]
