"""What a newcomer reads once everything is up, and the demo's credentials kept for the next run."""

from __future__ import annotations

import dataclasses
import json
import shlex
from pathlib import Path
from typing import Any

from moderation_service.config import Settings
from moderation_service.demo import DemoCredentials
from moderation_service.embedded import write_private


def local_host(host: str) -> str:
    """The address at which this machine reaches a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  asked, not bound


def local_url(settings: Settings) -> str:
    """Where the API is reached from this machine."""
    host = local_host(settings.host)
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def remember(loaded: DemoCredentials, file: Path) -> DemoCredentials:
    """Fill in from `file` what only the first run could know, and keep all of it there for us alone."""
    fresh = {name: value for name, value in dataclasses.asdict(loaded).items() if value is not None}
    kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if kept.get("publishable_key") != fresh.get("publishable_key", kept.get("publishable_key")):
        kept = {}  # of another database
    known = dataclasses.replace(loaded, **{**kept, **fresh})
    write_private(file, json.dumps(dataclasses.asdict(known), indent=2) + "\n")
    return known


def welcome(settings: Settings, newsroom: DemoCredentials | None) -> str:
    """The addresses, and with the demo newsroom how to sign in and one command that flags an article."""
    url = local_url(settings)
    lines = ["", f"  console    {url}/console/", f"  API        {url}"]
    lines += [f"  docs       {url}/docs", f"  metrics    {url}/metrics"]
    if newsroom:
        password = newsroom.password or "made by an earlier run that did not keep it"
        lines += [f"  moderator  {newsroom.moderator}", f"  password   {password}"]
        lines += ["", "Flag an article as a reader would:", "", f"  {flag_command(url, newsroom)}"]
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
