# SPDX-License-Identifier: EUPL-1.2
"""Under which key a person stands on the roll of one vote: the same whatever their account, another in each vote.

HMAC-SHA-256 over the vote's label and the blind index of the verified civil status (the pivot identity of
FranceConnect), under a key that does not leave this service. Keys of two votes cannot be joined by whoever keeps the
rolls. Where a provider vouches for somebody without a whole civil status, such as a birth date without its day, the
provider's subject stands in its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hmac import digest as hmac_digest
from typing import Final
from uuid import UUID

from parvis_identity.db.people import People
from parvis_identity.db.roll_keys import sameness
from parvis_identity.domain.birth_date import born_by
from parvis_identity.domain.client import EVERYWHERE
from parvis_identity.domain.errors import NotForThisCallerError
from parvis_identity.domain.person import Identity
from parvis_identity.domain.pivot import pivot_of
from parvis_kit.crypto.keys import BlindIndex, MasterKey
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.security.principal import Principal, PrincipalKind

_CIVIL_STATUS: Final = b"civil-status"
_SUBJECT: Final = b"subject"


@dataclass(frozen=True, slots=True)
class Voter:
    """A person's key, and where it was asked whether they were born by a day: None where that is not known."""

    key: bytes
    old_enough: bool | None


class RollKeys:
    """The use case, with what it needs.

    Nothing is written, neither here nor in the audit trail: a line a vote would tell when each person voted. Each
    raises NotForThisCallerError for a caller that is no service of Parvis's own.
    """

    def __init__(self, database: Database, persons: PersonKeys, index: BlindIndex, master: MasterKey) -> None:
        self._database = database
        self._persons = persons
        self._index = index
        self._key = master.derive("roll-keys")

    async def of(self, person: UUID, label: str, day: date | None, caller: Principal) -> Voter | None:
        """The holder of an account in the vote with that label; None for somebody whose identity nobody verified.

        ``day`` is that by which they must have been born, where the vote has a minimum age.
        """
        _check(caller)
        found = await sameness(self._database, person)
        if found.civil_status:
            key = self._made(label, _CIVIL_STATUS, found.civil_status)
        elif found.subject:
            key = self._made(label, _SUBJECT, found.subject)
        else:
            return None
        return Voter(key, await self._born_by(found.person, day) if day else None)

    def of_civil_statuses(self, people: Sequence[Identity], label: str, caller: Principal) -> list[bytes | None]:
        """Those whom an agent has before them or on a list; None for one that is not whole enough to be told apart."""
        _check(caller)
        pivots = [pivot_of(person) for person in people]
        return [self._made(label, _CIVIL_STATUS, self._index.of("pivot", pivot)) if pivot else None for pivot in pivots]

    async def _born_by(self, person_id: UUID, day: date) -> bool | None:
        key = await self._persons.of(person_id)
        async with self._database.reading() as session:
            person = await People(session, self._index).find(person_id, key)
        return born_by(person.identity.birth_date, day) if person and person.identity.birth_date else None

    def _made(self, label: str, of: bytes, index: bytes) -> bytes:
        return hmac_digest(self._key, b"\x00".join((label.encode(), of, index)), "sha256")


def _check(caller: Principal) -> None:
    if caller.kind is not PrincipalKind.SYSTEM or caller.collectivity != EVERYWHERE:
        raise NotForThisCallerError
