# SPDX-License-Identifier: EUPL-1.2
"""What the worker does with what people write by other ways than the portal."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from parvis_kit.logs import logger
from parvis_kit.runtime import Runtime
from parvis_requests.db.blobs import FileBlobs
from parvis_requests.domain.files import Scan
from parvis_requests.outgoing.inbound_messages import InboundMessages
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.qualify_contact import forget_contacts
from parvis_requests.service.received_files import FileKeeping
from parvis_requests.service.take_received import Taking, take_received
from parvis_requests.settings import Settings

_TAKE_SECONDS: Final = 2
_FORGET_EVERY: Final = 300
_log = logger(__name__)


async def take_regularly(runtime: Runtime[Settings]) -> None:
    """Take what came in, and forget contacts that have had their time, until cancelled."""
    parts, kept, rounds = taking(runtime), timedelta(days=runtime.settings.contact_retention_days), 0
    while True:
        try:
            await take_received(parts, lambda: datetime.now(UTC))
            if rounds % _FORGET_EVERY == 0:
                await forget_contacts(parts.database, parts.keeping, kept, datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("receiving_failed", error=type(error).__name__)
        rounds += 1
        await asyncio.sleep(_TAKE_SECONDS)


def taking(runtime: Runtime[Settings]) -> Taking:
    """What taking messages needs in this process."""
    settings = runtime.settings
    scan = Scan.WAITING if settings.clamd else Scan.UNCHECKED
    return Taking(
        database=runtime.database,
        catalogues=Catalogues(runtime.database, settings.catalogue_seconds),
        keeping=FileKeeping(runtime.persons, FileBlobs(settings.attachments_directory), scan),
        holder=InboundMessages(
            settings.notifications_internal_url,
            settings.identity_internal_url,
            settings.machine_client_secret.get_secret_value(),
        ),
        bytes_waiting=settings.contact_bytes_waiting,
    )
