# SPDX-License-Identifier: EUPL-1.2
"""Under which key a person stands on the roll of one vote: the same whatever their account, another in each vote.

HMAC-SHA-256 over the vote's label and the blind index of the verified civil status (the pivot identity of
FranceConnect), under a key that does not leave this service. Keys of two votes cannot be joined by whoever keeps the
rolls. Where a provider vouches for somebody without a whole civil status, such as a birth date without its day, the
provider's subject stands in its place.
"""

from hmac import digest as hmac_digest
from typing import Final
from uuid import UUID

from parvis_identity.db.roll_keys import sameness
from parvis_identity.domain.client import EVERYWHERE
from parvis_identity.domain.errors import NotForThisCallerError
from parvis_kit.crypto.keys import MasterKey
from parvis_kit.db.database import Database
from parvis_kit.security.principal import Principal, PrincipalKind

_CIVIL_STATUS: Final = b"civil-status"
_SUBJECT: Final = b"subject"


class RollKeys:
    """The use case, with what it needs."""

    def __init__(self, database: Database, master: MasterKey) -> None:
        self._database = database
        self._key = master.derive("roll-keys")

    async def of(self, person: UUID, label: str, caller: Principal) -> bytes | None:
        """The 32 bytes of a person in the vote with that label; None for somebody whose identity nobody verified.

        Nothing is written, neither here nor in the audit trail: a line a vote would tell when each person voted.
        Raises NotForThisCallerError for a caller that is no service of Parvis's own.
        """
        if caller.kind is not PrincipalKind.SYSTEM or caller.collectivity != EVERYWHERE:
            raise NotForThisCallerError
        found = await sameness(self._database, person)
        if found.civil_status:
            return self._made(label, _CIVIL_STATUS, found.civil_status)
        if found.subject:
            return self._made(label, _SUBJECT, found.subject)
        return None

    def _made(self, label: str, of: bytes, index: bytes) -> bytes:
        return hmac_digest(self._key, b"\x00".join((label.encode(), of, index)), "sha256")
