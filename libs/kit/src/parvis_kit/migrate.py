# SPDX-License-Identifier: EUPL-1.2
"""The migrate command of a service: alembic up to the newest revision, then the key store's table."""

import asyncio
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from parvis_kit.crypto.keys import MasterKey
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import sqlalchemy_url
from parvis_kit.settings import ServiceSettings


def alembic_config(migrations: Path, owner_url: str) -> Config:
    """Alembic's configuration for that folder of migrations, run as the owner of the tables."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("sqlalchemy.url", sqlalchemy_url(owner_url).replace("%", "%%"))
    return config


def head_revision(migrations: Path) -> str:
    """The newest revision in that folder."""
    head = ScriptDirectory.from_config(alembic_config(migrations, "postgresql://unused")).get_current_head()
    if head is None:
        raise RuntimeError(f"no migration in {migrations}")
    return head


def migrate(settings: ServiceSettings, migrations: Path) -> None:
    """Bring the service's database and its schema of the key store up to date; safe to repeat."""
    if settings.owner_database_url is None:
        raise SystemExit("set OWNER_DATABASE_URL: migrations run as the role that owns the tables")
    command.upgrade(alembic_config(migrations, settings.owner_database_url.get_secret_value()), "head")
    asyncio.run(_prepare_keystore(settings))


async def _prepare_keystore(settings: ServiceSettings) -> None:
    async with asyncpg.create_pool(settings.keystore_url.get_secret_value(), min_size=0, max_size=1) as pool:
        await PersonKeys(pool, MasterKey(settings.master_key.get_secret_value())).prepare()
