"""`moderation-service run`: everything, started by one command."""

from __future__ import annotations

import http.client
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from moderation_service import embedded, migrations
from moderation_service.children import NotReadyError, Program
from moderation_service.cli.command import Command
from moderation_service.cli.connection import actor, connected
from moderation_service.cli.welcome import keep, kept, local_host, local_url, welcome
from moderation_service.config import Settings
from moderation_service.demo.newsroom import SUBSCRIPTION, DemoCredentials, load, subscription, with_mailbox
from moderation_service.demo.paper.subscription import Subscription
from moderation_service.embedded import write_private
from moderation_service.supervisor import Supervisor
from moderation_service.triage.rules.install import install_into_empty
from workers.app import beat_command, worker_command

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@click.command(cls=Command)
@click.option("--port", type=click.IntRange(1, 65535), help="Where the API listens; else PORT, else 8000.")
@click.option("--demo/--no-demo", "with_demo", default=True, help="Open the small demo newsroom, or not.")
@click.option("--newsroom-port", type=click.IntRange(1, 65535), help="Where its readers find it; else the port after.")
def run(port: int | None, with_demo: bool, newsroom_port: int | None) -> None:
    """Start everything: missing servers, migrations, API, worker, beat, a demo newsroom; Ctrl-C stops it all.

    PostgreSQL and Valkey are started where DATABASE_URL or REDIS_URL is not set. The next run keeps the data.

    \b
    Example: moderation-service run --port 8001
    """
    settings = _settings(port)
    check_port(settings.host, settings.port)
    readers = (newsroom_port or settings.port + 1) if with_demo else None
    if readers:
        check_port(settings.host, readers, option="--newsroom-port")
    try:
        _run(settings, readers)
    except NotReadyError as error:
        raise click.ClickException(str(error)) from error
    click.echo("Stopped.")


def check_port(host: str, port: int, *, option: str = "--port") -> None:
    """Make sure that a server can listen where it is to; `option` chooses where.

    Raises:
        click.ClickException: the port is taken, or not ours to take.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    other = f"Choose another: moderation-service run {option} {port + 1}"
    try:
        with socket.socket(family) as client:
            client.settimeout(2)
            taken = client.connect_ex((local_host(host), port)) == 0
        with socket.socket(family) as server:
            # As the web server does: connections of an earlier run that still linger do not count.
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if not taken:
                server.bind((host, port))
    except OSError as error:
        raise click.ClickException(f"Port {port} on {host}: {error.strerror}. {other}") from error
    if taken:
        raise click.ClickException(f"Port {port} on {host} is taken by another program. {other}")


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _settings(port: int | None) -> Settings:
    settings = Settings.from_env() if port is None else Settings.from_env(port=port)
    if settings.public_url == Settings().public_url:
        return settings.replace(public_url=local_url(settings))
    return settings


def _run(settings: Settings, newsroom_port: int | None) -> None:
    done = _stopwatch()
    # Letters lie open in the mailbox, so it is for a machine that serves nobody else.
    mail_port = free_port() if newsroom_port and not settings.smtp_url and settings.host in LOOPBACK else 0
    if mail_port:
        settings = with_mailbox(settings, mail_port)
    with embedded.prepared(settings) as servers, Supervisor() as supervisor:
        supervisor.start(*servers.programs())
        servers.provision()
        done(f"the database and Redis answer; data in {servers.folder}")
        settings = _with_metrics_dir(servers.settings, servers.folder)
        migrations.upgrade(settings)
        with connected(settings) as database, database.transaction() as session:
            install_into_empty(session, author=actor())
        done("the tables are up to date")
        supervisor.start(*_services(settings))
        done("API, worker and beat are ready")
        newsroom = None
        if newsroom_port:
            newsroom = _credentials(settings, newsroom_port, servers.folder / "demo.json")
            told = subscription(settings, newsroom, port=newsroom_port, folder=servers.folder, mail_port=mail_port)
            supervisor.start(_newsroom(told, servers.folder / SUBSCRIPTION))
            done("the demo newsroom is open")
        click.echo(welcome(settings, newsroom, mailbox=mail_port > 0))
        supervisor.keep()


def _services(settings: Settings) -> list[Program]:
    # The service never needs the role that owns the tables.
    env = {**settings.replace(migration_database_url="").as_env(), "PYTHONUNBUFFERED": "1"}

    def ready() -> bool:
        return _answers(local_url(settings), "/readyz")

    return [
        Program(name="api", command=[sys.executable, "-m", "moderation_service.api.server"], env=env, ready=ready),
        Program(name="worker", command=worker_command(settings), env=env, ready=ready),
        Program(name="beat", command=beat_command(settings), env=env, ready=ready),
    ]


def _credentials(settings: Settings, port: int, file: Path) -> DemoCredentials:
    """Those of the demo newsroom, the same at each run."""
    return keep(load(settings, origin=local_url(settings, port), kept=kept(file)), file)


def _newsroom(told: Subscription, file: Path) -> Program:
    """The demo newsroom: a program that knows the service by its address and a key, as any customer's."""
    write_private(file, told.text())
    return Program(
        name="newsroom",
        command=[sys.executable, "-m", "moderation_service.demo.paper", str(file)],
        env={"PYTHONUNBUFFERED": "1"},
        ready=lambda: _answers(told.origin, "/"),
    )


def _answers(url: str, path: str) -> bool:
    """Whether a server answers 200; asked directly, since a proxy of the environment does not reach it."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _with_metrics_dir(settings: Settings, folder: Path) -> Settings:
    """Settings whose processes share their metrics, in a folder without those of processes that are gone."""
    metrics = Path(settings.metrics_dir) if settings.metrics_dir else folder / "metrics"
    metrics.mkdir(parents=True, exist_ok=True)
    for old in metrics.glob("*.db"):
        old.unlink()
    return settings.replace(metrics_dir=str(metrics))


def _stopwatch() -> Callable[[str], None]:
    """A function that prints one line for each step, with the seconds since the start."""
    started = time.monotonic()

    def done(step: str) -> None:
        click.echo(f"{time.monotonic() - started:6.1f} s  {step}")

    return done
