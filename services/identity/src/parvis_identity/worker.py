# SPDX-License-Identifier: EUPL-1.2
"""Composition root of the worker process: relay, letters, signing keys, audit trail, purge of what is over."""

import asyncio
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from parvis_identity.accounts import letters_of
from parvis_identity.api.problems import CATALOGUE
from parvis_identity.db.purge import purge
from parvis_identity.domain.audit import Entry
from parvis_identity.domain.siem import json_line, syslog_frame
from parvis_identity.outgoing.back_channel import BackChannel
from parvis_identity.outgoing.siem import SiemConnection, tls_of
from parvis_identity.outgoing.smtp import Post
from parvis_identity.service.audit_chain import AuditChain
from parvis_identity.service.carry_out_erasures import CarryOutErasures
from parvis_identity.service.carry_out_resets import CarryOutResets
from parvis_identity.service.erasure_letters import ErasureLetters
from parvis_identity.service.follow_destroyed_keys import FollowDestroyedKeys
from parvis_identity.service.key_ring import KeyRing
from parvis_identity.service.leave_everything import LeaveEverything
from parvis_identity.service.manage_agents import ManageAgents
from parvis_identity.service.purge_audit import PurgeAudit
from parvis_identity.service.scheduled_rotation import ScheduledRotation
from parvis_identity.service.stream_audit import READER, StreamAudit
from parvis_identity.service.tell_clients import TellClients
from parvis_identity.service.token_maker import TokenMaker
from parvis_identity.service.work_off_imports import WorkOffImports
from parvis_identity.service.write_letters import LetterWriter
from parvis_identity.settings import MIGRATIONS, Settings
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_kit.process import serve
from parvis_kit.runtime import Runtime, open_runtime
from parvis_kit.web.app import create_app
from parvis_kit.web.internal import health_router
from parvis_outside.client import Outside
from parvis_outside.destination import networks

_PURGE_SECONDS = 300
_log = logger(__name__)


async def main() -> None:
    """Work until told to stop."""
    settings = Settings()
    async with open_runtime("identity", "worker", settings, MIGRATIONS) as runtime:
        relay = runtime.relay()
        app = create_app(
            title="Parvis identity worker",
            version="1.0.0",
            public_url=settings.public_url,
            routers=[health_router(runtime.checks() | {"relay": relay.check})],
            catalogue=CATALOGUE,
            state=runtime.state(),
        )
        ports = [(app, settings.host, settings.worker_internal_port)]
        ring = KeyRing(runtime.database, runtime.master)
        work = (
            relay,
            runtime.waker,
            letter_writer(runtime),
            ScheduledRotation(ring, timedelta(days=settings.key_rotation_days)),
            client_teller(runtime, ring),
            AuditChain(runtime.database, runtime.master),
            PurgeAudit(runtime.database, runtime.master, READER if settings.siem_host else None),
            CarryOutResets(runtime.database, runtime.persons, runtime.blind_index, letters_of(runtime)),
            erasing(runtime),
            FollowDestroyedKeys(runtime.database, runtime.persons),
            WorkOffImports(runtime.database, runtime.master, runtime.persons, runtime.blind_index, letters_of(runtime)),
        )
        await serve(
            ports,
            *(part.run() for part in work),
            *(s.run() for s in audit_streams(runtime)),
            purge_regularly(runtime.database),
        )


def client_teller(runtime: Runtime[Settings], ring: KeyRing) -> TellClients:
    """What tells clients of ended sessions."""
    settings = runtime.settings
    maker = TokenMaker(ring, runtime.master, issuer=settings.issuer_url, life_seconds=settings.access_token_seconds)
    outside = Outside(settings.client_timeout_seconds, networks(settings.client_networks))
    return TellClients(runtime.database, maker, BackChannel(outside))


def letter_writer(runtime: Runtime[Settings]) -> LetterWriter:
    """What writes the letters that the api process wished for."""
    settings = runtime.settings
    return LetterWriter(runtime.database, runtime.blind_index, letters_of(runtime), Post(settings), settings.public_url)


def erasing(runtime: Runtime[Settings]) -> CarryOutErasures:
    """What erases the accounts whose time has come."""
    persons, index = runtime.persons, runtime.blind_index
    leaving = LeaveEverything(persons, ManageAgents(persons, index))
    letters = ErasureLetters(letters_of(runtime), persons, index)
    return CarryOutErasures(runtime.database, persons, index, letters, leaving)


def audit_streams(runtime: Runtime[Settings]) -> list[StreamAudit]:
    """What gives the audit trail to a SIEM, where there is one."""
    settings = runtime.settings
    if not settings.siem_host:
        return []
    host = socket.gethostname()

    def syslog(sequence: int, hash_: bytes, entry: Entry) -> bytes:
        return syslog_frame(sequence, hash_, entry, host)

    written: Callable[[int, bytes, Entry], bytes] = syslog if settings.siem_format == "syslog" else json_line
    tls = tls_of(settings.siem_ca_file, settings.siem_certificate_file) if settings.siem_tls else None
    receiver = SiemConnection(settings.siem_host, settings.siem_port, tls=tls, timeout=settings.siem_timeout_seconds)
    return [StreamAudit(runtime.database, receiver, written)]


async def purge_regularly(database: Database) -> None:
    """Remove expired sign-ins, sessions, grants, keys and idempotency records, until cancelled."""
    while True:
        try:
            removed = await purge_once(database, datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("purge_failed", error=type(error).__name__)
            removed = 0
        await asyncio.sleep(1 if removed else _PURGE_SECONDS)


async def purge_once(database: Database, now: datetime) -> int:
    """One batch of each, in one transaction; returns how many rows went."""
    async with database.unit_of_work() as uow:
        removed = await purge(uow.session, now)
        await uow.commit()
    return removed
