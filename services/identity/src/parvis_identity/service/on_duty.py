# SPDX-License-Identifier: EUPL-1.2
"""An agent in front of a person's account: only of the same collectivity, never unnoticed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity import events
from parvis_identity.db.people import People
from parvis_identity.domain.audit import Actor
from parvis_identity.domain.errors import NotForThisCallerError, UnknownPersonError
from parvis_identity.domain.person import Person
from parvis_identity.service.hold_person import hold_person
from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_kit.messaging import outbox
from parvis_kit.security.principal import Principal


def check_agent(caller: Principal) -> None:
    """Raises NotForThisCallerError for anybody but an agent; what their roles open, the scopes of their token say."""
    if not caller.is_agent:
        raise NotForThisCallerError


def acting(caller: Principal) -> Actor:
    """The caller, as the audit trail names them."""
    return Actor(caller.kind.value, caller.subject, caller.client_id)


async def person_before(
    session: AsyncSession, people: People, persons: PersonKeys, caller: Principal, person_id: UUID, now: datetime
) -> tuple[Person, PersonKey]:
    """The person, locked, of the agent's collectivity; raises UnknownPersonError for any other.

    In the caller's transaction, with the event by which the person sees who looked.
    """
    person, key = await hold_person(people, persons, person_id)
    if person.collectivity != caller.collectivity:
        raise UnknownPersonError
    await outbox.add(session, events.data_accessed(person, caller.client_id, "account", caller.collectivity, now))
    return person, key
