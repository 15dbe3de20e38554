"""A small newsroom to try the service with: its articles, and what there is to know of them."""

from moderation_service.demo.newsroom import DemoCredentials, load
from moderation_service.demo.world import Known, Merit, world

__all__ = ["DemoCredentials", "Known", "Merit", "load", "world"]
