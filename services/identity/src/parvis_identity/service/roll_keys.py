# SPDX-License-Identifier: EUPL-1.2
"""Under which key a person stands on the roll of one vote: the same whatever their account, another in each vote.

HMAC-SHA-256 over the vote's label and the blind index of the verified civil status (the pivot identity of
FranceConnect), under a key that does not leave this service. Keys of two votes cannot be joined by whoever keeps the
rolls. Where a provider vouches for somebody without a whole civil status, such as a birth date without its day, the
provider's subject stands in its place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hmac import digest as hmac_digest
from typing import Final
from uuid import UUID

from parvis_identity.db.roll_keys import Sameness, birth_dates, samenesses
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
class Account:
    """Who votes, in the vote with that label; ``born_by`` where the vote has a minimum age."""

    person: UUID
    label: str
    born_by: date | None


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

    async def of(self, accounts: Sequence[Account], caller: Principal) -> list[Voter | None]:
        """The holders of accounts, in their order; None for somebody whose identity nobody verified."""
        _check(caller)
        found = await samenesses(self._database, {account.person for account in accounts})
        keys = [self._key_of(found.get(account.person), account.label) for account in accounts]
        aged = {found[one.person].person for one, key in zip(accounts, keys, strict=True) if key and one.born_by}
        born = await birth_dates(self._database, await self._persons.of_many(aged))
        return [
            Voter(key, _old_enough(born, found[account.person].person, account.born_by)) if key else None
            for account, key in zip(accounts, keys, strict=True)
        ]

    def of_civil_statuses(self, people: Sequence[Identity], label: str, caller: Principal) -> list[bytes | None]:
        """Those whom an agent has before them or on a list; None for one that is not whole enough to be told apart."""
        _check(caller)
        pivots = [pivot_of(person) for person in people]
        return [self._made(label, _CIVIL_STATUS, self._index.of("pivot", pivot)) if pivot else None for pivot in pivots]

    def _key_of(self, found: Sameness | None, label: str) -> bytes | None:
        if found and found.civil_status:
            return self._made(label, _CIVIL_STATUS, found.civil_status)
        return self._made(label, _SUBJECT, found.subject) if found and found.subject else None

    def _made(self, label: str, of: bytes, index: bytes) -> bytes:
        return hmac_digest(self._key, b"\x00".join((label.encode(), of, index)), "sha256")


def _old_enough(born: Mapping[UUID, str], person: UUID, day: date | None) -> bool | None:
    return born_by(born[person], day) if day and person in born else None


def _check(caller: Principal) -> None:
    if caller.kind is not PrincipalKind.SYSTEM or caller.collectivity != EVERYWHERE:
        raise NotForThisCallerError
