# SPDX-License-Identifier: EUPL-1.2
"""Keep how to reach somebody without an account, sealed with a key of their own, before their request is stored."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.locale import DEFAULT, Language
from parvis_requests.db import reporters
from parvis_requests.db.tables import Reporter

CONTACT = "reporter.contact"


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody without an account is written to, and in which language."""

    email: str | None
    language: Language


async def keep_reporter(
    session: AsyncSession,
    person: UUID,
    collectivity: str,
    contact: Mapping[str, str],
    *,
    persons: PersonKeys,
    now: datetime,
    confirmed: bool = False,
) -> Reporter:
    """Store it in the caller's transaction; ``confirmed`` where an agent has taken it down from the person.

    A kill before the request is stored leaves a row that the worker removes.
    """
    sealed = (await persons.of(person)).seal(CONTACT, json.dumps(contact))
    row = Reporter(
        person=person,
        collectivity=collectivity,
        contact=sealed,
        confirmed_at=now if confirmed else None,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    return row


async def change_contact(row: Reporter, contact: Mapping[str, str], *, persons: PersonKeys) -> None:
    """Keep that contact instead, in the caller's transaction; nobody has confirmed it."""
    row.contact = (await persons.of(row.person)).seal(CONTACT, json.dumps(contact))
    row.confirmed_at = None


async def address_of(session: AsyncSession, person: UUID, collectivity: str, *, persons: PersonKeys) -> Address | None:
    """Where messages about their request go; None for who is unknown, erased, or has not confirmed the address."""
    row = await reporters.of(session, collectivity, person)
    return await open_address(row, persons=persons) if row and row.confirmed_at else None


async def open_address(row: Reporter, *, persons: PersonKeys) -> Address | None:
    """The address that they left, confirmed or not; None once they were erased."""
    key = (await persons.of_many({row.person})).get(row.person)
    if key is None:
        return None
    contact: dict[str, str] = json.loads(key.open(CONTACT, row.contact))
    return Address(contact.get("email"), "en" if contact.get("language") == "en" else DEFAULT)


async def name_of(row: Reporter, *, persons: PersonKeys) -> str | None:
    """What they are called, as they left it; None where they did not, or were erased."""
    key = (await persons.of_many({row.person})).get(row.person)
    if key is None:
        return None
    contact: dict[str, str] = json.loads(key.open(CONTACT, row.contact))
    return " ".join(filter(None, (contact.get("first_name"), contact.get("last_name")))) or None
