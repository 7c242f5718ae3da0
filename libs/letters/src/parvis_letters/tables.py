# SPDX-License-Identifier: EUPL-1.2
"""The table of dead letters, beside the inbox of each service that has a consumer."""

from pathlib import Path
from typing import Any, Final

from sqlalchemy import BigInteger, Column, DateTime, FetchedValue, Integer, LargeBinary, MetaData, String, Table, Uuid

_CREATE: Final = Path(__file__).with_name("dead_letter.sql")
LETTERS: Final = Table(
    "dead_letter",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("number", Integer, FetchedValue()),
    Column("consumer", String, nullable=False),
    Column("topic", String, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("headers", LargeBinary, nullable=False),
    Column("reason", String, nullable=False),
    Column("collectivity", String),
    Column("type", String),
    Column("event_id", Uuid),
    Column("state", String, nullable=False),
    Column("buried_at", DateTime(timezone=True), nullable=False),
    Column("mended", LargeBinary),
    Column("note", String),
    Column("settled_by", String),
    Column("settled_at", DateTime(timezone=True)),
)


def create_letter_table(op: Any) -> None:
    """In a service's migration; ``op`` is alembic's."""
    _head, *statements = _CREATE.read_text("utf-8").split("\n\n")
    for statement in statements:
        op.execute(statement.strip().removesuffix(";"))
