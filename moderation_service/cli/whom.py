"""How commands are told which reader they are about: by his hash, or by what his site calls him."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

import click
from sqlalchemy.orm import Session

from moderation_service import readers
from moderation_service.cli.connection import reachable
from moderation_service.intake.submission import reporter_hash
from moderation_service.sites.service import site_by_slug
from moderation_service.triage import records
from moderation_service.triage.models import Reporter

HASH = re.compile(r"[0-9a-f]{32}")


class Hash(click.ParamType[bytes]):
    """A keyed hash, as the flags of a case show it."""

    name = "hash"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> bytes:
        """The hash that these digits write."""
        if HASH.fullmatch(str(value)) is None:
            self.fail(f"{value!r} is no hash of 32 digits; what a site calls him goes to --reader", param, ctx)
        return bytes.fromhex(str(value))


@dataclass(frozen=True, slots=True)
class Whom:
    """A reader as somebody named him."""

    hash: bytes | None
    reader: str | None
    slug: str | None

    def find(self, session: Session) -> Reporter:
        """What is known of him.

        Raises:
            NotFound: nothing is, or there is no such site.
        """
        if self.hash is not None:
            return records.find(session, self.hash)
        return records.find(session, self._hash_on(site_by_slug(session, self.slug or "").id))

    def meet(self, session: Session) -> Reporter:
        """The same, but whom his site names is known from now on.

        Raises:
            NotFound: nothing is known of this hash, or there is no such site.
        """
        if self.hash is not None:
            return records.find(session, self.hash)
        site_id = site_by_slug(session, self.slug or "").id
        return readers.meet(session, self._hash_on(site_id), site_id=site_id)

    def _hash_on(self, site_id: int) -> bytes:
        return reporter_hash(reachable().require("secret_key").secret_key, site_id, self.reader or "")


def whom(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the arguments that name a reader; it is called with a `Whom` first."""

    @click.argument("hashed", metavar="HASH", type=Hash(), required=False)
    @click.option("--reader", metavar="ID", help="Instead of the hash: what his site calls him.")
    @click.option("--site", "slug", metavar="SLUG", help="With --reader: which site.")
    @wraps(command)
    def named(hashed: bytes | None, reader: str | None, slug: str | None, **options: object) -> None:
        by_name = bool(reader and slug)
        if by_name == (hashed is not None) or bool(reader) != bool(slug):
            raise click.UsageError("Name one reader: HASH, or --reader ID --site SLUG")
        command(Whom(hashed, reader, slug), **options)

    return named
