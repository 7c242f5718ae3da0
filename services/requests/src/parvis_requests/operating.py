# SPDX-License-Identifier: EUPL-1.2
"""What an operator does on the command line: keys of Open311 clients, requests of another system, what is done anew."""

import re
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from pydantic_core import to_json

from parvis_kit.logs import logger
from parvis_kit.runtime import open_runtime
from parvis_requests.db import catalogue, open311
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.import_line import MOST_BYTES
from parvis_requests.service.import_requests import Progress, RequestImport
from parvis_requests.service.open311_keys import make_key
from parvis_requests.service.recompute_keys import Recomputing, recompute_keys
from parvis_requests.service.seed_catalogue import read_seed, seed_catalogue
from parvis_requests.service.tell_catalogue import tell_again
from parvis_requests.settings import MIGRATIONS, Settings

_SOURCE: Final = re.compile(r"[a-z0-9-]{1,50}")
_SAID_SECONDS: Final = 2.0
_log = logger(__name__)
_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def make_open311_key(collectivity: str, name: str) -> None:
    """Make a key for a client of that name and print it: it cannot be shown again."""
    async with (
        open_runtime("requests", "open311", Settings(), MIGRATIONS) as runtime,
        runtime.database.unit_of_work() as uow,
    ):
        if await catalogue.version(uow.session, collectivity) is None:
            raise SystemExit(f"no such collectivity: {collectivity}")
        key_id, key = await make_key(uow.session, collectivity, name, datetime.now(UTC))
        await uow.commit()
    print(f"id {key_id}\napi_key {key}")  # noqa: T201 - the operator asked for it


async def revoke_open311_key(key_id: UUID) -> None:
    """Revoke a key: from now on it is refused."""
    async with (
        open_runtime("requests", "open311", Settings(), MIGRATIONS) as runtime,
        runtime.database.unit_of_work() as uow,
    ):
        if not await open311.revoke(uow.session, key_id, datetime.now(UTC)):
            raise SystemExit("no such key, or revoked before")
        await uow.commit()


async def do_anew(what: str, collectivity: str, options: Sequence[str]) -> None:
    """Tell the catalogue of a collectivity again, or compute anew what its requests are found by."""
    match what, *options:
        case ["tell-catalogue"]:
            await tell_catalogue(collectivity)
        case ["recompute-answer-keys"]:
            await recompute_answer_keys(collectivity, None)
        case ["recompute-answer-keys", "--after", request] if _ID.fullmatch(request):
            await recompute_answer_keys(collectivity, UUID(request))
        case _:
            raise SystemExit(f"usage: parvis-requests {what} COLLECTIVITY [--after REQUEST]")


async def tell_catalogue(collectivity: str) -> None:
    """Tell all request types and areas of a collectivity once more: to a Kafka whose topics have lost them."""
    async with (
        open_runtime("requests", "tell", Settings(), MIGRATIONS) as runtime,
        runtime.database.unit_of_work() as uow,
    ):
        try:
            told = await tell_again(uow.session, collectivity, datetime.now(UTC))
        except NotFoundError:
            raise SystemExit(f"no such collectivity: {collectivity}") from None
        await uow.commit()
    print(f"{told} told")  # noqa: T201 - the operator asked for it


async def recompute_answer_keys(collectivity: str, after: UUID | None) -> None:
    """Compute anew what the requests of a collectivity are found by of their answers; says where it could go on."""
    async with open_runtime("requests", "recompute", Settings(), MIGRATIONS) as runtime:
        catalogues = Catalogues(runtime.database, runtime.settings.catalogue_seconds)
        parts = Recomputing(runtime.database, catalogues, runtime.persons, runtime.blind_index, collectivity)
        begun, said, seen, changed = time.monotonic(), 0.0, 0, 0
        try:
            async for step in recompute_keys(parts, after):
                seen, changed = seen + step.seen, changed + step.changed
                if (since := time.monotonic() - begun) > said + _SAID_SECONDS:
                    said = since
                    sys.stderr.write(f"{seen} seen, {changed} changed; if it breaks off: --after {step.last}\n")
        except NotFoundError:
            raise SystemExit("no such collectivity, or no such request in it") from None
    sys.stderr.write(f"{seen} seen, {changed} changed\n")


async def import_requests(collectivity: str, source: str, file: Path, *, dry_run: bool) -> None:
    """Bring in the lines of a file; each rejected one goes to standard output as JSON, and then the command fails."""
    if not _SOURCE.fullmatch(source):
        raise SystemExit(f"{source}: 1 to 50 small letters, digits and hyphens name a source")
    async with open_runtime("requests", "import", Settings(), MIGRATIONS) as runtime:
        try:
            catalogue = await Catalogues(runtime.database, runtime.settings.catalogue_seconds).of(collectivity)
        except NotFoundError:
            raise SystemExit(f"no such collectivity: {collectivity}") from None
        bringing = RequestImport(
            runtime.database, runtime.persons, runtime.blind_index, catalogue, collectivity, source, dry_run
        )
        begun, said, last, rejected = time.monotonic(), 0.0, Progress(), 0
        async for last in bringing.run(_lines(file), lambda: datetime.now(UTC)):
            rejected += len(last.rejected)
            for line in last.rejected:
                sys.stdout.write(to_json(line._asdict()).decode() + "\n")
            if (since := time.monotonic() - begun) > said + _SAID_SECONDS:
                said = since
                sys.stderr.write(f"{last.read} read, {last.read / since:.0f} a second …\n")
    stored = "would be stored" if dry_run else "stored"
    sys.stderr.write(f"{last.read} read: {last.stored} {stored}, {last.known} known before, {rejected} rejected\n")
    if rejected:
        raise SystemExit(1)


def _lines(file: Path) -> Iterator[bytes]:
    # A line without an end does not fill the memory: what is past the limit is read and thrown away.
    try:
        with file.open("rb") as content:
            while line := content.readline(MOST_BYTES + 1):
                rest = line
                while len(rest) > MOST_BYTES and not rest.endswith(b"\n"):
                    rest = content.readline(MOST_BYTES + 1)
                yield line
    except OSError as error:
        raise SystemExit(f"{file}: {error.strerror}") from error


async def seed(file: Path) -> None:
    """Load catalogues from a file, for a demo town or a first installation."""
    rows = read_seed(file)
    async with (
        open_runtime("requests", "seed", Settings(), MIGRATIONS) as runtime,
        runtime.database.unit_of_work() as uow,
    ):
        for catalogue in rows:
            await seed_catalogue(uow.session, catalogue, datetime.now(UTC))
        await uow.commit()
    _log.info("catalogues_loaded", count=len(rows))
