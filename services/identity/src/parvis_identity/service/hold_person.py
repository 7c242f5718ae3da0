# SPDX-License-Identifier: EUPL-1.2
"""A person whom nobody else changes until the transaction ends."""

from uuid import UUID

from parvis_identity.db.people import People
from parvis_identity.domain.errors import UnknownPersonError
from parvis_identity.domain.person import Person
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKey, PersonKeys


async def hold_person(people: People, persons: PersonKeys, person_id: UUID) -> tuple[Person, PersonKey]:
    """The person, locked, with their key; raises UnknownPersonError for nobody, and for who was erased."""
    # Looked up first: asking the key store for an unknown person would make them a key.
    if not await people.exists(person_id):
        raise UnknownPersonError
    await people.lock(person_id)
    try:
        key = await persons.of(person_id)
    except KeyDestroyedError as error:
        raise UnknownPersonError from error
    person = await people.find(person_id, key)
    if person is None:
        raise UnknownPersonError
    return person, key
