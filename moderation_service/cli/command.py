"""Commands whose failures are one plain line and exit code 1, never a traceback."""

from __future__ import annotations

import sys
from typing import Any

import click
import psycopg
import structlog
from sqlalchemy.exc import DBAPIError

from moderation_service.cli.help import ExampleGroup
from moderation_service.config import ConfigError
from moderation_service.embedded import EmbeddedError
from moderation_service.errors import DomainError


class Command(click.Command):
    """A command that says in a line what it could not do."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it.

        Raises:
            click.ClickException: it could not be done, for a reason that a person can act on.
        """
        # What the steps log is for the person; standard output is for results alone.
        structlog.configure(logger_factory=lambda *_: structlog.WriteLogger(sys.stderr))
        try:
            return super().invoke(ctx)
        except (DomainError, ConfigError, EmbeddedError) as error:
            raise click.ClickException(str(error)) from error
        except UnicodeEncodeError as error:
            raise click.ClickException("An argument is not valid UTF-8") from error
        except DBAPIError as error:
            raise click.ClickException(database_words(error.orig)) from error
        except psycopg.Error as error:
            raise click.ClickException(database_words(error)) from error


class Group(ExampleGroup):
    """A group of such commands, listed in the order they are written in."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Their names."""
        return list(self.commands)


def database_words(error: BaseException | None) -> str:
    """What the database could not do, in one line."""
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedFunction):
        return "The database has not the tables it needs: run `moderation-service migrate` first"
    words = " ".join(str(error).split())
    if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
        return f"The database does not answer: {words}"
    return f"The database refused: {words}"
