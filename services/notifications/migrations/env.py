# SPDX-License-Identifier: EUPL-1.2
"""Migrations of the notifications service."""

from parvis_kit.alembic_env import run
from parvis_notifications.db.tables import Base

run(Base.metadata)
