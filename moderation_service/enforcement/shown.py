"""What readers may be shown of an article by us, whoever else shows it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from moderation_service.articles.models import Article, ArticleRevision
from moderation_service.articles.store import readable
from moderation_service.decisions.effect import Wanted
from moderation_service.enforcement.models import Order


def shown_to_readers(
    session: Session, article: Article, revision: ArticleRevision | None, order: Order | None
) -> dict[str, str] | None:
    """The texts of an article that readers may see, by part; None while they may see nothing of it.

    What a decision asks for holds here at once, whatever the content store still shows.
    """
    wanted = Wanted.from_json(order.wanted) if order else Wanted()
    if wanted.state != "visible":
        return None
    return readable(session, article, revision, set(wanted.redacted))
