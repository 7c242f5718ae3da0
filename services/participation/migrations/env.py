# SPDX-License-Identifier: EUPL-1.2
"""Migrations of the participation service."""

from parvis_kit.alembic_env import run
from parvis_participation.db.tables import Base

run(Base.metadata)
