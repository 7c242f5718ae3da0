# SPDX-License-Identifier: EUPL-1.2
"""Agents bring the list of those who may vote in a poll, as a register has it; what is kept of it are keys alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import entitled, polls
from parvis_participation.domain.eligibility import ListFrozenError, NoListError
from parvis_participation.service.chain_acts import By, Chain


@dataclass(frozen=True, slots=True)
class Imported:
    """How many were added, how many are on the list now, and the places in the call of those who cannot be."""

    added: int
    total: int
    incomplete: tuple[int, ...]


async def import_entitled(
    session: AsyncSession, collectivity: str, poll_id: UUID, keys: Sequence[bytes | None], chain: Chain, by: By
) -> Imported:
    """Put the people with these keys on the list of a draft, in the caller's transaction.

    ``keys`` are in the order of the people; None stands for somebody whose civil status does not tell them from
    others. Raises NotFoundError, NoListError or ListFrozenError.
    """
    row = await polls.one(session, collectivity, poll_id, lock=True)
    if not polls.entity(row).eligibility.listed:
        raise NoListError
    if row.published_at is not None:
        raise ListFrozenError
    added = await entitled.add(session, collectivity, poll_id, (key for key in keys if key))
    incomplete = tuple(place for place, key in enumerate(keys) if key is None)
    total = await entitled.count(session, poll_id)
    await chain.add(session, collectivity, poll_id, "list-imported", by, added=added, total=total)
    return Imported(added, total, incomplete)


People = Sequence[Mapping[str, str | None]]
"""Civil statuses, each with the members of the pivot identity."""
