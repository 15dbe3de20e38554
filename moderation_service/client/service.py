"""The calls that a site makes, each as a method."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import quote

import requests

from .answers import (
    Answer,
    Hidden,
    Listed,
    Published,
    ReachResult,
    Receipt,
    Removed,
    RemovedLegally,
    Standing,
    Unknown,
    article_of,
    page_of,
    published_of,
    receipt_of,
    results_of,
    standing_of,
)
from .copies import Copies, Copy
from .transport import Limits, Transport, problem_of, require_problem, seconds_of, told

REACH_MOST = 1000  # articles in one report of views
PAGE = 100  # articles in one page of the list


class ModerationService:
    """The service as a site's server sees it; one object serves all threads.

    `key` is a secret key. `timeout` is in seconds, to connect and to wait for an answer; `tries` how often a request
    that may be sent twice is sent in all. `session` makes the connections of a thread, for proxies or certificates of
    your own. The last answers about `copies` articles are remembered, and asked about before they are used.

    Every method raises `ServiceAway` when no answer came, and `Refused` when the service would not.
    """

    def __init__(
        self,
        address: str,
        key: str,
        *,
        timeout: Limits = (3.0, 10.0),
        tries: int = 3,
        session: Callable[[], requests.Session] = requests.Session,
        copies: int = 1000,
    ) -> None:
        self._http = Transport(address, key, timeout=timeout, tries=tries, session=session)
        self._copies = Copies(copies)

    def put_article(self, external_id: str, article: Mapping[str, Any]) -> Published:
        """Tell what an article says now; the same again changes nothing. `article` is the body of the API's PUT."""
        return told(self._http.again("PUT", _path(external_id), json=article), published_of)

    def get_article(self, external_id: str) -> Answer:
        """What readers may see of an article at this moment.

        What was answered last is asked about, and sent again only where it changed.
        """
        copy = self._copies.of(external_id)
        ask = {"If-None-Match": copy.etag} if copy and copy.etag else {}
        answer = self._http.again("GET", _path(external_id), headers=ask, expected=(304, 404, 410, 451))
        if answer.status_code == 304 and copy and copy.answer:
            return copy.answer
        seen = _read(external_id, answer)
        # Of what is not shown there is nothing to keep a copy of: it is asked for anew.
        etag = answer.headers.get("ETag") if answer.status_code == 200 else None
        self._copies.keep(external_id, Copy(seen, etag), before=copy)
        return seen

    def last_answer(self, external_id: str) -> Answer | None:
        """What was last answered about an article, without asking: for when the service is away, and then only.

        None also where two answers crossed on their way and differ: nobody can tell which is the newer.
        """
        copy = self._copies.of(external_id)
        return copy.answer if copy else None

    def list_articles(self, *, changed_since: datetime | None = None) -> Iterator[Listed]:
        """All articles, or those of which readers see something else since then; the latest changes last.

        Changes are told by the time at which their making began: ask again with a minute's overlap.
        """
        query: dict[str, Any] = {"limit": PAGE}
        if changed_since is not None:
            query["changed_since"] = changed_since.isoformat()
        while True:
            articles, cursor = told(self._http.again("GET", "/v1/articles", params=query), page_of)
            yield from articles
            if cursor is None:
                return
            query["cursor"] = cursor

    def flag(self, flag: Mapping[str, Any], *, idempotency_key: str | None = None) -> Receipt:
        """Pass on the flag of a reader. `flag` is the body of the API's POST, and names its `reporter`.

        It is recorded once, however often it is sent under one key; without one of yours it gets its own.
        """
        headers = {"Idempotency-Key": f'"{idempotency_key or uuid.uuid4()}"'}
        return told(self._http.again("POST", "/v1/flags", json=flag, headers=headers), receipt_of)

    def flag_standing(self, receipt: str) -> Standing:
        """Where a flag stands."""
        return told(self._http.again("GET", _flag_path(receipt)), standing_of)

    def withdraw(self, receipt: str) -> Standing:
        """Take a flag back."""
        return told(self._http.again("DELETE", _flag_path(receipt)), standing_of)

    def report_reach(self, views: Mapping[str, int]) -> dict[str, ReachResult]:
        """Tell how often articles were seen so far, all in all; what became of each. At most once a minute.

        A report that did not arrive is not sent again: the next one holds its views too.
        """
        left = iter(views.items())
        results: dict[str, ReachResult] = {}
        while some := dict(islice(left, REACH_MOST)):
            sent = [{"external_id": external_id, "views": count} for external_id, count in some.items()]
            answer = self._http.once("POST", "/v1/reach:batch", json={"articles": sent})
            results |= told(answer, partial(results_of, names=some))
        return results


def _path(external_id: str) -> str:
    return f"/v1/articles/{quote(external_id, safe='')}"


def _flag_path(receipt: str) -> str:
    return f"/v1/flags/{quote(receipt, safe='')}"


def _read(external_id: str, answer: requests.Response) -> Answer:
    if answer.status_code == 200:
        return told(answer, article_of)
    require_problem(answer)
    match answer.status_code:
        case 410:
            return Removed(external_id)
        case 451:
            return RemovedLegally(external_id, answer.links.get("blocked-by", {}).get("url"))
        case 404 if problem_of(answer).get("state") == "hidden":
            return Hidden(external_id, seconds_of(answer, otherwise=60))
    return Unknown(external_id)
