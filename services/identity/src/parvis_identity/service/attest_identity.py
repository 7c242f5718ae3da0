# SPDX-License-Identifier: EUPL-1.2
"""An agent has seen somebody's identity document: their civil status counts as verified from now on."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import audit, identity_proofs
from parvis_identity.db.people import People
from parvis_identity.domain.audit import Act, Action, Thing
from parvis_identity.domain.errors import IncompletePivotError
from parvis_identity.domain.person import Identity
from parvis_identity.domain.pivot import Document, Proof, Source
from parvis_identity.service.on_duty import acting, check_agent, person_before
from parvis_identity.service.tell_change import tell_change
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.ids import uuid7
from parvis_kit.logs import logger
from parvis_kit.security.principal import Principal

_log = logger(__name__)
_PIVOT = ("given_names", "family_name", "gender", "birth_date", "birth_place", "birth_country")


@dataclass(frozen=True, slots=True)
class Seen:
    """A document, and the civil status that is in it."""

    document: Document
    identity: Identity


@dataclass(frozen=True, slots=True)
class AttestIdentity:
    """The use case, with what it needs."""

    persons: PersonKeys
    index: BlindIndex

    async def attest(
        self, session: AsyncSession, caller: Principal, person_id: UUID, seen: Seen, now: datetime
    ) -> Proof:
        """Keep the civil status as the document has it, and that it was seen; in the caller's transaction.

        Raises NotForThisCallerError, UnknownPersonError, or IncompletePivotError where a field is missing.
        """
        check_agent(caller)
        people = People(session, self.index)
        person, key = await person_before(session, people, self.persons, caller, person_id, now)
        pivot = people.pivot_index(seen.identity)
        if pivot is None:
            raise IncompletePivotError
        read = {name: getattr(seen.identity, name) for name in _PIVOT}
        after = await people.change(person.known_as(replace(person.identity, **read)), key, now)
        await tell_change(session, person, after, now)
        proof = Proof(
            id=uuid7(),
            person=person_id,
            collectivity=caller.collectivity,
            source=Source.DOCUMENT,
            pivot_index=pivot,
            document=seen.document,
            agent=caller.person,
            proved_at=now,
        )
        await identity_proofs.put(session, proof)
        on, what = Thing("person", str(person_id)), {"document": [seen.document.value]}
        await audit.record(session, Act(Action.IDENTITY_ATTESTED, acting(caller), on, now, caller.collectivity, what))
        _log.info("identity_attested", document=seen.document.value)
        return proof
