# SPDX-License-Identifier: EUPL-1.2
"""What somebody allowed applications, for themselves: the list, and taking it back (GDPR article 7(3))."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parvis_identity import events
from parvis_identity.db import audit, consents
from parvis_identity.domain.audit import Act, Action, Actor, Thing
from parvis_identity.domain.consent import Consent, UnknownConsentError
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_kit.messaging import outbox

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Consents:
    """The use cases, with what they need; without collectivity they are about the whole deployment."""

    database: Database

    async def of(self, person: UUID, now: datetime, collectivity: str | None = None) -> list[Consent]:
        """What the person allows now, the latest first."""
        async with self.database.reading() as session:
            return await consents.of_person(session, person, collectivity, now)

    async def withdraw(
        self, person: UUID, client_id: str, by: Actor, now: datetime, collectivity: str | None = None
    ) -> None:
        """The application may do nothing for the person any more, and asks before it may again.

        Its refresh tokens end at once and, with the grants that they are of, its access tokens everywhere; the
        person stays signed in. Raises UnknownConsentError where there is nothing to take back.
        """
        if not client_id.isprintable():
            raise UnknownConsentError
        async with self.database.unit_of_work() as uow:
            over = await consents.withdraw(uow.session, person, client_id, collectivity, now)
            if over is None:
                raise UnknownConsentError
            for grant in over.grants:
                await outbox.add(uow.session, events.ground_ended(grant, over.collectivity, now))
            on, what = Thing("client", client_id), {"grants": [str(grant) for grant in over.grants]}
            await audit.record(uow.session, Act(Action.CONSENT_WITHDRAWN, by, on, now, over.collectivity, what))
            await uow.commit()
        _log.info("consent_withdrawn", client=client_id, grants=len(over.grants))
