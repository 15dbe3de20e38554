"""Vendored files are the ones that were looked at."""

import hashlib
from pathlib import Path

import pytest

ROOMS = Path(__file__).parent.parent / "moderation_service"
DIGESTS = {
    "api/swagger-ui/swagger-ui-bundle.js": "e6a898692f2d768e807c3ba4626068a69a2c5dd960dd6c76f3e4d3a3de180af2",
    "api/swagger-ui/swagger-ui.css": "a6a4cf68f069eb89984d5d43644e6a812e749df08d2b1320c6e06e6973847d10",
    "console/uplot/uPlot.iife.min.js": "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
    "console/uplot/uPlot.min.css": "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
}


@pytest.mark.parametrize(("name", "digest"), DIGESTS.items())
def test_vendored_file_is_unchanged(name: str, digest: str) -> None:
    room, file = name.split("/", 1)
    path = ROOMS / room / "static/vendor" / file
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
