"""A small newsroom to try the service with: its articles, what there is to know of them, and its readers' pages."""

from moderation_service.demo.world import Known, Merit, world

__all__ = ["Known", "Merit", "world"]
