# SPDX-License-Identifier: EUPL-1.2
"""To which account a vouched identity belongs: by verified civil status, or because the person says so.

What somebody merely declared about themselves never finds an account: whoever typed another's name and birth would be
given what is theirs.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import audit, identity_proofs, local_accounts
from parvis_identity.db.people import People
from parvis_identity.domain.audit import Act, Action, Thing, citizen
from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_identity.domain.letter import Letter, Purpose
from parvis_identity.domain.person import Identity, Person
from parvis_identity.domain.pivot import Proof, Source
from parvis_identity.domain.sign_in import Vouched
from parvis_identity.service.letters import Letters
from parvis_identity.service.tell_change import tell_change
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.ids import uuid7


@dataclass(frozen=True, slots=True)
class Reconcile:
    """The rules, with what they need; each works in the caller's transaction."""

    persons: PersonKeys
    index: BlindIndex
    letters: Letters

    async def account_of(self, session: AsyncSession, vouched: Vouched, now: datetime) -> UUID | None:
        """The one account whose verified civil status this is, linked from now on; None for none, or two."""
        pivots, issuer = People(session, self.index).pivot_indexes(vouched.identity), vouched.issuer
        found = await identity_proofs.holders_to_link(session, pivots, issuer) if pivots else []
        if len(found) != 1:
            return None
        await People(session, self.index).lock(found[0])
        # Looked at again: an unlinking may have ended the proof while we waited.
        if await identity_proofs.holders_to_link(session, pivots, issuer) != found:
            return None
        await self._link(session, found[0], vouched, now)
        return found[0]

    async def link(self, session: AsyncSession, person_id: UUID, vouched: Vouched, now: datetime) -> None:
        """Link what the person, signed in, has just shown to be theirs; raises RefusedError where it cannot be."""
        people = People(session, self.index)
        await people.lock(person_id)
        known = await people.linked(vouched.issuer, vouched.subject)
        pivots = people.pivot_indexes(vouched.identity)
        holders = await identity_proofs.holders(session, pivots) if pivots else []
        if known not in {None, person_id} or set(holders) - {person_id}:
            raise RefusedError(Refusal.IDENTITY_TAKEN)
        proof = await identity_proofs.standing(session, person_id)
        if proof and proof.pivot_index not in pivots:
            raise RefusedError(Refusal.IDENTITY_DIFFERS)
        if known is None:
            await self._link(session, person_id, vouched, now)
        await self.recognise(session, person_id, vouched, now)

    async def recognise(self, session: AsyncSession, person_id: UUID, vouched: Vouched, now: datetime) -> PersonKey:
        """Take over what the provider says of a linked person; raises RefusedError where they were erased."""
        people, key = People(session, self.index), await self.persons.of(person_id)
        await people.lock(person_id)
        person = await people.find(person_id, key)
        if person is None:
            raise RefusedError(Refusal.ERASED)
        before, person = person, person.told_by(vouched.identity)
        if person != before:
            person = await people.change(person, key, now)
            await tell_change(session, before, person, now)
        await people.seen(vouched.issuer, vouched.subject, now)
        await self.prove(session, person, vouched.identity, now)
        return key

    async def prove(self, session: AsyncSession, person: Person, vouched: Identity, now: datetime) -> None:
        """Remember that a provider verified the civil status, where it told all of it."""
        pivot = People(session, self.index).pivot_index(vouched)
        before = await identity_proofs.standing(session, person.id)
        if pivot is None or (before and before.pivot_index == pivot):
            return
        proof = Proof(
            id=uuid7(),
            person=person.id,
            collectivity=person.collectivity,
            source=Source.PROVIDER,
            pivot_index=pivot,
            document=None,
            agent=None,
            proved_at=now,
        )
        await identity_proofs.put(session, proof)

    async def _link(self, session: AsyncSession, person_id: UUID, vouched: Vouched, now: datetime) -> None:
        people, key = People(session, self.index), await self.persons.of(person_id)
        await people.link(person_id, key, vouched.issuer, vouched.subject, now)
        await self.tell(session, Purpose.IDENTITY_LINKED, person_id, now)
        on, how = Thing("person", str(person_id)), {"provider": [vouched.provider]}
        await audit.record(session, Act(Action.IDENTITY_LINKED, citizen(person_id), on, now, details=how))

    async def tell(self, session: AsyncSession, purpose: Purpose, person_id: UUID, now: datetime) -> None:
        """Write to the address of the person's own account, where there is one: a thief cannot keep it quiet."""
        account = await local_accounts.of_person(session, person_id)
        if account is None:
            return
        key = await self.persons.of(person_id)
        person = await People(session, self.index).find(person_id, key)
        if person is None:
            return
        letter = Letter(
            purpose=purpose,
            recipient=key.open("email", account.email),
            language=person.language,
            collectivity=person.collectivity,
        )
        await self.letters.wish(session, letter, now)
