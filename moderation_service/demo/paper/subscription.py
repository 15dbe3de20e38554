"""What a newsroom needs to know of the service: where it is, its keys there, and the tag for its pages."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """As an operator would write it down; kept in one file, which holds a secret.

    `service` is the service's address, `site` what it calls us there, `origin` where our readers find us. `script` and
    `integrity` are of the tag that the service gave out. `views` is the file that counts them. `mail_port` is where
    letters to readers come in, 0 where they go by mail. `opened` is the newspaper's first day, as ISO 8601 has it.
    """

    service: str
    site: str
    secret_key: str
    publishable_key: str
    script: str
    integrity: str
    origin: str
    host: str
    port: int
    views: str
    mail_port: int
    opened: str

    @classmethod
    def read(cls, file: Path) -> Subscription:
        """What `text` wrote."""
        return cls(**json.loads(file.read_text(encoding="utf-8")))

    def text(self) -> str:
        """All of it as the content of a file."""
        return json.dumps(dataclasses.asdict(self), indent=2) + "\n"
