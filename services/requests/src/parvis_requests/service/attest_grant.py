# SPDX-License-Identifier: EUPL-1.2
"""The attestation that silence has granted a request: of whom, about what, since when and by which text."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.locale import Text
from parvis_requests.db import catalogue, reporters, requests
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.author import PeopleDownError
from parvis_requests.domain.calendar import day_of
from parvis_requests.domain.errors import NoImplicitDecisionError
from parvis_requests.domain.legal import Silence
from parvis_requests.domain.reception import received_at
from parvis_requests.domain.request import Actor
from parvis_requests.outgoing.people import People
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.catalogue_file import ContactSeed, contact_of
from parvis_requests.service.form import Form
from parvis_requests.service.keep_reporter import name_of
from parvis_requests.service.read_request import record_access


@dataclass(frozen=True, slots=True)
class Attestation:
    """A grant by silence; ``person`` is what its author is called, None where nobody says it."""

    form: Form
    reference: str
    received_on: date
    received_at: datetime
    effective_at: datetime
    source: Text
    contact: ContactSeed
    person: str | None = None

    @property
    def decided_on(self) -> date:
        """The day with which the period ended."""
        return day_of(self.effective_at - timedelta(microseconds=1))


@dataclass(frozen=True, slots=True)
class AttestGrant:
    """The use case, with what it needs."""

    database: Database
    persons: PersonKeys
    people: People
    catalogues: Catalogues

    async def of_request(
        self, actor: Actor, request_id: UUID, now: datetime, *, names: bool = True, must_name: bool = False
    ) -> Attestation:
        """Attest it to its author or an agent, whose look is recorded where it ``names`` the person.

        Whoever has an account is named by identity, asked while no transaction is open; where it does not answer,
        nobody is named, or PeopleDownError is raised if it ``must_name``. Raises NotFoundError or
        NoImplicitDecisionError.
        """
        async with self.database.reading() as session:
            row = await requests.one(session, actor, request_id)
            found = await self._attested(session, row)
            reporter = await reporters.of(session, row.collectivity, row.author) if names else None
        if not names:
            return found
        if reporter:
            person = await name_of(reporter, persons=self.persons)
        else:
            person = await self._holder(row.author, row.collectivity, must_name=must_name)
        if person and actor.is_agent:
            async with self.database.unit_of_work() as uow:
                # Read anew: while identity was asked, the account may have become another.
                await record_access(uow.session, await requests.one(uow.session, actor, request_id), actor, now)
                await uow.commit()
        return replace(found, person=person)

    async def _attested(self, session: AsyncSession, row: Row) -> Attestation:
        key = requests.form_key(row)
        form = (await self.catalogues.forms_of(session, [key]))[key]
        legal = form.definition.legal
        if legal is None or legal.silence is not Silence.ACCEPTED:
            raise NoImplicitDecisionError
        effective_at = await requests.decided_by_silence_at(session, row.id, legal.action)
        if effective_at is None:
            raise NoImplicitDecisionError
        town, day = await catalogue.collectivity(session, row.collectivity), requests.entity(row).received_day
        received = received_at(day, row.created_at)
        return Attestation(form, row.reference, day, received, effective_at, legal.source, contact_of(town))

    async def _holder(self, person: UUID, collectivity: str, *, must_name: bool) -> str | None:
        try:
            named = (await self.people.names([person], collectivity)).get(person)
        except PeopleDownError:
            if must_name:
                raise
            return None
        return named.whole if named else None
