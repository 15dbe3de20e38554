"""A small newsroom to try the service with."""

from moderation_service.demo.newsroom import DemoCredentials, load

__all__ = ["DemoCredentials", "load"]
