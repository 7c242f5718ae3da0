# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""DataAccessed, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAccessed:
    """A system has read what is known of a person.

    Attributes:
        access_id: The access itself.
        person: Whose data were read.
        client: OAuth client that read them.
        category: What was read: `contact` is e-mail address, first name and language; `postal-contact` is
            the same with names and home, where a letter may go; `account` is who the person is, seen by an
            agent; `civil-status` is names, birth and gender, for another administration that is asked about
            the person; `particulars` is names, contact points and home, for an agent who handles what the
            person asked for; `names` is the first and the used last name, for a page of such an agent.
        collectivity: On whose behalf.
    """

    TYPE: ClassVar[str] = "fr.parvis.identity.data-accessed.v1"
    TOPIC: ClassVar[str] = "parvis.identity.access.v1"

    access_id: UUID
    person: UUID
    client: str
    category: Literal["contact", "postal-contact", "account", "civil-status", "particulars", "names"]
    collectivity: str
    occurred_at: datetime
    sequence: int
