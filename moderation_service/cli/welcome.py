"""What a newcomer reads once everything is up, and the demo's credentials kept for the next run."""

from __future__ import annotations

import dataclasses
import json
import shlex
from pathlib import Path
from typing import Any

from moderation_service.config import Settings
from moderation_service.demo.newsroom import DemoCredentials
from moderation_service.embedded import write_private

READERS = ".venv/bin/moderation-service demo readers"


def local_host(host: str) -> str:
    """The address at which this machine reaches a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  asked, not bound


def local_url(settings: Settings, port: int | None = None) -> str:
    """Where the API is reached from this machine; or what else listens there on `port`."""
    host = local_host(settings.host)
    return f"http://[{host}]:{port or settings.port}" if ":" in host else f"http://{host}:{port or settings.port}"


def kept(file: Path) -> DemoCredentials | None:
    """What an earlier run kept in `file`; None where that is nothing, or not what is kept today."""
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    names = {field.name for field in dataclasses.fields(DemoCredentials)}
    return DemoCredentials(**told) if set(told) == names and told["publishable_key"] and told["secret_key"] else None


def keep(credentials: DemoCredentials, file: Path) -> DemoCredentials:
    """Keep them in `file` for the next run, for us alone."""
    write_private(file, json.dumps(dataclasses.asdict(credentials), indent=2) + "\n")
    return credentials


def welcome(settings: Settings, newsroom: DemoCredentials | None, *, mailbox: bool = False) -> str:
    """The addresses, and with the demo newsroom how to sign in and one command that flags an article of it."""
    url = local_url(settings)
    lines = [""]
    if newsroom:
        lines += [f"  newsroom   {newsroom.origin}/"]
    if newsroom and mailbox:
        lines += [f"  mailbox    {newsroom.origin}/mailbox"]
    lines += [f"  console    {url}/console/", f"  API        {url}"]
    lines += [f"  docs       {url}/docs", f"  metrics    {url}/metrics"]
    if newsroom:
        password = newsroom.password or "made by an earlier run that did not keep it"
        lines += [f"  moderator  {newsroom.moderator}", f"  password   {password}"]
        lines += ["", "Flag an article as a reader would:", "", f"  {flag_command(url, newsroom)}"]
        lines += ["", "See the newsroom alive, in another terminal:", "", f"  {READERS}"]
    return "\n".join([*lines, "", "Ctrl-C stops everything and keeps the data.", ""])


def flag_command(url: str, newsroom: DemoCredentials) -> str:
    """One line of shell that flags the demo's article."""
    flag = {
        "article": {"external_id": newsroom.external_id},
        "target": {"kind": "article"},
        "reason": "misleading",
        "comment": "There is no such study.",
        "reporter": "reader-1",
    }
    headers = [
        f"Authorization: Bearer {newsroom.publishable_key}",
        f"Origin: {newsroom.origin}",
        "Content-Type: application/json",
    ]
    words = ["curl", "-sS", f"{url}/v1/flags"]
    words += [word for header in headers for word in ("-H", header)]
    return shlex.join([*words, "-d", json.dumps(flag)])
