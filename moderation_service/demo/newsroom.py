"""The demo newsroom as the service knows it: a site with its keys, and a moderator."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.demo.paper.subscription import Subscription
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import people
from moderation_service.sites import service as sites
from moderation_service.sites.models import Moderator, Site
from moderation_service.widget import script

SLUG = "demo"
USERNAME = "demo"
ACTOR = "cli:demo"
EXTERNAL_ID = "harbour-water-cure"
SUBSCRIPTION = "newsroom.json"


@dataclass(frozen=True, slots=True)
class DemoCredentials:
    """What a newcomer needs; without a password when an earlier run made it and it was lost."""

    moderator: str
    password: str | None
    publishable_key: str
    secret_key: str
    origin: str
    external_id: str


def load(settings: Settings, *, origin: str, kept: DemoCredentials | None = None) -> DemoCredentials:
    """Make the newsroom where there is none yet; its readers find it at `origin`.

    What an earlier run `kept` is handed out again where it still holds: secrets are shown once, and replaced when lost.
    """
    database = Database(settings, pool_size=1)
    try:
        with database.transaction() as session:
            site = _site(session, origin, also=settings.public_url)
            held = (kept.publishable_key, kept.secret_key) if kept else ()
            publishable = _key(session, site, "publishable", held)
            secret = _key(session, site, "secret", held)
            # Where the keys do not hold, they are of another database, and so is the password.
            password = _moderator(session) or (kept.password if kept and {publishable, secret} & {*held} else None)
        return DemoCredentials(USERNAME, password, publishable, secret, origin, EXTERNAL_ID)
    finally:
        database.close()


def with_mailbox(settings: Settings, port: int) -> Settings:
    """Settings by which letters to readers go to the newspaper's mailbox, which takes them in at `port`."""
    sender = settings.mail_from or "The Demo Courier <moderation@courier.example>"
    return settings.replace(smtp_url=f"smtp://127.0.0.1:{port}", mail_from=sender)


def subscription(
    settings: Settings, credentials: DemoCredentials, *, port: int, folder: Path, mail_port: int = 0
) -> Subscription:
    """What the newspaper has to know, as if an operator had written it down.

    `folder` is where it counts its views, and where what it was told by an earlier run is found.
    """
    return Subscription(
        service=settings.public_url,
        site=SLUG,
        secret_key=credentials.secret_key,
        publishable_key=credentials.publishable_key,
        script=script.address(settings.public_url),
        integrity=script.integrity(),
        origin=credentials.origin,
        host=settings.host,
        port=port,
        views=str(folder / "newsroom-views.json"),
        mail_port=mail_port,
        opened=_first_day(folder / SUBSCRIPTION),
    )


def _first_day(file: Path) -> str:
    """The day on which the newspaper opened: what an earlier run was told, or else today, in UTC."""
    try:
        return Subscription.read(file).opened
    except (OSError, ValueError, TypeError):  # there was none, or it was told other things
        return datetime.now(UTC).date().isoformat()


def _site(session: Session, origin: str, *, also: str) -> Site:
    """The site, as it is to be; calls may come from `also`, too."""
    site = session.scalar(select(Site).where(Site.slug == SLUG))
    if site is None:
        site = sites.add_site(session, slug=SLUG, name="The Demo Courier", url=origin, actor=ACTOR)
    sites.adjust(session, SLUG, actor=ACTOR, url=origin)
    # Whoever types the other name of this machine reads the same newspaper.
    byname = origin.replace("//127.0.0.1:", "//localhost:")
    return sites.set_origins(session, SLUG, [*site.origins, origin, byname, also], actor=ACTOR)


def _key(session: Session, site: Site, kind: str, held: Sequence[str]) -> str:
    """A key of this kind: the one that is `held`, where it still opens, else a new one."""
    for secret in held:
        known = sites.recognise(session, secret)
        if known and (known.site_id, known.kind) == (site.id, kind):
            return secret
    return sites.add_key(session, site, kind=kind, name=f"demo {kind}", actor=ACTOR)


def _moderator(session: Session) -> str | None:
    """Make sure that there is a moderator; the password, if he is new."""
    if session.scalar(select(Moderator.id).where(Moderator.username == USERNAME)) is not None:
        return None
    password = secrets.token_urlsafe(12)
    person = people.add_moderator(session, username=USERNAME, display_name="Demo Moderator", password=None, actor=ACTOR)
    # It is printed for whoever runs this, who is the demo's moderator himself.
    people.set_password(session, person, password, actor=ACTOR, temporary=False)
    people.grant_role(session, person, Role.ADMIN, site=None, actor=ACTOR)
    return password
