# SPDX-License-Identifier: EUPL-1.2
"""How a collectivity presents itself on the pages and in letters: its name, its colour, its logo, its time."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import audit, collectivities
from parvis_identity.domain.audit import Act, Action, Thing
from parvis_identity.domain.collectivity import (
    Collectivity,
    Logo,
    StaleCollectivityError,
    TimeZone,
    UnknownCollectivityError,
)
from parvis_identity.domain.colour import check_readable
from parvis_identity.service.manage_agents import By

_HASH_LENGTH: Final = 32


async def read(session: AsyncSession, slug: str) -> Collectivity:
    """The collectivity; raises UnknownCollectivityError."""
    found = await collectivities.find(session, slug)
    if found is None:
        raise UnknownCollectivityError
    return found


async def change(
    session: AsyncSession, by: By, names: tuple[str, str], colour: str | None, time_zone: TimeZone, version: int
) -> Collectivity:
    """Names (French, English), main colour and time zone.

    Raises UnreadableColourError, UnknownCollectivityError or StaleCollectivityError.
    """
    if colour:
        check_readable(colour)
    before = await _locked(session, by.collectivity, version)
    look = replace(before.look, colour=colour, time_zone=time_zone)
    after = replace(before, name_fr=names[0], name_en=names[1], look=look)
    changed = [
        name
        for name, old, new in (
            ("name", (before.name_fr, before.name_en), names),
            ("colour", before.look.colour, colour),
            ("time-zone", before.look.time_zone, time_zone),
        )
        if old != new
    ]
    return await _shown(session, by, after, changed)


async def change_logo(session: AsyncSession, by: By, logo: Logo | None, version: int) -> Collectivity:
    """Show this logo, or none; raises UnknownCollectivityError or StaleCollectivityError."""
    before = await _locked(session, by.collectivity, version)
    name = sha256(logo.content).hexdigest()[:_HASH_LENGTH] if logo else None
    await collectivities.put_logo(session, before.slug, logo)
    return await _shown(session, by, replace(before, look=replace(before.look, logo=name)), ["logo"])


async def _locked(session: AsyncSession, slug: str, version: int) -> Collectivity:
    found = await collectivities.find(session, slug, lock=True)
    if found is None:
        raise UnknownCollectivityError
    if found.look.version != version:
        raise StaleCollectivityError
    return found


async def _shown(session: AsyncSession, by: By, wanted: Collectivity, changed: Sequence[str]) -> Collectivity:
    look = replace(wanted.look, version=wanted.look.version + 1)
    shown = replace(wanted, look=look)
    await collectivities.put_look(session, shown, by.now)
    on = Thing("collectivity", shown.slug)
    await audit.record(
        session, Act(Action.COLLECTIVITY_PRESENTED, by.actor, on, by.now, shown.slug, {"changed": changed})
    )
    return shown
