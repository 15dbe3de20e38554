"""The application object that web servers load."""

from moderation_service.app import create_app
from moderation_service.config import Settings

app = create_app(Settings.from_env())
