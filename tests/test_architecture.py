"""The structure holds: who imports whom, who commits, who reads the environment, who may call which route."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from importlinter.cli import lint_imports_command
from openapi_spec_validator import OpenAPIV31SpecValidator

from moderation_service.app import create_app
from moderation_service.config import Settings
from moderation_service.jobs import QUEUES, queue_of
from workers.app import app as celery

ROOT = Path(__file__).parent.parent
SOURCES = sorted([*ROOT.glob("moderation_service/**/*.py"), *ROOT.glob("workers/**/*.py")])
TREES = {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in SOURCES}
# Whoever opens the one transaction; all others are handed a session.
OPENERS = re.compile(r"moderation_service/(api|cli|console|demo)/|moderation_service/(app|db)\.py|workers/")
# Routes that libraries make: the OpenAPI document, and the files that pages need.
PUBLIC_FILES = {"api-docs.openapi_json", "docs.static"}


@pytest.fixture(scope="module")
def app() -> Flask:
    settings = Settings(database_url="postgresql:///none", redis_url="redis://127.0.0.1:1", secret_key="s" * 32)
    return create_app(settings)


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    document: dict[str, Any] = app.test_client().get("/openapi.json").get_json()
    return document


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Each call in a file, with the last name of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def _woken() -> set[str]:
    """Every task that is rung or scheduled somewhere."""
    rung = {
        argument.value
        for tree in TREES.values()
        for name, call in _calls(tree)
        if name in {"wake", "ring"}
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }
    return rung | {entry["task"] for entry in celery.conf.beat_schedule.values()}


def test_imports_keep_to_the_contracts() -> None:
    result = CliRunner().invoke(
        lint_imports_command, ["--config", str(ROOT / "setup.cfg"), "--no-cache", "--no-logo"], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output


def test_no_import_hides_in_a_function() -> None:
    hidden = [
        f"{path}:{inner.lineno}"
        for path, tree in TREES.items()
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef)
        for inner in ast.walk(outer)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        path
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.environb", "os.getenv"})
        or (isinstance(node, ast.ImportFrom) and node.module == "os")
    }
    # children.py hands it on, whole and unread, to the processes it starts.
    assert readers <= {"moderation_service/config.py", "moderation_service/children.py"}


def test_only_the_database_commits() -> None:
    ends = {"commit", "rollback", "begin", "begin_nested"}
    enders = {path for path, tree in TREES.items() for name, _ in _calls(tree) if name in ends}
    assert enders <= {"moderation_service/db.py", "moderation_service/migrations/__init__.py"}


def test_only_the_edges_open_a_database() -> None:
    openers = {path for path, tree in TREES.items() for name, _ in _calls(tree) if name == "Database"}
    assert openers
    assert [path for path in openers if not OPENERS.match(path)] == []


def test_every_module_class_and_function_that_others_may_use_says_what_it_is() -> None:
    silent = [
        f"{path}: {getattr(node, 'name', 'the module')}"
        for path, tree in TREES.items()
        if "migrations/versions" not in path
        for node in (tree, *tree.body)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and not getattr(node, "name", "").startswith("_")
        and "overload" not in {ast.unparse(decorator) for decorator in getattr(node, "decorator_list", [])}
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_task_that_is_woken_exists_and_has_a_queue() -> None:
    celery.loader.import_default_modules()
    woken = _woken()
    assert {"triage.drain", "enforcement.drain", "notifications.drain", "upkeep.tidy", "upkeep.reconcile"} <= woken
    assert woken <= set(celery.tasks)
    assert {queue_of(task) for task in woken} <= set(QUEUES)


# Routes.


def test_every_route_says_for_whom_it_is(app: Flask) -> None:
    undeclared = {name for name, view in app.view_functions.items() if not hasattr(view, "_audience")}
    assert undeclared <= PUBLIC_FILES


def test_no_route_but_those_for_anybody_answers_without_a_credential(app: Flask) -> None:
    client, answers = app.test_client(), {}
    # What is not said here is a number.
    values = {
        "receipt": "00000000-0000-7000-8000-000000000000",
        "external_id": "x",
        "slug": "x",
        "name": "x",
        "reporter": "0" * 32,
    }
    for rule in app.url_map.iter_rules():
        audience = getattr(app.view_functions[rule.endpoint], "_audience", ("anybody",))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if audience != ("anybody",):
                path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values.get(found[1], "1"), rule.rule)
                answers[f"{method} {path}"] = client.open(path, method=method).status_code
    assert len(answers) >= 20
    # The console shows people the way in, whatever they asked for.
    refused = {"GET /console": 303, "POST /console": 303}
    wanted = {route: refused.get(re.sub("(?<=/console)/.*", "", route), 401) for route in answers}
    assert answers == wanted


def test_every_route_under_v1_is_in_the_document_and_no_other(app: Flask, document: dict[str, Any]) -> None:
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = {(path, method) for path, item in document["paths"].items() for method in item if method != "parameters"}
    assert told == routes


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_the_document_says_which_credential_each_route_takes(app: Flask, document: dict[str, Any]) -> None:
    schemes = {"site": "siteKey", "moderator": "moderatorToken"}
    wrong = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        scheme = schemes.get(getattr(app.view_functions[rule.endpoint], "_audience", ("anybody",))[0])
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            operation = document["paths"].get(path, {}).get(method.lower(), {})
            told = [name for need in operation.get("security", []) for name in need]
            if told != ([scheme] if scheme else []):
                wrong.append(f"{method} {rule.rule}: {told}")
    assert wrong == []


def test_a_verb_in_a_path_follows_its_noun_without_a_slash(app: Flask) -> None:
    assert [rule.rule for rule in app.url_map.iter_rules() if "/:" in rule.rule] == []


def test_no_id_of_a_row_in_a_path_is_longer_than_the_database_holds(app: Flask) -> None:
    of_32_bits = {"endpoint_id", "identity_id", "key_id", "moderator_id", "token_id", "view_id"}
    found = {pair for rule in app.url_map.iter_rules() for pair in re.findall(r"<(?:(\w+):)?(\w+_id)>", rule.rule)}
    wrong = {(kind, name) for kind, name in found if kind != ("small" if name in of_32_bits else "row")}
    assert {name for _, name in wrong} == {"external_id"}
