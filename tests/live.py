"""The real service as processes of their own: an API, a worker and beat, to be used, paused and killed."""

from __future__ import annotations

import contextlib
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import requests
from sqlalchemy.orm import Session

from moderation_service.children import Child, Program
from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import people
from moderation_service.sites import service as sites
from moderation_service.sites.models import Site
from tests.factories import ACTOR, make_moderator, make_site
from workers.app import beat_command, worker_command

Seen = TypeVar("Seen")

ORIGIN = "https://courier.example"
API_COMMAND = [sys.executable, "-m", "moderation_service.api.server"]


def until(look: Callable[[], Seen], *, seconds: float = 15.0) -> Seen:
    """What `look` finds once it is true of something, asked again and again; fails when time is over.

    The longer it takes, the less often: to look is a request mostly, and takes time from what is waited for.
    """
    began = time.monotonic()
    while True:
        seen = look()
        if seen:
            return seen
        waited = time.monotonic() - began
        assert waited < seconds, f"not within {seconds:g} s: {look!r} still answers {seen!r}"
        time.sleep(min(max(0.02, waited / 10), 0.25))


@dataclass(frozen=True, slots=True)
class Newsroom:
    """A site with its two keys, and moderators known by their tokens."""

    site_id: int
    publishable_key: str
    secret_key: str
    tokens: list[str]


def open_newsroom(settings: Settings, *, moderators: int = 1, role: Role = Role.ADMIN) -> Newsroom:
    """Make a site with keys, and moderators `m1`, `m2`, … with tokens and that role on every site."""
    with contextlib.closing(Database(settings, pool_size=1)) as database, database.transaction() as session:
        site = make_site(session)
        keys = {k: sites.add_key(session, site, kind=k, name=k, actor=ACTOR) for k in ("publishable", "secret")}
        return Newsroom(
            site.id,
            keys["publishable"],
            keys["secret"],
            [make_token(session, f"m{number}", role) for number in range(1, moderators + 1)],
        )


def make_token(session: Session, username: str, role: Role = Role.ADMIN, site: Site | None = None) -> str:
    """A new moderator's personal token."""
    make_moderator(session, username, role, site)
    person = people.moderator_by_name(session, username)
    return people.new_token(session, person, kind="personal", name="test", lifetime=None)


class Caller:
    """Somebody who calls the API over HTTP, with a credential."""

    def __init__(self, address: str, credential: str, **headers: str) -> None:
        self._address = address
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update({"Authorization": f"Bearer {credential}", **headers})
        self._session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=64))

    def call(self, method: str, path: str, json: Any = None, **headers: str) -> requests.Response:
        """Send one request and wait for its answer, 20 seconds at most."""
        return self._session.request(method, self._address + path, json=json, headers=headers, timeout=20)

    def get(self, path: str, **headers: str) -> requests.Response:
        """GET."""
        return self.call("GET", path, **headers)

    def post(self, path: str, json: Any = None, **headers: str) -> requests.Response:
        """POST."""
        return self.call("POST", path, json, **headers)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def flag_of(external_id: str, reporter: str, **words: Any) -> dict[str, Any]:
    """The body of a flag on a whole article."""
    return {"article": {"external_id": external_id}, "reason": "misleading", "reporter": reporter, **words}


def article_of(headline: str = "Ferry runs again", paragraphs: Sequence[str] = ("First.", "Second.")) -> dict[str, Any]:
    """The body of a small article."""
    return {"category": "LOCAL", "headline": headline, "paragraphs": list(paragraphs)}


