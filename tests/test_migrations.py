"""Migrations: they lead to the models, back to nothing, and give the service's role no more than it needs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from moderation_service import migrations, pipeline
from moderation_service.cases import claims
from moderation_service.config import Settings
from moderation_service.db import Database, create_database_engine
from moderation_service.decisions.models import Proposal
from moderation_service.migrations.tables import ROOMS, metadata
from moderation_service.policy import service as policy
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from tests.factories import LEASE, make_article, make_case, make_moderator, make_policy, make_ruling, make_site

UPGRADE = "from moderation_service import config, migrations; migrations.upgrade(config.Settings.from_env())"


@pytest.fixture
def owner(settings: Settings) -> Iterator[Connection]:
    """A connection as the role that owns the tables."""
    engine = create_database_engine(settings.migration_database_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection
    engine.dispose()


def _tables(owner: Connection) -> set[str]:
    return set(inspect(owner).get_table_names()) - {"alembic_version"}


def test_the_migrations_lead_to_the_models(owner: Connection) -> None:
    context = MigrationContext.configure(owner, opts={"compare_type": True})
    assert compare_metadata(context, metadata) == []


def test_every_table_belongs_to_a_room_that_the_migrations_know(owner: Connection) -> None:
    assert _tables(owner) == set(metadata.tables)
    assert len(ROOMS) == 11


def test_there_is_one_line_of_revisions() -> None:
    assert len(ScriptDirectory.from_config(migrations.alembic_config("")).get_heads()) == 1


def test_a_migrated_database_is_at_the_head(owner: Connection) -> None:
    assert migrations.current(owner) == migrations.head()


def test_migrating_again_changes_nothing(settings: Settings, owner: Connection) -> None:
    migrations.upgrade(settings)
    assert migrations.current(owner) == migrations.head()


def test_down_to_nothing_and_up_again(settings: Settings, owner: Connection) -> None:
    migrations.downgrade(settings, "base")
    functions = "SELECT count(*) FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'"
    assert (_tables(owner), owner.scalar(text(functions))) == (set(), 0)
    migrations.upgrade(settings)
    assert compare_metadata(MigrationContext.configure(owner), metadata) == []


def test_each_revision_can_be_undone_alone(settings: Settings, owner: Connection) -> None:
    revisions = [s.revision for s in ScriptDirectory.from_config(migrations.alembic_config("")).walk_revisions()]
    for older in [*revisions[1:], "base"]:
        migrations.downgrade(settings, older)
        assert migrations.current(owner) == (None if older == "base" else older)


def test_a_proposal_that_waits_cites_the_policy_that_was_in_force_when_it_was_made(
    settings: Settings, database: Database
) -> None:
    cited = {}
    with database.transaction() as session:
        ada, site, other = make_moderator(session), make_site(session), make_site(session, "other")
        make_policy(session, None, second_for_editorial=True)
        cited[_proposed(session, site, "by the house's", ada)] = policy.in_force(session, site.id).id
    with database.transaction() as session:
        own = make_policy(session, site, second_for_editorial=True).id
        cited[_proposed(session, site, "by the site's own", ada)] = own
        cited[_proposed(session, other, "by the house's still", ada)] = policy.in_force(session, None).id
    with database.transaction() as session:
        make_policy(session, site, second_for_editorial=True)
    migrations.downgrade(settings, "0027")
    migrations.upgrade(settings)
    with database.transaction() as session:
        found = session.execute(text("SELECT case_id, policy_id FROM proposals"))
        assert {case_id: policy_id for case_id, policy_id in found} == cited
    assert len(set(cited.values())) == 2


def _proposed(session: Session, site: Site, article: str, person: Person) -> int:
    """A case for which somebody has proposed a takedown; its id."""
    make_article(session, site, article)
    case = make_case(session, site, article)
    claims.claim(session, case, person, lease=LEASE)
    assert isinstance(pipeline.decide(session, case.id, person, make_ruling(case)), Proposal)
    return case.id


def test_two_migrators_at_once_migrate_once(settings: Settings, owner: Connection) -> None:
    migrations.downgrade(settings, "base")
    command, env = [sys.executable, "-c", UPGRADE], settings.as_env()
    both = [subprocess.Popen(command, env=env, stderr=subprocess.PIPE) for _ in range(2)]
    assert [(migrator.communicate()[1], migrator.returncode) for migrator in both] == [(b"", 0)] * 2
    assert migrations.current(owner) == migrations.head()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine ()",
        "DROP TABLE flags",
        "ALTER TABLE audit_entries DISABLE TRIGGER append_only",
        "UPDATE alembic_version SET version_num = 'x'",
        "TRUNCATE flags",
        *(f"DELETE FROM {table}" for table in migrations.APPEND_ONLY),
        *(f"UPDATE {table} SET {column} = {column}" for table, column in [("decisions", "id"), ("case_events", "id")]),
    ],
)
def test_the_services_own_role_may_not(session: Session, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), session.begin_nested():
        session.execute(text(statement))


@pytest.mark.parametrize("table", migrations.APPEND_ONLY)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_not_even_the_owner_takes_evidence_away(owner: Connection, table: str, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="evidence"):
        owner.execute(text(statement.format(table)))
