# SPDX-License-Identifier: EUPL-1.2
"""No migration locks a table that is in use, or breaks who still runs the version before: squawk reads their SQL."""

import importlib
import io
import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from alembic import command

from parvis_kit.migrate import alembic_config

SERVICES = ["identity", "requests", "notifications", "participation"]
SQUAWK = Path(sys.executable).with_name("squawk")
LEFT_OUT = {
    "prefer-bigint-over-int": "versions, sizes and counts of one object never reach two billion; ids are UUIDs",
    "prefer-robust-stmts": "each revision is a transaction; indexes built outside of one are tested below",
    "prefer-bigint-over-smallint": "buckets, ranks and attempts are bounded by the code that writes them",
}


def sql_of(service: str) -> str:
    """What ``alembic upgrade head --sql`` prints."""
    migrations = importlib.import_module(f"parvis_{service}.settings").MIGRATIONS
    config = alembic_config(migrations, "postgresql://nobody@localhost/nothing")
    config.output_buffer = io.StringIO()
    command.upgrade(config, "head", sql=True)
    sql: str = config.output_buffer.getvalue()
    # Alembic's own table, which no migration of ours makes.
    return sql.replace("version_num VARCHAR(32)", "version_num TEXT")


def findings(sql: str) -> list[dict[str, Any]]:
    """What squawk says of that SQL, on the oldest PostgreSQL that is supported."""
    done = subprocess.run(
        [SQUAWK, "--pg-version=15.0", "--reporter=json", f"--exclude={','.join(LEFT_OUT)}"],
        input=sql,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_the_migrations_are_safe(service: str) -> None:
    sql = sql_of(service)
    assert "CREATE TABLE outbox" in sql
    assert [f"{found['line']}: {found['rule_name']}: {found['message']}" for found in findings(sql)] == []


@pytest.mark.parametrize("service", SERVICES)
def test_an_index_built_beside_the_service_can_be_built_again(service: str) -> None:
    statements = [line for line in sql_of(service).splitlines() if line.strip()]
    for before, statement in pairwise(statements):
        if statement.startswith("CREATE INDEX CONCURRENTLY"):
            assert before == f"DROP INDEX CONCURRENTLY IF EXISTS {statement.split()[3]};"


@pytest.mark.parametrize("service", SERVICES)
def test_a_revision_that_was_broken_off_at_such_an_index_can_be_run_again(service: str) -> None:
    """What stands before the index has been committed by then, though the revision is not yet noted as done."""
    for revision in sql_of(service).split("-- Running upgrade ")[1:]:
        if "CONCURRENTLY" in revision:
            repeated = re.findall(
                r"^(?:ALTER TABLE|CREATE TABLE|CREATE (?:UNIQUE )?INDEX(?! CONC)).*", revision, re.MULTILINE
            )
            assert [statement for statement in repeated if "IF NOT EXISTS" not in statement] == []


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("ALTER TABLE request ADD COLUMN rank text NOT NULL;", "adding-required-field"),
        ("CREATE INDEX ix_request_rank ON request (rank);", "require-concurrent-index-creation"),
        ("ALTER TABLE request ALTER COLUMN team SET NOT NULL;", "adding-not-nullable-field"),
        ("ALTER TABLE request DROP COLUMN team;", "ban-drop-column"),
        ("ALTER TABLE request RENAME COLUMN team TO crew;", "renaming-column"),
        ("ALTER TABLE request ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES b (a);", "adding-foreign-key-constraint"),
        ("ALTER TABLE request ALTER COLUMN team TYPE uuid USING team::uuid;", "changing-column-type"),
    ],
)
def test_what_would_hold_up_a_running_service_is_found(statement: str, rule: str) -> None:
    # With the same limits that parvis_kit.alembic_env sets before each run.
    guarded = f"BEGIN;\nSET lock_timeout = '5s';\nSET statement_timeout = '10min';\n{statement}\nCOMMIT;\n"
    assert rule in {found["rule_name"] for found in findings(guarded)}
