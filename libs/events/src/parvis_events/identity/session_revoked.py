# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""SessionRevoked, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRevoked:
    """A session, a consent, or what lets somebody act for another, was ended before its time.

    Tokens of it are refused from now on, though they have not run out.

    Attributes:
        session: The `sid` of the tokens that are refused, their `grant_id`, or one of what they rest on
            (`rests_on`): a mandate, an assisted session, an organisation, a membership.
        collectivity: Where the person first signed in, as a session serves the whole deployment; or whose
            the application or the mandate was.
    """

    TYPE: ClassVar[str] = "fr.parvis.identity.session-revoked.v1"
    TOPIC: ClassVar[str] = "parvis.identity.session.v1"

    session: UUID
    collectivity: str
    occurred_at: datetime
    sequence: int
