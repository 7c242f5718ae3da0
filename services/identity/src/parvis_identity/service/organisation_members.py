# SPDX-License-Identifier: EUPL-1.2
"""Who is of an organisation: invited by a letter to their address, accepted by the code in it, until they leave.

Only a verified organisation invites: a letter of the town must not carry the words of whoever declared anything.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity import events
from parvis_identity.db import organisation_members, organisations
from parvis_identity.db.organisations import Belonging
from parvis_identity.db.people import People
from parvis_identity.domain.audit import Action, Actor, citizen
from parvis_identity.domain.errors import (
    AlreadyMemberError,
    LastRepresentativeError,
    NotForThisCallerError,
    OrganisationTransitionError,
    TooManyMembersError,
    UnknownOrganisationError,
)
from parvis_identity.domain.letter import Letter, Purpose
from parvis_identity.domain.opaque import fingerprint, new_opaque
from parvis_identity.domain.organisation import (
    INVITATION,
    MOST_MEMBERS,
    Member,
    MemberRole,
    Organisation,
    OrganisationStatus,
)
from parvis_identity.domain.session import Session
from parvis_identity.service.letters import Letters
from parvis_identity.service.on_duty import acting
from parvis_identity.service.organisations import record, represents
from parvis_identity.service.throttle import Throttle
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_kit.security.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Whom to invite, as what, and in which language the letter is."""

    address: str
    role: MemberRole
    language: str


@dataclass(frozen=True, slots=True)
class OrganisationMembers:
    """The use cases, with what they need."""

    database: Database
    index: BlindIndex
    letters: Letters
    throttle: Throttle

    async def invite(
        self, session: AsyncSession, caller: Principal, id_: UUID, invited: Invited, now: datetime
    ) -> Member:
        """Have a letter with a code written to that address, in the caller's transaction.

        An invitation of the address that waited before is of no use any more. Raises UnknownOrganisationError for
        anybody but a representative, OrganisationTransitionError for an organisation that is not verified, and
        TooManyMembersError where there is no room or the address was written to too often.
        """
        organisation = await self._locked(session, caller.collectivity, id_)
        if not await represents(session, caller, id_):
            raise UnknownOrganisationError
        if organisation.status is not OrganisationStatus.VERIFIED:
            raise OrganisationTransitionError
        email_index, code = People(session, self.index).email_index(invited.address), new_opaque()
        if await organisation_members.count(session, id_) >= MOST_MEMBERS:
            raise TooManyMembersError
        count = self.throttle.recipient(email_index, Purpose.ORGANISATION_INVITATION)
        if not await self.throttle.allows(session, count, now):
            raise TooManyMembersError
        member = Member(
            id=uuid7(),
            collectivity=caller.collectivity,
            organisation=id_,
            person=None,
            role=invited.role,
            created_at=now,
            offer_ends_at=now + INVITATION,
            accepted_at=None,
        )
        await organisation_members.invite(session, member, caller.person, email_index, fingerprint(code))
        letter = Letter(
            purpose=Purpose.ORGANISATION_INVITATION,
            recipient=invited.address,
            language=invited.language,
            collectivity=caller.collectivity,
            organisation=organisation.name,
            code=code,
        )
        await self.letters.wish(session, letter, now, INVITATION)
        await _record(session, Action.MEMBER_INVITED, acting(caller), organisation, member, now)
        return member

    async def invitation(self, code: str, now: datetime) -> Belonging:
        """What a code is for; raises UnknownOrganisationError where it is no use."""
        async with self.database.reading() as session:
            waiting = await organisation_members.invited(session, fingerprint(code), now)
            if waiting is None:
                raise UnknownOrganisationError
            organisation = await organisations.find(session, waiting.collectivity, waiting.organisation)
        if organisation is None or organisation.status is not OrganisationStatus.VERIFIED:
            raise UnknownOrganisationError
        return Belonging(organisation, waiting.id, waiting.role)

    async def accept(self, caller: Principal, code: str, now: datetime) -> Belonging:
        """Become what the letter says; a member who is invited as a representative becomes one.

        Raises NotForThisCallerError, UnknownOrganisationError for a code that is no use, or AlreadyMemberError.
        """
        if not caller.is_citizen:
            raise NotForThisCallerError
        return await self._join(code, caller.person, acting(caller), now, only=caller.collectivity)

    async def accept_in(self, here: Session, code: str, now: datetime) -> Belonging:
        """The same in a browser, where the code says which collectivity."""
        return await self._join(code, here.person, citizen(here.person), now)

    async def _join(self, code: str, person: UUID, by: Actor, now: datetime, *, only: str | None = None) -> Belonging:
        async with self.database.unit_of_work() as uow:
            waiting = await organisation_members.invited(uow.session, fingerprint(code), now)
            if waiting is None or (only and waiting.collectivity != only):
                raise UnknownOrganisationError
            organisation = await self._locked(uow.session, waiting.collectivity, waiting.organisation)
            if organisation.status is not OrganisationStatus.VERIFIED:
                raise UnknownOrganisationError
            present = await organisation_members.of_person(uow.session, organisation.id, person)
            if present and (present.role is MemberRole.REPRESENTATIVE or waiting.role is MemberRole.MEMBER):
                raise AlreadyMemberError
            if present:
                await organisation_members.end(uow.session, present.id, now)
            if not await organisation_members.accept(uow.session, waiting.id, person, now):
                raise UnknownOrganisationError
            member = replace(waiting, person=person, accepted_at=now)
            await _record(uow.session, Action.MEMBER_JOINED, by, organisation, member, now)
            await uow.commit()
        return Belonging(organisation, member.id, member.role)

    async def end(self, caller: Principal, id_: UUID, member_id: UUID, now: datetime) -> None:
        """Leave, or as a representative remove somebody or withdraw an invitation.

        Raises UnknownOrganisationError for anybody else's business, and LastRepresentativeError where nobody would
        speak for the organisation any more.
        """
        async with self.database.unit_of_work() as uow:
            organisation = await self._locked(uow.session, caller.collectivity, id_)
            member = await organisation_members.find(uow.session, id_, member_id)
            own = member is not None and caller.is_citizen and member.person == caller.person
            if member is None or not (own or await represents(uow.session, caller, id_)):
                raise UnknownOrganisationError
            speaks = member.person is not None and member.role is MemberRole.REPRESENTATIVE
            alone = await organisation_members.count(uow.session, id_, MemberRole.REPRESENTATIVE) == 1
            if speaks and alone and organisation.status is not OrganisationStatus.CLOSED:
                raise LastRepresentativeError
            await organisation_members.end(uow.session, member_id, now)
            if speaks:
                await outbox.add(uow.session, events.ground_ended(member_id, caller.collectivity, now))
            await _record(uow.session, Action.MEMBER_ENDED, acting(caller), organisation, member, now)
            await uow.commit()

    async def _locked(self, session: AsyncSession, collectivity: str, id_: UUID) -> Organisation:
        organisation = await organisations.find(session, collectivity, id_, lock=True)
        if organisation is None:
            raise UnknownOrganisationError
        return organisation


async def _record(
    session: AsyncSession,
    action: Action,
    by: Actor,
    organisation: Organisation,
    member: Member,
    now: datetime,
) -> None:
    details = {"member": [str(member.id)], "role": [member.role.value]}
    await record(session, action, by, organisation, now, details)
