# SPDX-License-Identifier: EUPL-1.2
"""PostgreSQL, the databases, the migrations and the demo town."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from parvis_local import postgres
from parvis_local.databases import prepare_databases
from parvis_local.fingerprint import Done, fingerprint
from parvis_local.layout import ROOT, SERVICES
from parvis_local.parts import Part, Step
from parvis_local.postgres import EmbeddedPostgres
from parvis_local.running import Running, execute
from parvis_local.stack.context import NURSERY, Context, Work
from parvis_local.tasks import run_module

DEMO: Final = ROOT / "deploy" / "local" / "src" / "parvis_local" / "demo"
# The demo town, in this order: each service reads its own file with its own command, `parvis-<service> seed <file>`.
SEEDS: Final = tuple((service, DEMO / f"{service}.yaml") for service in SERVICES)
_CONNECTIONS: Final = "250"


def data_work(context: Context) -> Work:
    """From an empty folder to migrated databases with the demo town in them."""
    embedded = context.environments.needs_embedded_database()
    done = Done(context.layout.data / "done.json")
    database = (_postgres(context), _databases(context)) if embedded else ()
    migrations = tuple(_migration(context, done, service, embedded=embedded) for service in SERVICES)
    return (*database, *migrations, *_seeds(context, done))


def _postgres(context: Context) -> Part:
    server = _server(context)

    async def start() -> Running:
        await asyncio.to_thread(server.prepare)
        return await execute(server.command(), server.log)

    return Part(
        "postgres",
        "Starting PostgreSQL",
        start,
        f"postgres:{server.data}",
        server.log,
        port=server.port,
        stop_signal=postgres.STOP_SIGNAL,
    )


def _server(context: Context) -> EmbeddedPostgres:
    return EmbeddedPostgres(
        context.layout.data / "postgres",
        log=context.log("postgres"),
        port=context.ports["postgres"],
        settings={"max_connections": _CONNECTIONS},
    )


def _databases(context: Context) -> Step:
    async def run() -> None:
        context.urls.update(await prepare_databases(_server(context).url, context.secrets))

    return Step("databases", "Making the databases", run, ("postgres",))


def _migration(context: Context, done: Done, service: str, *, embedded: bool) -> Step:
    async def run() -> None:
        env = context.environments.of_migration(service, context.urls.get(service))
        print_ = fingerprint([_migrations(service)], *_where(context, service))
        await _once(context, done, service, ("migrate",), print_, env)

    return Step(migrated(service), f"Migrating {service}", run, (NURSERY, *(("databases",) if embedded else ())))


def _seeds(context: Context, done: Done) -> tuple[Step, ...]:
    steps: list[Step] = []
    for service, file in SEEDS:
        if file.exists():
            before = tuple(step.name for step in steps[-1:])
            steps.append(_seed(context, done, service, file, (*map(migrated, SERVICES), *before)))
    return tuple(steps)


def _seed(context: Context, done: Done, service: str, file: Path, needs: tuple[str, ...]) -> Step:
    async def run() -> None:
        env = context.environments.of_seed(service, context.urls.get(service))
        secrets = (f"{name} {value}" for name, value in env.items() if name.endswith("_SECRET"))
        facts = (*_where(context, service), context.options.public_url, *secrets)
        print_ = fingerprint([DEMO, _migrations(service)], *facts)
        await _once(context, done, service, ("seed", str(file)), print_, env)

    return Step(f"seed-{service}", f"Filling {service} with the demo town", run, needs)


def filled(service: str) -> str:
    """Name of the step after which the service's database is as its processes expect it."""
    return f"seed-{service}" if dict(SEEDS)[service].exists() else migrated(service)


def migrated(service: str) -> str:
    """Name of the step after which the service's tables are up to date."""
    return f"migrate-{service}"


async def _once(
    context: Context, done: Done, service: str, command: tuple[str, ...], print_: str, env: Mapping[str, str]
) -> None:
    name = f"{command[0]}-{service}"
    if not done.with_this(name, print_):
        await run_module(context.nursery, name, f"parvis_{service}", command, context.log(name), env)
        done.note(name, print_)


def _migrations(service: str) -> Path:
    return ROOT / "services" / service / "migrations"


def _where(context: Context, service: str) -> tuple[str, ...]:
    """Which databases, without passwords."""
    return tuple(
        "embedded" if url is None else url.rpartition("@")[2]
        for url in (context.environments.given(service, setting) for setting in ("DATABASE_URL", "KEYSTORE_URL"))
    )
