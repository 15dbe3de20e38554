"""The images of a case's article: fetched by us, so that no moderator's browser calls a host that others chose."""

from __future__ import annotations

from flask import Response

from moderation_service import queries
from moderation_service.api.current import person, services, transaction
from moderation_service.articles import image_files
from moderation_service.articles.content import Image
from moderation_service.articles.image_files import Lack, NoImage
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk.asked import numbers
from moderation_service.console.guard import signed_in
from moderation_service.console.words import _, later

WHY = {
    Lack.NOT_REACHED: later("its host does not answer in time"),
    Lack.REFUSED: later("it is at an address where nothing may be asked for"),
    Lack.NOT_GIVEN: later("its host does not hand it out"),
    Lack.LED_ASTRAY: later("its address leads on and on, or nowhere"),
    Lack.NOT_WHOLE: later("it does not come whole"),
    Lack.TOO_LARGE: later("it has more than 5 MB"),
    Lack.NO_IMAGE: later("what is there is no PNG, JPEG, GIF, WebP or AVIF"),
}
# Should it be opened by itself, it is a page on which nothing runs and from which nothing leads anywhere.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": "inline",
    "Cache-Control": "private, max-age=300",
}


@blueprint.get("/cases/<row:case_id>/images/<small:number>")
@signed_in
def case_image(case_id: int, number: int) -> Response:
    """One image of the article, of the `revision` that the address names; why it cannot be had, in plain words."""
    revision = next(iter(numbers("revision")), None)
    with transaction() as session:
        image = queries.case_image(session, case_id, person(), number, revision=revision)
    return fetched(image)


def fetched(image: Image) -> Response:
    """The image itself, or 502 and why it cannot be had; no transaction is open around this."""
    try:
        file = image_files.fetch(image.url, allow_private=services().settings.webhook_allow_private)
    except NoImage as error:
        said = _("The image cannot be had: %(why)s.") % {"why": _(WHY[error.lack])}
        return Response(said, 502, mimetype="text/plain")
    return Response(file.body, mimetype=file.kind, headers=HEADERS)
