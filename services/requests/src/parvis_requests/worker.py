# SPDX-License-Identifier: EUPL-1.2
"""Composition root of the worker process: relay, consumer, timers, bulk operations, other parties, purge."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus

from parvis_files.clamd import Clamd
from parvis_kit.logs import logger
from parvis_kit.process import serve
from parvis_kit.runtime import Runtime, open_runtime
from parvis_kit.web.app import create_app
from parvis_kit.web.errors import as_problem
from parvis_kit.web.internal import health_router
from parvis_letters.burying import bury
from parvis_letters.keeping import keep_letters
from parvis_outside.client import Outside
from parvis_outside.destination import networks
from parvis_requests.api.problems import CATALOGUE
from parvis_requests.consumers import people
from parvis_requests.db.blobs import FileBlobs
from parvis_requests.outgoing.open311 import Open311Calls
from parvis_requests.outgoing.payfip import provider_at
from parvis_requests.receiving import take_regularly
from parvis_requests.service.ask_satisfaction import ask_satisfaction
from parvis_requests.service.carry_out_transfers import Transfers, carry_out_transfers
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.certify_answer import forget_loose
from parvis_requests.service.confirm_address import Confirming, forget_confirmations
from parvis_requests.service.count_months import count_months
from parvis_requests.service.follow_forwarded import follow_forwarded
from parvis_requests.service.forget_erased import forget_erased
from parvis_requests.service.forward_messages import forward_messages
from parvis_requests.service.forward_requests import forward_requests
from parvis_requests.service.offer_slots import lapse_offers
from parvis_requests.service.open311_endpoints import Forwarders, keys_of
from parvis_requests.service.payments import Payments
from parvis_requests.service.purge_closed import purge_closed
from parvis_requests.service.purge_uploads import purge_uploads
from parvis_requests.service.read_appointments import forget_appointments
from parvis_requests.service.request_drafts import forget_drafts
from parvis_requests.service.restrict_requests import restrict_regularly
from parvis_requests.service.ring_timers import ring_timers
from parvis_requests.service.scan_files import scan_files
from parvis_requests.service.settle_payments import settle_payments
from parvis_requests.service.sweep_blobs import sweep_blobs
from parvis_requests.service.tell_catalogue import tell_untold
from parvis_requests.service.work_off_bulk import forget_bulk, work_off_bulk
from parvis_requests.settings import MIGRATIONS, Settings

_PURGE_SECONDS = 600
_TELL_SECONDS = 60
_SWEEP_SECONDS = 86_400
_CONFIRM_SECONDS = 30
_RING_SECONDS = 5
_ASK_SECONDS = 30
_BULK_SECONDS = 1
_SCAN_SECONDS = 2
_FORWARD_SECONDS = 2
_SETTLE_SECONDS = 2
_BULK_KEPT = timedelta(days=30)
_log = logger(__name__)


async def main() -> None:
    """Work until told to stop."""
    settings = Settings()
    async with open_runtime("requests", "worker", settings, MIGRATIONS) as runtime:
        relay = runtime.relay()
        heard = runtime.consumer("requests-people", people.TOPICS, people.handlers(runtime.persons), bury)
        app = create_app(
            title="Parvis requests worker",
            version="1.0.0",
            public_url=settings.public_url,
            routers=[health_router(runtime.checks() | {"relay": relay.check, "people": heard.check})],
            catalogue=CATALOGUE,
            state=runtime.state(),
        )
        ports = [(app, settings.host, settings.worker_internal_port)]
        await serve(
            ports,
            relay.run(),
            heard.run(),
            keep_letters(runtime.database, settings.journal_retention_days),
            runtime.waker.run(),
            purge_regularly(runtime),
            sweep_regularly(runtime),
            confirm_regularly(runtime),
            purge_closed_regularly(runtime),
            tell_regularly(runtime),
            ring_regularly(runtime),
            work_off_regularly(runtime),
            restrict_regularly(runtime.database),
            forward_regularly(runtime),
            transfer_regularly(runtime),
            offer_regularly(runtime),
            *([settle_regularly(runtime)] if settings.payfip_url else []),
            ask_regularly(runtime),
            take_regularly(runtime),
            *([scan_regularly(runtime)] if settings.clamd else []),
        )


async def ring_regularly(runtime: Runtime[Settings]) -> None:
    """Ring the timers that are due, until cancelled; what came due while nobody worked rings first."""
    catalogues = Catalogues(runtime.database, runtime.settings.catalogue_seconds)
    while True:
        try:
            await ring_timers(runtime.database, catalogues, runtime.persons, datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("timers_failed", error=type(error).__name__)
        await asyncio.sleep(_RING_SECONDS)


async def forward_regularly(runtime: Runtime[Settings]) -> None:
    """Send requests to the bodies that handle them, and ask these what became of them, until cancelled."""
    settings = runtime.settings
    parts, every = forwarders(runtime), timedelta(seconds=settings.open311_follow_seconds)
    while True:
        for turn in (forward_requests, forward_messages, partial(follow_forwarded, every=every)):
            try:
                await turn(parts, now=datetime.now(UTC))
            except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
                _log.warning("forwarding_failed", error=type(error).__name__)
        await asyncio.sleep(_FORWARD_SECONDS)


async def transfer_regularly(runtime: Runtime[Settings]) -> None:
    """Have requests go to who is competent for them, until cancelled; what fell due while nobody worked goes first."""
    settings = runtime.settings
    parts = Transfers(
        database=runtime.database,
        catalogues=Catalogues(runtime.database, settings.catalogue_seconds),
        persons=runtime.persons,
        blobs=FileBlobs(settings.attachments_directory),
        index=runtime.blind_index,
    )
    while True:
        try:
            await carry_out_transfers(parts, datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("transfers_failed", error=type(error).__name__)
        await asyncio.sleep(_RING_SECONDS)


async def ask_regularly(runtime: Runtime[Settings]) -> None:
    """Ask people how they were served, and count the months that are over, until cancelled."""
    ask = partial(ask_satisfaction, persons=runtime.persons, index=runtime.blind_index)
    while True:
        for turn in (ask, count_months):
            try:
                await turn(runtime.database, now=datetime.now(UTC))
            except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
                _log.warning("satisfaction_not_asked", error=type(error).__name__)
        await asyncio.sleep(_ASK_SECONDS)


async def offer_regularly(runtime: Runtime[Settings]) -> None:
    """Offer slots that nobody took in time to the next who waits, until cancelled."""
    catalogues = Catalogues(runtime.database, runtime.settings.catalogue_seconds)
    while True:
        try:
            await lapse_offers(runtime.database, catalogues, datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("offers_failed", error=type(error).__name__)
        await asyncio.sleep(_RING_SECONDS)


async def settle_regularly(runtime: Runtime[Settings]) -> None:
    """Ask the provider of payments what became of them, until cancelled; what was due while nobody worked is first."""
    settings = runtime.settings
    catalogues = Catalogues(runtime.database, settings.catalogue_seconds)
    provider = provider_at(settings.payfip_url, settings.payfip_timeout_seconds)
    parts = Payments(runtime.database, catalogues, runtime.persons, provider, settings.public_url)
    while True:
        try:
            await settle_payments(parts, datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("payments_not_settled", error=type(error).__name__)
        await asyncio.sleep(_SETTLE_SECONDS)


def forwarders(runtime: Runtime[Settings]) -> Forwarders:
    """What forwarding works with in this process."""
    settings = runtime.settings
    outside = Outside(settings.open311_timeout_seconds, networks(settings.open311_allowed_networks))
    return Forwarders(
        database=runtime.database,
        persons=runtime.persons,
        catalogues=Catalogues(runtime.database, settings.catalogue_seconds),
        calls=Open311Calls(outside),
        keys=keys_of(runtime.master),
        index=runtime.blind_index,
        public_url=settings.public_url,
    )


async def scan_regularly(runtime: Runtime[Settings]) -> None:
    """Have the antivirus look at new files, until cancelled; what came while it was down is looked at first."""
    blobs, clamd = FileBlobs(runtime.settings.attachments_directory), Clamd(runtime.settings.clamd)
    while True:
        try:
            await scan_files(runtime.database, runtime.persons, blobs, clamd.look, datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("scans_failed", error=type(error).__name__)
        await asyncio.sleep(_SCAN_SECONDS)


async def work_off_regularly(runtime: Runtime[Settings]) -> None:
    """Work off bulk operations, until cancelled; what a killed worker left waits here."""
    catalogues = Catalogues(runtime.database, runtime.settings.catalogue_seconds)
    while True:
        try:
            await work_off_bulk(runtime.database, catalogues, runtime.persons, code_of, lambda: datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("bulk_failed", error=type(error).__name__)
        await asyncio.sleep(_BULK_SECONDS)


def code_of(error: Exception) -> str | None:
    """The code of the problem that an error is, None for one that says "not now"."""
    problem = as_problem(error, CATALOGUE)
    return None if problem.status_code == HTTPStatus.SERVICE_UNAVAILABLE else problem.kind.code


async def purge_regularly(runtime: Runtime[Settings]) -> None:
    """Delete uploads that joined no request in time, until cancelled."""
    settings = runtime.settings
    blobs = FileBlobs(settings.attachments_directory)
    while True:
        before = datetime.now(UTC) - timedelta(hours=settings.upload_retention_hours)
        try:
            await forget_drafts(runtime.database, datetime.now(UTC) - timedelta(days=settings.draft_retention_days))
            await purge_uploads(runtime.database, blobs, before)
            await forget_loose(runtime.database, before)
            kept = timedelta(days=settings.appointment_retention_days)
            await forget_appointments(runtime.database, kept, datetime.now(UTC))
            await forget_bulk(runtime.database, datetime.now(UTC) - _BULK_KEPT)
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("purge_failed", error=type(error).__name__)
        await asyncio.sleep(_PURGE_SECONDS)


async def sweep_regularly(runtime: Runtime[Settings]) -> None:
    """Delete files that no row names, until cancelled; younger ones may still get their row."""
    blobs, kept = FileBlobs(runtime.settings.attachments_directory), runtime.settings.upload_retention_hours
    while True:
        try:
            await sweep_blobs(runtime.database, blobs, datetime.now(UTC) - timedelta(hours=kept))
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("sweep_failed", error=type(error).__name__)
        await asyncio.sleep(_SWEEP_SECONDS)


async def confirm_regularly(runtime: Runtime[Settings]) -> None:
    """Store what was confirmed and interrupted, and forget what nobody confirmed in time, until cancelled."""
    catalogues = Catalogues(runtime.database, runtime.settings.catalogue_seconds)
    confirming = Confirming(runtime.database, catalogues, runtime.persons, runtime.blind_index)
    while True:
        try:
            await confirming.store_interrupted(datetime.now(UTC))
            await forget_confirmations(runtime.database, datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("confirmations_failed", error=type(error).__name__)
        await asyncio.sleep(_CONFIRM_SECONDS)


async def purge_closed_regularly(runtime: Runtime[Settings]) -> None:
    """Destroy requests whose retention is over, until cancelled; what fell due while nobody worked goes first."""
    blobs = FileBlobs(runtime.settings.attachments_directory)
    while True:
        try:
            await forget_erased(runtime.database, datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("erased_people_not_forgotten", error=type(error).__name__)
        try:
            gone = await purge_closed(runtime.database, runtime.persons, blobs, datetime.now(UTC))
            if gone:
                _log.info("requests_purged", count=gone)
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("retention_failed", error=type(error).__name__)
        await asyncio.sleep(_PURGE_SECONDS)


async def tell_regularly(runtime: Runtime[Settings]) -> None:
    """Tell which request types and areas there are, where that was never told, until cancelled."""
    while True:
        try:
            async with runtime.database.unit_of_work() as uow:
                told = await tell_untold(uow.session, datetime.now(UTC))
                await uow.commit()
            if told:
                _log.info("catalogues_told", count=told)
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("catalogues_not_told", error=type(error).__name__)
        await asyncio.sleep(_TELL_SECONDS)
