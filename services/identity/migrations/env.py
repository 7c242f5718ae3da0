# SPDX-License-Identifier: EUPL-1.2
"""Migrations of the identity service."""

from parvis_identity.db.tables import Base
from parvis_kit.alembic_env import run

run(Base.metadata)
