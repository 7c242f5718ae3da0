# SPDX-License-Identifier: EUPL-1.2
"""Sessions of people whom we recognised ourselves."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import audit, local_accounts
from parvis_identity.domain.assurance import LOCAL, MULTI_FACTOR, acr_of
from parvis_identity.domain.audit import Act, Action, Thing, citizen
from parvis_identity.domain.client import Audience
from parvis_identity.domain.opaque import fingerprint, new_opaque
from parvis_identity.domain.session import Session
from parvis_identity.service.open_session import open_session
from parvis_kit.ids import uuid7
from parvis_kit.logs import logger

_log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookies:
    """The secrets that a browser keeps: of its session, and of the device that the account knows from now on."""

    session: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The secrets that a browser came with."""

    browser: str
    session: str | None
    device: str | None


class LocalSessions:
    """Opens them, within the caller's transaction."""

    def __init__(self, life: timedelta) -> None:
        self._life = life

    async def open(
        self, session: AsyncSession, person: UUID, amr: tuple[str, ...], kept: Kept, now: datetime
    ) -> Cookies:
        """A session with a new secret, in the place of the one that the browser had."""
        made = Cookies(session=new_opaque(), device=kept.device or new_opaque())
        opened = Session(
            id=uuid7(),
            person=person,
            kind=Audience.CITIZEN.value,
            provider=LOCAL,
            acr=acr_of(amr),
            amr=amr,
            auth_time=now,
            created_at=now,
            last_seen_at=now,
            expires_at=now + self._life,
            ended_at=None,
        )
        opened = await open_session(session, opened, made.session, None, kept.session, now)
        await local_accounts.remember_device(session, fingerprint(made.device), person, now, proven=MULTI_FACTOR in amr)
        how, on = {"provider": [LOCAL], "amr": amr}, Thing("session", str(opened.id))
        await audit.record(session, Act(Action.SIGNED_IN, citizen(person), on, now, details=how))
        _log.info("signed_in", provider=LOCAL, kind=opened.kind)
        return made
