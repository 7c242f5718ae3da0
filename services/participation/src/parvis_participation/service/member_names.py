# SPDX-License-Identifier: EUPL-1.2
"""The names of those who are members of assemblies or volunteer for them, sealed.

With their own key where they have an account, so that the name goes with them; else with the service's.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final
from uuid import UUID

from parvis_kit.crypto.keys import MasterKey
from parvis_kit.crypto.persons import KeyDestroyedError, PersonKeys
from parvis_participation.db.assembly_tables import AssemblyMember, AssemblyVolunteer

MEMBER: Final = "assembly_member.name"
VOLUNTEER: Final = "assembly_volunteer.name"


class MemberNames:
    """Seals and opens names."""

    def __init__(self, master: MasterKey, persons: PersonKeys) -> None:
        self._key = master.sealing("member-names")
        self._persons = persons

    async def seal(self, member: UUID, person: UUID | None, name: str) -> bytes:
        """The name of a member; raises KeyDestroyedError after the person's erasure."""
        if person is None:
            return self._key.seal(name.encode(), f"{MEMBER}/{member}")
        return (await self._persons.of(person)).seal(MEMBER, name)

    async def open(self, members: Iterable[AssemblyMember]) -> Mapping[UUID, str]:
        """The names of members by their ids; without those who were erased or whose mandate is long over."""
        named = [(row.id, row.person, row.name) for row in members if row.name is not None]
        keys = await self._persons.of_many({person for _, person, _ in named if person is not None})
        found: dict[UUID, str] = {}
        for member, person, name in named:
            if person is None:
                found[member] = self._key.open(name, f"{MEMBER}/{member}").decode()
            elif person in keys:
                found[member] = keys[person].open(MEMBER, name)
        return found

    async def seal_volunteer(self, person: UUID, name: str) -> bytes:
        """The name of somebody who volunteers; raises KeyDestroyedError after their erasure."""
        return (await self._persons.of(person)).seal(VOLUNTEER, name)

    async def there(self, volunteers: Iterable[AssemblyVolunteer]) -> Collection[UUID]:
        """The accounts of those who were not erased."""
        return (await self._persons.of_many({row.person for row in volunteers})).keys()

    async def open_volunteers(self, volunteers: Iterable[AssemblyVolunteer]) -> Mapping[UUID, str]:
        """The names of those who volunteer by their rows' ids; without those who were erased."""
        rows = list(volunteers)
        keys = await self._persons.of_many({row.person for row in rows})
        return {row.id: keys[row.person].open(VOLUNTEER, row.name) for row in rows if row.person in keys}


async def resealed(persons: PersonKeys, column: str, sealed: bytes, absorbed: UUID, kept: UUID) -> bytes | None:
    """A name of an account, sealed for the one that it went into; None where either was erased."""
    try:
        old, new = await persons.of(absorbed), await persons.of(kept)
    except KeyDestroyedError:
        return None
    return new.seal(column, old.open(column, sealed))
