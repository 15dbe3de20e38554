"""Vendored files are the ones that were looked at."""

import hashlib
from pathlib import Path

import pytest

VENDOR = Path(__file__).parent.parent / "moderation_service/api/static/vendor"
DIGESTS = {
    "swagger-ui/swagger-ui-bundle.js": "e6a898692f2d768e807c3ba4626068a69a2c5dd960dd6c76f3e4d3a3de180af2",
    "swagger-ui/swagger-ui.css": "a6a4cf68f069eb89984d5d43644e6a812e749df08d2b1320c6e06e6973847d10",
}


@pytest.mark.parametrize(("name", "digest"), DIGESTS.items())
def test_vendored_file_is_unchanged(name: str, digest: str) -> None:
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest
