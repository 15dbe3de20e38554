"""The starter set: rules to begin with, each with its reason, as files beside this one."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any


def starter() -> list[dict[str, Any]]:
    """The documents of the starter set, in the order in which they run."""
    folder = resources.files(__package__) / "starter"
    documents = [json.loads(file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".json")]
    return sorted(documents, key=lambda document: (document["position"], document["name"]))
