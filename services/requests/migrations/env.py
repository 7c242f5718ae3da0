# SPDX-License-Identifier: EUPL-1.2
"""Migrations of the requests service."""

from parvis_kit.alembic_env import run
from parvis_requests.db.tables import Base

run(Base.metadata)
