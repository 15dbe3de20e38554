"""What other networks' reporters prove themselves with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Text, func
from sqlalchemy.orm import Mapped, mapped_column

from moderation_service.db import Base


class RemoteKeys(Base):
    """The public keys of an actor or a DID by their names, as `host` told them; asked for anew after a day."""

    __tablename__ = "remote_keys"

    owner: Mapped[str] = mapped_column(Text, primary_key=True)
    host: Mapped[str] = mapped_column(Text)
    keys: Mapped[dict[str, Any]]
    fetched_at: Mapped[datetime] = mapped_column(server_default=func.now())
