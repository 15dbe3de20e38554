"""What an operator types: `moderation-service ...`. A command's module is imported only when it is needed."""

from __future__ import annotations

from importlib import import_module

import click

from moderation_service.cli.help import ExampleGroup
from moderation_service.config import ConfigError

# In the order in which a newcomer needs them; each command lies in the module beside it.
COMMANDS = {
    "run": "run",
    "demo": "demo",
    "migrate": "migrate",
    "serve": "processes",
    "worker": "processes",
    "beat": "processes",
    "drain": "drain",
    "sites": "sites",
    "moderators": "moderators",
    "policies": "policies",
    "articles": "articles",
    "cases": "cases",
    "reporters": "reporters",
    "rules": "rules",
    "dead-letters": "dead_letters",
    "notices": "notices",
    "webhooks": "webhooks",
    "reconcile": "reconcile",
    "audit": "audit",
    "settings": "settings",
}
# What people type as well; listed once, under the name in the table.
ALIASES = {"site": "sites"}


class Catalogue(ExampleGroup):
    """Knows its commands by name, and imports one when it is asked for it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's
        """The command of that name, if there is one."""
        name = ALIASES.get(cmd_name, cmd_name)
        if name not in COMMANDS:
            return None
        try:
            module = import_module(f"{__name__}.{COMMANDS[name]}")
        except ConfigError as error:  # the workers read their settings when they are imported
            raise click.ClickException(str(error)) from error
        command: click.Command = getattr(module, name.replace("-", "_"))
        return command


@click.group(cls=Catalogue)
@click.version_option(package_name="moderation-service", message="%(version)s")
def main() -> None:
    """Moderation for news sites: flags from readers, decided by people, applied to the content store and read back.

    Settings come from the environment (see `moderation-service settings`). Where DATABASE_URL is empty, commands
    use the servers of a `moderation-service run` in another terminal.
    """
