"""Every room's tables, so that one `metadata` knows them all."""

from moderation_service.articles import models as articles
from moderation_service.audit import models as audit
from moderation_service.cases import models as cases
from moderation_service.db import Base
from moderation_service.decisions import models as decisions
from moderation_service.doors import models as doors
from moderation_service.enforcement import models as enforcement
from moderation_service.intake import models as intake
from moderation_service.notifications import models as notifications
from moderation_service.policy import models as policy
from moderation_service.sites import models as sites
from moderation_service.triage import models as triage

ROOMS = (policy, audit, sites, articles, intake, doors, triage, cases, decisions, enforcement, notifications)
metadata = Base.metadata
