# SPDX-License-Identifier: EUPL-1.2
"""Makes the tables of ``tables.sql`` for a service's first migration."""

from pathlib import Path
from typing import Any, Final

_CREATE: Final = Path(__file__).with_suffix(".sql")
_DROP: Final = (
    "DROP FUNCTION outbox_drop_days(integer)",
    "DROP FUNCTION outbox_make_days(integer)",
    *(f"DROP TABLE {name}" for name in ("relay_broker", "parked_event", "inbox", "outbox")),
)


def create_messaging_tables(op: Any) -> None:
    """Create them all, with the partitions of the next 14 days; ``op`` is alembic's."""
    _head, *statements = _CREATE.read_text("utf-8").split("\n\n")
    for statement in statements:
        op.execute(statement.strip().removesuffix(";"))


def drop_messaging_tables(op: Any) -> None:
    """Undo :func:`create_messaging_tables`."""
    for statement in _DROP:
        op.execute(statement)
