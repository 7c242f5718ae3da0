# SPDX-License-Identifier: EUPL-1.2
"""Who a person vouched for by a provider is here: a known account, a new one, or nobody who may come in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity import events
from parvis_identity.db import audit, collectivities, memberships
from parvis_identity.db.people import People
from parvis_identity.domain.audit import Act, Action, Actor, Thing
from parvis_identity.domain.client import Audience, Client
from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_identity.domain.person import Person
from parvis_identity.domain.sign_in import Membership, Vouched, check_organisation
from parvis_identity.service.reconcile import Reconcile
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKey
from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox


@dataclass(frozen=True, slots=True)
class Arrival:
    """A vouched person at the door of one client, in the language of the pages they read."""

    vouched: Vouched
    client: Client
    language: str
    now: datetime


class Admission:
    """Finds or makes the account of a vouched person: by (issuer, subject), else by verified civil status.

    An e-mail address never finds an account: it only opens an agent's invitation, once.
    """

    def __init__(self, reconcile: Reconcile) -> None:
        self._reconcile = reconcile
        self._persons = reconcile.persons
        self._index = reconcile.index

    async def admit(self, session: AsyncSession, arrival: Arrival) -> tuple[UUID, PersonKey]:
        """The person's account, in the caller's transaction; raises RefusedError where there can be none."""
        try:
            try:
                return await self._admit(session, arrival)
            except IntegrityError:
                # Two browsers came with the same new person at once; by now the other one has made the account.
                await session.rollback()
                return await self._admit(session, arrival)
        except KeyDestroyedError as error:
            raise RefusedError(Refusal.ERASED) from error

    async def _admit(self, session: AsyncSession, arrival: Arrival) -> tuple[UUID, PersonKey]:
        people = People(session, self._index)
        known = await people.linked(arrival.vouched.issuer, arrival.vouched.subject)
        invitation = None
        if arrival.client.audience is Audience.AGENT:
            invitation = await self._invitation(session, people, arrival, known)
        elif known is None:
            known = await self._reconcile.account_of(session, arrival.vouched, arrival.now)
        if known is None:
            person, key = await self._register(session, people, arrival)
        else:
            person, key = known, await self._reconcile.recognise(session, known, arrival.vouched, arrival.now)
        taken = invitation is None or await memberships.bind(session, invitation.id, person, arrival.now)
        if not taken:
            raise RefusedError(Refusal.NO_MEMBERSHIP)
        if invitation:
            who, on = Actor("agent", str(person), arrival.client.client_id), Thing("agent", str(invitation.id))
            await audit.record(session, Act(Action.AGENT_BOUND, who, on, arrival.now, invitation.collectivity))
        return person, key

    async def _invitation(
        self, session: AsyncSession, people: People, arrival: Arrival, known: UUID | None
    ) -> Membership | None:
        """None for somebody who is an agent already, the invitation of somebody who is to be; refuses anybody else."""
        slug = arrival.client.collectivity_claim
        collectivity = await collectivities.find(session, slug)
        check_organisation(arrival.vouched, collectivity.sirets if collectivity else frozenset())
        if known and await memberships.of_person(session, slug, known):
            return None
        email = arrival.vouched.identity.email
        found = await memberships.invited(session, slug, people.email_index(email)) if email else None
        if found is None:
            raise RefusedError(Refusal.NO_MEMBERSHIP)
        return found

    async def _register(self, session: AsyncSession, people: People, arrival: Arrival) -> tuple[UUID, PersonKey]:
        person = Person(
            id=uuid7(),
            collectivity=arrival.client.collectivity_claim,
            language=arrival.language,
            version=1,
            created_at=arrival.now,
            identity=arrival.vouched.identity,
        )
        key = await self._persons.of(person.id)
        await people.add(person, key)
        await people.link(person.id, key, arrival.vouched.issuer, arrival.vouched.subject, arrival.now)
        await self._reconcile.prove(session, person, arrival.vouched.identity, arrival.now)
        await outbox.add(session, events.person_registered(person, arrival.client.audience.value))
        return person.id, key
