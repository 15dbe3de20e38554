"""How the demo's programs reach the service, which runs on the same machine."""

from __future__ import annotations

import requests


def direct_session() -> requests.Session:
    """Connections without a proxy, which would not reach a service on this machine."""
    session = requests.Session()
    session.trust_env = False
    return session