class Service:
    """The processes of one service, and callers of each kind. Stop it with `close`."""

    def __init__(self, settings: Settings, folder: Path, *, moderators: int = 1) -> None:
        port = _free_port()
        self.address = f"http://127.0.0.1:{port}"
        self.settings = settings.replace(port=port, public_url=self.address)
        self.newsroom = open_newsroom(self.settings, moderators=moderators)
        self.reader = Caller(self.address, self.newsroom.publishable_key, Origin=ORIGIN)
        self.site = Caller(self.address, self.newsroom.secret_key)
        self.moderators = [Caller(self.address, token) for token in self.newsroom.tokens]
        self._folder = folder
        self.children: dict[str, Child] = {}
        self.supervised: Mapping[str, Child] = {}

    @property
    def moderator(self) -> Caller:
        """The first of the moderators."""
        return self.moderators[0]

    def start_api(self) -> Child:
        """Start the API and wait until it answers."""
        api = self.start("api", API_COMMAND)
        until(self._api_answers, seconds=30)
        return api

    def start_worker(self, command: Sequence[str] = (), **env: str) -> Child:
        """Start a worker; it takes up work when it is up, which nobody has to wait for."""
        return self.start("worker", command or worker_command(self.settings), **env)

    def start_beat(self) -> Child:
        """Start beat."""
        return self.start("beat", beat_command(self.settings))

    def start(self, name: str, command: Sequence[str], **env: str) -> Child:
        """Start a process of this name, after the end of an earlier one."""
        log = self._folder / f"{name}.log"
        child = Child(Program(name=name, command=command, env=self.settings.as_env() | env, log=log))
        self.children[name] = child
        child.start()
        return child

    def supervise(self, servers: Mapping[str, Child]) -> None:
        """From now on `until` starts anew what has ended of the worker and these servers, as `make run` does.

        Neither is sure to stay when servers are killed: PostgreSQL refuses to start while a process of the one that
        was killed still lives, and Celery 5.7 ends a worker that loses its broker with a message unconfirmed. API and
        beat outlive whatever servers do.
        """
        self.supervised = servers

    def until(self, look: Callable[[], Seen], *, seconds: float = 15.0) -> Seen:
        """What `look` finds once it is true of something, while what is supervised is kept alive."""

        def look_after_all() -> Seen:
            if self.supervised:
                worker = {name: child for name, child in self.children.items() if name == "worker"}
                for child in [*self.supervised.values(), *worker.values()]:
                    if child.returncode is not None:
                        child.start()
            return look()

        return until(look_after_all, seconds=seconds)

    def log_of(self, name: str) -> str:
        """What a process has written so far."""
        return (self._folder / f"{name}.log").read_text(errors="replace")

    def close(self) -> None:
        """Kill what lives, close what is open."""
        for child in self.children.values():
            child.kill()
        for caller in (self.reader, self.site, *self.moderators):
            caller.close()

    def put_article(self, external_id: str, body: dict[str, Any] | None = None) -> None:
        """Publish an article."""
        answer = self.site.call("PUT", f"/v1/articles/{external_id}", body or article_of())
        assert answer.status_code in {200, 201}, answer.text

    def open_case(self, external_id: str) -> dict[str, Any] | None:
        """The open case of an article, as a moderator sees it in the queue; None while there is none."""
        rows = self.moderator.get("/v1/cases?limit=100").json()["cases"]
        return next((row for row in rows if row["article"]["external_id"] == external_id), None)

    def flagged_case(self, external_id: str, *reporters: str, **words: Any) -> dict[str, Any]:
        """Flag an article in the names of these readers, and wait for the case with their flags."""
        for reporter in reporters:
            answer = self.reader.post("/v1/flags", flag_of(external_id, reporter, **words))
            assert answer.status_code == 202, answer.text

        def complete() -> dict[str, Any] | None:
            case = self.open_case(external_id)
            return case if case and case["reporters"] >= len(reporters) else None

        found = self.until(complete)
        assert found is not None
        return found

    def decide(self, case: dict[str, Any], action: str = "takedown", **words: Any) -> dict[str, Any]:
        """Claim a case and decide it; the decision."""
        path = f"/v1/cases/{case['id']}"
        held = self.moderator.post(f"{path}/claim").json()
        answer = self.moderator.post(f"{path}/decisions", verdict_on(held, action, **words))
        assert answer.status_code == 201, answer.text
        decision: dict[str, Any] = answer.json()
        return decision

    def shown(self, external_id: str) -> requests.Response:
        """What readers may see of an article now."""
        return self.site.get(f"/v1/articles/{external_id}")

    def shown_as(self, external_id: str, status: int, *, seconds: float = 15.0) -> requests.Response:
        """The article, once it is answered with that status."""

        def look() -> requests.Response | None:
            answer = self.shown(external_id)
            return answer if answer.status_code == status else None

        # A Response with an error status is false, so it is looked at one step removed.
        self.until(lambda: look() is not None, seconds=seconds)
        return self.shown(external_id)

    def _api_answers(self) -> bool:
        assert self.children["api"].returncode is None, self.log_of("api")
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(self.address + "/healthz", timeout=5).ok
        return False


def verdict_on(case: dict[str, Any], action: str = "takedown", **words: Any) -> dict[str, Any]:
    """The body of a decision on a case as it was just seen."""
    cites = {"clause": "3.4", "ground": "terms"} if action == "takedown" else {}
    seen = {"case_version": case["version"], "article_revision": case["article"]["revision"]}
    return {"action": action, **cites, **seen, **words}


@contextlib.contextmanager
def service(settings: Settings, folder: Path, *, moderators: int = 1) -> Iterator[Service]:
    """A service none of whose processes runs yet; whatever runs at the end is killed."""
    with contextlib.closing(Service(settings, folder, moderators=moderators)) as live:
        yield live


def pause(child: Child) -> None:
    """Stop a process where it stands, its sockets open and silent."""
    child.process.send_signal(signal.SIGSTOP)


def resume(child: Child) -> None:
    """Let a paused process go on."""
    child.process.send_signal(signal.SIGCONT)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
