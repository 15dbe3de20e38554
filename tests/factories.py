"""Plain builders of what the tests are about; each makes one ordinary thing, and says what may differ."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation_service import ordering, pipeline
from moderation_service.administration.policies import set_policy
from moderation_service.articles import service as articles
from moderation_service.articles.content import Content, Origin
from moderation_service.articles.models import Article
from moderation_service.cases import claims
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.decisions.models import Decision
from moderation_service.decisions.ruling import Ruling
from moderation_service.intake import record
from moderation_service.intake.models import Flag, UntriagedFlag
from moderation_service.intake.submission import Recorded, Submission, Target, keyed_hash
from moderation_service.notifications import service as notifications
from moderation_service.policy import service as policy
from moderation_service.policy.drafts import Draft, draft_of
from moderation_service.policy.models import PolicyVersion
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.sites import people
from moderation_service.sites import service as sites
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person

ACTOR = "test"
LEASE = timedelta(minutes=10)
SECRET = "s" * 32
# What looks like an address of mail, and is none that every server sends to.
UNMAILABLE = (
    *("ü@x.example", "=?utf-8?q?x?=@x.example", f"{'a' * 75}@x.example", "a..b@x.example", "a@-.example", "a@b"),
    *("a@[127.0.0.1]", "a@127.0.0.1", "a@b_c.example", f"a@{'ü' * 70}.example", "a@ü..example"),
    f"a@{'b.' * 127}example",
)


def make_site(session: Session, slug: str = "courier", **changes: Any) -> Site:
    """A site with one origin."""
    origin = f"https://{slug}.example"
    options: dict[str, Any] = {"name": slug.title(), "url": origin, "origins": [origin], "actor": ACTOR}
    return sites.add_site(session, slug=slug, **(options | changes))


def make_content(*paragraphs: str, **changes: Any) -> Content:
    """Content of two paragraphs and a question, unless told otherwise."""
    fields: dict[str, Any] = {
        "category": "LOCAL",
        "headline": "Ferry returns after the flood",
        "place": "Tidewater",
        "paragraphs": paragraphs or ("The ferry is back.", "Its bell was found in the reeds."),
        "questions": ("Who paid for the repair?",),
    }
    return Content(**(fields | changes))


def make_article(session: Session, site: Site, external_id: str = "ferry", content: Content | None = None) -> Article:
    """An article at its first revision; called again with other content, at the next."""
    url = f"{site.url}/{quote(external_id)}"
    origin = Origin.EDITORIAL
    said = content or make_content()
    return articles.put(session, site.id, external_id, said, url=url, origin=origin, actor=ACTOR).article


def make_moderator(
    session: Session, username: str = "ada", role: Role | None = Role.MODERATOR, site: Site | None = None
) -> Person:
    """A moderator without a password, with a role on one site or (None) on all of them."""
    person = people.add_moderator(session, username=username, display_name=username.title(), password=None, actor=ACTOR)
    if role is not None:
        people.grant_role(session, person, role, site=site, actor=ACTOR)
        session.flush()
    return people.person_by_name(session, username)


def reporter_id(site: Site, name: str) -> bytes:
    """The keyed hash that stands for a reader of a site."""
    return keyed_hash(SECRET, "reporter", str(site.id), name)


def make_submission(
    site: Site, external_id: str | None = "ferry", reporter: str = "reader-1", **changes: Any
) -> Submission:
    """What a reader sends about a whole article: misleading, and no key."""
    fields: dict[str, Any] = {"url": None, "title": None, "revision": None, "target": Target(), "reason": "misleading"}
    fields |= {"site_id": site.id, "external_id": external_id, "reporter": reporter_id(site, reporter)}
    return Submission(**(fields | changes))


def make_flag(
    session: Session, site: Site, external_id: str = "ferry", reporter: str = "reader-1", **changes: Any
) -> Recorded:
    """A recorded flag that waits for triage."""
    return record.record_one(session, make_submission(site, external_id, reporter, **changes))


def flag_of(session: Session, recorded: Recorded) -> Flag:
    """The row of a flag, read anew."""
    query = select(Flag).where(Flag.receipt == recorded.receipt)
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def triaged(session: Session, recorded: Recorded) -> Case:
    """The case that a flag belongs to, once all that waits is triaged."""
    pipeline.triage(session, limit=1000)
    case_id = flag_of(session, recorded).case_id
    assert case_id is not None
    return cases.lock(session, case_id)


def make_case(session: Session, site: Site, external_id: str = "ferry", **changes: Any) -> Case:
    """The case of one flag on an article, which is made where it is not there; `changes` are the flag's."""
    known = select(Article.id).where(Article.site_id == site.id, Article.external_id == external_id)
    if session.scalar(known) is None:
        make_article(session, site, external_id)
    return triaged(session, make_flag(session, site, external_id, **changes))


def make_ruling(case: Case, action: Action = Action.TAKEDOWN, **changes: Any) -> Ruling:
    """A verdict on a case as it is now, and on the first revision of its article."""
    fields: dict[str, Any] = {"action": action, "case_version": case.version, "revision": 1}
    if action is Action.TAKEDOWN:
        fields |= {"clause": "3.2", "ground": "terms"}
    return Ruling(**(fields | changes))


def make_decision(
    session: Session, case: Case, person: Person, action: Action = Action.TAKEDOWN, **changes: Any
) -> Decision:
    """A decision on a case, claimed on the way; `changes` are the ruling's."""
    claims.claim(session, case, person, lease=LEASE)
    decision = pipeline.decide(session, case.id, person, make_ruling(case, action, **changes))
    assert isinstance(decision, Decision)
    return decision


def settle(session: Session) -> None:
    """Judge the readers of all cases that wait for it, in the transaction of the test."""
    ordering.settle_each(lambda: nullcontext(session), most=1000)


def untriaged_count(session: Session) -> int:
    """How many flags wait for triage."""
    return session.execute(select(func.count()).select_from(UntriagedFlag)).scalar_one()


def make_policy(session: Session, site: Site | None = None, **switches: Any) -> PolicyVersion:
    """A site's next policy, or the house's: the clauses in force now, under other switches; draws nothing for QA."""
    site_id = site.id if site else None
    before = policy.in_force(session, site_id)
    plain = Draft(draft_of(before, policy.clauses(session, before)).clauses, False, None, 0.0)
    return policy.write(session, site_id, replace(plain, **switches), began_from=before.id)


def rewrite_clause(
    session: Session, site: Site, code: str, *, gone: bool = False, actor: str = ACTOR, **changes: Any
) -> PolicyVersion:
    """A site's next policy: as the one in force, but for a clause that is gone, or says something else."""
    before = policy.in_force(session, site.id)
    draft = draft_of(before, policy.clauses(session, before))
    clauses = [replace(c, **changes) if c.code == code else c for c in draft.clauses if not gone or c.code != code]
    return set_policy(session, site.id, replace(draft, clauses=tuple(clauses)), began_from=before.id, actor=actor)


def make_notice(session: Session, site_id: int, key: str = "firing:1", **changes: Any) -> None:
    """A mail that waits to be sent."""
    fields: dict[str, Any] = {"channel": "mail", "recipient": "ada@courier.example", "kind": "rule.fired"}
    fields |= {"subject": "It fired", "facts": {"rule": "politics", "version": 1, "case_id": 7}}
    notifications.enqueue(session, site_id=site_id, key=key, **(fields | changes))
