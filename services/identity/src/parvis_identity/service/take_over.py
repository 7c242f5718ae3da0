# SPDX-License-Identifier: EUPL-1.2
"""Somebody who has shown that they read the letters to an address takes over what a town brought of them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import audit, imports
from parvis_identity.db.imports import Pending
from parvis_identity.db.people import People
from parvis_identity.domain.audit import Act, Action, Thing, citizen
from parvis_identity.domain.imported import Imported
from parvis_identity.domain.person import Identity, Person
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKey, PersonKeys

_COLUMN: Final = "details"


class TakeOver:
    """The use case, within the transaction that opens the account."""

    def __init__(self, persons: PersonKeys, index: BlindIndex) -> None:
        self._persons = persons
        self._index = index

    async def completed(self, session: AsyncSession, person: Person) -> tuple[Person, list[Pending]]:
        """Somebody with what towns said of them, as their own word: nobody has verified it. And what that is, locked.

        Only what has the name that they write themselves; the rest waits for who it is about.
        """
        found = await self.waiting(session, person.identity.email or "", person.identity)
        for _, imported in found:
            person = replace(person, identity=imported.completing(person.identity))
        return person, [pending for pending, _ in found]

    async def waiting(self, session: AsyncSession, email: str, named: Identity) -> list[tuple[Pending, Imported]]:
        """What towns brought with that address of somebody of that name, the newest first, locked."""
        found = []
        for pending in await imports.waiting_for(session, People(session, self._index).email_index(email)):
            imported = opened(await self._persons.of(pending.id), pending.details)
            names = {named.family_name, named.preferred_name} - {None}
            if any(imported.is_of(named.given_names or "", name or "") for name in names):
                found.append((pending, imported))
        return found

    async def claim(self, session: AsyncSession, person: Person, found: Sequence[Pending], now: datetime) -> None:
        """It is theirs from now on, once and for all."""
        for pending in found:
            await imports.claim(session, pending.id, person.id, now)
            on, what = Thing("imported-account", str(pending.id)), {"person": [str(person.id)]}
            act = Act(Action.ACCOUNT_CLAIMED, citizen(person.id), on, now, pending.collectivity, what)
            await audit.record(session, act)


def sealed(key: PersonKey, imported: Imported) -> bytes:
    """What is kept of it."""
    return key.seal(_COLUMN, json.dumps(asdict(imported)))


def opened(key: PersonKey, details: bytes) -> Imported:
    """What was sealed."""
    members = json.loads(key.open(_COLUMN, details))
    return Imported(**members | {"identity": Identity(**members["identity"])})
