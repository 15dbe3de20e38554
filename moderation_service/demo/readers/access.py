"""What a play needs to know of the demo: where the service and the newsroom are, and the keys to them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from moderation_service.client import ModerationService
from moderation_service.demo.direct import direct_session


class NoDemoError(Exception):
    """There is no demo to play in; the words say what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Addresses without a slash at the end. `origin` is what readers' browsers say they come from."""

    service: str
    newsroom: str
    origin: str
    site: str
    publishable_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    moderator: str
    password: str | None = field(repr=False)

    @classmethod
    def kept_in(cls, folder: Path, *, service: str | None = None, newsroom: str | None = None) -> Access:
        """What `moderation-service run` keeps in its data folder, with other addresses where they are given.

        Raises:
            NoDemoError: there never was a run with a demo, or its files cannot be read.
        """
        try:
            told = _read(folder / "newsroom.json")
            person = _read(folder / "demo.json")
            return cls(
                service=(service or told["service"]).rstrip("/"),
                newsroom=(newsroom or told["origin"]).rstrip("/"),
                origin=told["origin"],
                site=told["site"],
                publishable_key=told["publishable_key"],
                secret_key=told["secret_key"],
                moderator=person["moderator"],
                password=person["password"],
            )
        except (OSError, ValueError, KeyError) as error:
            raise NoDemoError(
                f"There is no demo newsroom in {folder}: start it with `moderation-service run` in another terminal"
            ) from error

    def site_client(self, *, tries: int = 3) -> ModerationService:
        """A client of the service for what a site asks."""
        return ModerationService(self.service, self.secret_key, tries=tries, session=direct_session)


def _read(file: Path) -> dict[str, str]:
    told: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return told
