# SPDX-License-Identifier: EUPL-1.2
"""Collectivities as they are kept: founded by operators, shown as their administrators want."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.collectivity_tables import CollectivityLogoRow, CollectivityLookRow, CollectivityRow
from parvis_identity.db.tables import PersonRow
from parvis_identity.domain.collectivity import Collectivity, Logo, Look, TimeZone

_FOUNDING: Final = 0x1D_F0
_WITH_LOOK = select(CollectivityRow, CollectivityLookRow).outerjoin(
    CollectivityLookRow, CollectivityLookRow.collectivity == CollectivityRow.collectivity
)


async def find(session: AsyncSession, slug: str, *, lock: bool = False) -> Collectivity | None:
    """The collectivity, or None; with ``lock``, nobody else changes it until the transaction ends."""
    if lock:
        await session.execute(
            select(CollectivityRow.collectivity).where(CollectivityRow.collectivity == slug).with_for_update()
        )
    row = (await session.execute(_WITH_LOOK.where(CollectivityRow.collectivity == slug))).one_or_none()
    return _collectivity(*row) if row else None


async def time_zones(session: AsyncSession) -> dict[str, str]:
    """The zone of each; that of Paris where its administrators have chosen nothing."""
    zone = func.coalesce(CollectivityLookRow.time_zone, TimeZone.PARIS.value)
    rows = select(CollectivityRow.collectivity, zone).outerjoin(
        CollectivityLookRow, CollectivityLookRow.collectivity == CollectivityRow.collectivity
    )
    return dict((await session.execute(rows)).tuples().all())


async def founded(session: AsyncSession, slug: str) -> Collectivity | None:
    """What operators founded, whatever its administrators made of it since; kept from others who found it."""
    await session.execute(select(func.pg_advisory_xact_lock(_FOUNDING)))
    row = await session.get(CollectivityRow, slug)
    return _collectivity(row, None) if row else None


async def of_person(session: AsyncSession, person: UUID) -> Collectivity | None:
    """Where a person's account was opened."""
    wanted = _WITH_LOOK.join(PersonRow, PersonRow.collectivity == CollectivityRow.collectivity)
    row = (await session.execute(wanted.where(PersonRow.id == person))).one_or_none()
    return _collectivity(*row) if row else None


async def put(session: AsyncSession, collectivity: Collectivity) -> None:
    """Insert it, or bring up to date what it was founded with; how it looks stays."""
    values = {
        "name_fr": collectivity.name_fr,
        "name_en": collectivity.name_en,
        "sirets": sorted(collectivity.sirets),
    }
    await session.execute(
        insert(CollectivityRow)
        .values(collectivity=collectivity.slug, **values)
        .on_conflict_do_update(index_elements=["collectivity"], set_=values)
    )


async def put_look(session: AsyncSession, collectivity: Collectivity, now: datetime) -> None:
    """Show it like this from now on, under these names."""
    look = collectivity.look
    founded = await session.get_one(CollectivityRow, collectivity.slug)
    values: dict[str, Any] = {
        # Where it is still called what it was founded as, it follows its founder.
        "name_fr": collectivity.name_fr if collectivity.name_fr != founded.name_fr else None,
        "name_en": collectivity.name_en if collectivity.name_en != founded.name_en else None,
        "colour": look.colour,
        "time_zone": look.time_zone.value,
        "logo": look.logo,
        "version": look.version,
        "updated_at": now,
    }
    await session.execute(
        insert(CollectivityLookRow)
        .values(collectivity=collectivity.slug, **values)
        .on_conflict_do_update(index_elements=["collectivity"], set_=values)
    )


async def logo(session: AsyncSession, slug: str) -> Logo | None:
    """The picture, or None."""
    row = await session.get(CollectivityLogoRow, slug)
    return Logo(row.media_type, row.content) if row else None


async def put_logo(session: AsyncSession, slug: str, logo: Logo | None) -> None:
    """Keep this picture, or none."""
    await session.execute(delete(CollectivityLogoRow).where(CollectivityLogoRow.collectivity == slug))
    if logo:
        row = {"collectivity": slug, "media_type": logo.media_type, "content": logo.content}
        await session.execute(insert(CollectivityLogoRow).values(row))


def _collectivity(row: CollectivityRow, look: CollectivityLookRow | None) -> Collectivity:
    sirets = frozenset(row.sirets)
    if look is None:
        return Collectivity(row.collectivity, row.name_fr, row.name_en, sirets)
    shown = Look(look.colour, TimeZone(look.time_zone), look.logo, look.version)
    return Collectivity(row.collectivity, look.name_fr or row.name_fr, look.name_en or row.name_en, sirets, shown)
