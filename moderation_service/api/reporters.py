"""Readers who flagged: their records, and their standing, which a site's seniors change."""

from __future__ import annotations

from typing import Any

from moderation_service import queries, readers
from moderation_service.api import paging
from moderation_service.api.blueprint import Blueprint
from moderation_service.api.case_schemas import NoteSchema
from moderation_service.api.current import person, transaction
from moderation_service.api.recognition import for_moderators
from moderation_service.api.reporter_schemas import ReporterDetailSchema, ReporterPageSchema, ReporterQuerySchema
from moderation_service.sites.people import site_for

blueprint = Blueprint("reporters", __name__, url_prefix="/v1/reporters", description="Readers, and what they count.")


@blueprint.route("", methods=["GET"])
@for_moderators
@blueprint.arguments(ReporterQuerySchema, location="query")
@blueprint.response(200, ReporterPageSchema)
def list_reporters(query: dict[str, Any]) -> Any:
    """Readers of your sites; with `muted=asked`, those whom a rule muted and nobody has looked at."""
    who = person()
    with transaction() as session:
        sites = who.sites if query["site"] is None else [site_for(session, who, query["site"]).id]
        wanted = queries.ReporterFilter(sites=sites, muted=query["muted"], trusted=query["trusted"])
        page = queries.reporter_page(session, wanted, cursor=query["cursor"], limit=query["limit"])
    return paging.answer("reporters", page)


@blueprint.route("/<hash:reporter>", methods=["GET"])
@for_moderators
@blueprint.response(200, ReporterDetailSchema)
def get(reporter: str) -> dict[str, Any]:
    """A reader's record and standing, and his latest 50 voices."""
    with transaction() as session:
        reader = readers.reader_of(session, person(), bytes.fromhex(reporter))
        return queries.reporter_detail(session, reader.reporter)


@blueprint.route("/<hash:reporter>:mute", methods=["POST"])
@for_moderators
@blueprint.arguments(NoteSchema)
@blueprint.response(200, ReporterDetailSchema)
def mute(body: dict[str, Any], reporter: str) -> dict[str, Any]:
    """Confirm the mute a rule asked for, or mute by your own word; 409 for a trusted flagger."""
    with transaction() as session:
        reader = readers.own_reader(session, person(), bytes.fromhex(reporter))
        readers.mute(session, reader, actor=person().actor, note=body["note"])
        return queries.reporter_detail(session, reader.reporter)


@blueprint.route("/<hash:reporter>:unmute", methods=["POST"])
@for_moderators
@blueprint.arguments(NoteSchema)
@blueprint.response(200, ReporterDetailSchema)
def unmute(body: dict[str, Any], reporter: str) -> dict[str, Any]:
    """Let him speak again, whoever muted him: his waiting voices weigh what his record says."""
    with transaction() as session:
        reader = readers.own_reader(session, person(), bytes.fromhex(reporter))
        readers.unmute(session, reader, actor=person().actor, note=body["note"])
        return queries.reporter_detail(session, reader.reporter)


@blueprint.route("/<hash:reporter>:trust", methods=["POST"])
@for_moderators
@blueprint.arguments(NoteSchema)
@blueprint.response(200, ReporterDetailSchema)
def trust(body: dict[str, Any], reporter: str) -> dict[str, Any]:
    """Count him as the most reliable reader, and let no rule mute him; 409 while he is muted."""
    with transaction() as session:
        reader = readers.own_reader(session, person(), bytes.fromhex(reporter))
        readers.trust(session, reader, actor=person().actor, note=body["note"])
        return queries.reporter_detail(session, reader.reporter)


@blueprint.route("/<hash:reporter>:distrust", methods=["POST"])
@for_moderators
@blueprint.arguments(NoteSchema)
@blueprint.response(200, ReporterDetailSchema)
def distrust(body: dict[str, Any], reporter: str) -> dict[str, Any]:
    """Count him by his record again."""
    with transaction() as session:
        reader = readers.own_reader(session, person(), bytes.fromhex(reporter))
        readers.distrust(session, reader, actor=person().actor, note=body["note"])
        return queries.reporter_detail(session, reader.reporter)
