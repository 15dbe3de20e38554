"""Requests made from our own OpenAPI document, by somebody who has never seen the code."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from tests.api.door import PROBLEM, Door
from tests.api.test_hostile import DOCUMENT, who_may

EXAMPLES = 12  # of each operation

bounded = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def operations(door: Door) -> dict[str, Any]:
    """The operations of the running application's document, by method and path."""
    schema = schemathesis.openapi.from_wsgi("/openapi.json", door.app)
    found: list[Any] = [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]  # all valid
    return {f"{operation.method.upper()} {operation.path}": operation for operation in found}


@pytest.mark.parametrize("name", DOCUMENT.operations)
def test_no_request_makes_us_fail(door: Door, operations: dict[str, Any], name: str) -> None:
    @bounded
    @given(case=operations[name].as_strategy())
    def send(case: Any) -> None:
        answer = case.call(headers=who_may(door, name))
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400:
            assert answer.headers["content-type"][0] == PROBLEM

    send()
