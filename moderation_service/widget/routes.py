"""The readers' pages, module by module, and the script for sites; the app registers them here."""

from __future__ import annotations

from flask import Flask

from moderation_service.widget import embedding, files, flagging, legal, mail, receipts
from moderation_service.widget.blueprint import blueprint

# Importing one hangs its pages on the blueprint.
PAGES = (files, flagging, legal, receipts, mail)


def register(app: Flask) -> None:
    """Install them."""
    app.register_blueprint(blueprint)
    app.register_blueprint(embedding.blueprint)
