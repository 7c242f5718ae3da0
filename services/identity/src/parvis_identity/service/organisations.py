# SPDX-License-Identifier: EUPL-1.2
"""Associations and companies: a citizen declares one, an agent who saw a document verifies it, either may close it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity import events
from parvis_identity.db import audit, organisation_members, organisations
from parvis_identity.db.organisations import Belonging
from parvis_identity.domain.audit import Act, Action, Actor, Thing
from parvis_identity.domain.errors import (
    KnownOrganisationError,
    NotForThisCallerError,
    StaleOrganisationError,
    TooManyMembersError,
    UnknownOrganisationError,
)
from parvis_identity.domain.organisation import (
    Evidence,
    Member,
    MemberRole,
    Numbers,
    Organisation,
    OrganisationKind,
    OrganisationStatus,
    check_numbers,
)
from parvis_identity.service.on_duty import acting, check_agent
from parvis_kit.db.database import Database
from parvis_kit.db.keyset import Position, Slice
from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_kit.security.principal import Principal

_MOST_OF_ONE = 20


@dataclass(frozen=True, slots=True)
class Organisations:
    """The use cases, with what they need."""

    database: Database

    async def declare(
        self,
        session: AsyncSession,
        caller: Principal,
        kind: OrganisationKind,
        name: str,
        numbers: Numbers,
        now: datetime,
    ) -> Belonging:
        """One organisation more, whose representative the caller says to be; in the caller's transaction.

        Raises NotForThisCallerError, WrongOrganisationNumberError, KnownOrganisationError where one of that number is
        not closed, or TooManyMembersError for who is of too many.
        """
        if not caller.is_citizen:
            raise NotForThisCallerError
        check_numbers(kind, numbers)
        if len(await organisations.of_person(session, caller.person, caller.collectivity)) >= _MOST_OF_ONE:
            raise TooManyMembersError
        organisation = Organisation(
            id=uuid7(),
            collectivity=caller.collectivity,
            kind=kind,
            status=OrganisationStatus.DECLARED,
            numbers=numbers,
            name=name,
            version=1,
            created_at=now,
        )
        try:
            await organisations.add(session, organisation)
        except IntegrityError as error:
            raise KnownOrganisationError from error
        first = Member(
            id=uuid7(),
            collectivity=caller.collectivity,
            organisation=organisation.id,
            person=caller.person,
            role=MemberRole.REPRESENTATIVE,
            created_at=now,
            offer_ends_at=None,
            accepted_at=now,
        )
        await organisation_members.add(session, first)
        await record(session, Action.ORGANISATION_DECLARED, acting(caller), organisation, now)
        return Belonging(organisation, first.id, first.role)

    async def of(self, caller: Principal) -> list[Belonging]:
        """Those that the caller is of here; raises NotForThisCallerError."""
        if not caller.is_citizen:
            raise NotForThisCallerError
        async with self.database.reading() as session:
            return await organisations.of_person(session, caller.person, caller.collectivity)

    async def page(
        self, caller: Principal, filters: Mapping[str, str | None], position: Position | None, limit: int
    ) -> Slice[Organisation]:
        """A page of the collectivity's, for its agents; raises NotForThisCallerError."""
        check_agent(caller)
        async with self.database.reading() as session:
            return await organisations.page(session, caller.collectivity, filters, position, limit)

    async def find(self, caller: Principal, id_: UUID) -> Organisation:
        """For an agent of the collectivity and for its members; raises UnknownOrganisationError for anybody else."""
        async with self.database.reading() as session:
            organisation = await organisations.find(session, caller.collectivity, id_)
            if organisation is None or not await _may_see(session, caller, id_):
                raise UnknownOrganisationError
        return organisation

    async def members(self, caller: Principal, id_: UUID) -> list[Member]:
        """Its members and open invitations; raises UnknownOrganisationError for who may not see it."""
        await self.find(caller, id_)
        async with self.database.reading() as session:
            return await organisation_members.listed(session, id_)

    async def verify(
        self, caller: Principal, id_: UUID, evidence: Evidence, version: int, now: datetime
    ) -> Organisation:
        """An agent has seen that document.

        Raises NotForThisCallerError, UnknownOrganisationError, StaleOrganisationError or OrganisationTransitionError.
        """
        check_agent(caller)
        async with self.database.unit_of_work() as uow:
            verified = (await _current(uow.session, caller, id_, version)).verified(evidence, now)
            await organisations.put(uow.session, verified)
            await record(uow.session, Action.ORGANISATION_VERIFIED, acting(caller), verified, now)
            await uow.commit()
        return verified

    async def close(self, caller: Principal, id_: UUID, version: int, now: datetime) -> Organisation:
        """A representative says that it is over; its number can be declared anew.

        Raises UnknownOrganisationError, StaleOrganisationError or OrganisationTransitionError.
        """
        async with self.database.unit_of_work() as uow:
            if not await represents(uow.session, caller, id_):
                raise UnknownOrganisationError
            closed = await _close(uow.session, caller, id_, version, now)
            await uow.commit()
        return closed

    async def refuse(self, caller: Principal, id_: UUID, version: int, now: datetime) -> Organisation:
        """The same, for an agent.

        Raises NotForThisCallerError, UnknownOrganisationError, StaleOrganisationError or OrganisationTransitionError.
        """
        check_agent(caller)
        async with self.database.unit_of_work() as uow:
            closed = await _close(uow.session, caller, id_, version, now)
            await uow.commit()
        return closed


async def represents(session: AsyncSession, caller: Principal, organisation: UUID) -> bool:
    """True for a citizen who is a representative of that organisation."""
    if not caller.is_citizen:
        return False
    member = await organisation_members.of_person(session, organisation, caller.person)
    return member is not None and member.role is MemberRole.REPRESENTATIVE


async def record(
    session: AsyncSession,
    action: Action,
    by: Actor,
    organisation: Organisation,
    now: datetime,
    details: Mapping[str, list[str]] | None = None,
) -> None:
    """Keep in the audit trail what was done with an organisation; its numbers say who it is and stay out."""
    evidence = {"evidence": [organisation.evidence.value]} if organisation.evidence else {}
    on = Thing("organisation", str(organisation.id))
    await audit.record(session, Act(action, by, on, now, organisation.collectivity, {**evidence, **(details or {})}))


async def _may_see(session: AsyncSession, caller: Principal, organisation: UUID) -> bool:
    if caller.is_agent:
        return True
    if not caller.is_citizen:
        return False
    return await organisation_members.of_person(session, organisation, caller.person) is not None


async def _close(session: AsyncSession, caller: Principal, id_: UUID, version: int, now: datetime) -> Organisation:
    closed = (await _current(session, caller, id_, version)).closed(now)
    await organisations.put(session, closed)
    await outbox.add(session, events.ground_ended(id_, caller.collectivity, now))
    await record(session, Action.ORGANISATION_CLOSED, acting(caller), closed, now)
    return closed


async def _current(session: AsyncSession, caller: Principal, id_: UUID, version: int) -> Organisation:
    organisation = await organisations.find(session, caller.collectivity, id_, lock=True)
    if organisation is None:
        raise UnknownOrganisationError
    if organisation.version != version:
        raise StaleOrganisationError
    return organisation
