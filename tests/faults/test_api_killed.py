"""The API is killed while 200 readers post."""

from __future__ import annotations

import pytest

from tests.faults.books import Crowd, assert_all_in_cases, assert_each_flag_once
from tests.live import Service

pytestmark = pytest.mark.fault

ARTICLES = [f"article-{n}" for n in range(8)]


def test_each_acknowledged_flag_exists_once(live: Service) -> None:
    api = live.start_api()
    for article in ARTICLES:
        live.put_article(article)
    crowd = Crowd(live, ARTICLES, 200)
    crowd.wait_for(60)
    api.kill()
    live.start_api()
    told = crowd.finish()
    assert told.broken > 0
    assert_each_flag_once(live, told)
    live.start_worker()
    live.start_beat()
    assert_all_in_cases(live)
