# SPDX-License-Identifier: EUPL-1.2
"""Pages of petitions, in several orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db.petition_tables import Petition as Row
from parvis_participation.db.petition_tables import PetitionSignature as Signature
from parvis_participation.db.petitions import Signed
from parvis_participation.db.recounts import Kind, subjects
from parvis_participation.domain.petition import PetitionSort, PetitionState

_COUNT: Final = func.coalesce(
    Row.signed, select(func.count()).where(Signature.petition_id == Row.id).correlate(Row).scalar_subquery()
)
# By what a list is ordered, as an instant: a number is that of its seconds.
_RANKS: Final[dict[PetitionSort, ColumnElement[Any]]] = {
    PetitionSort.NEWEST: Row.created_at.expression,
    PetitionSort.OLDEST: Row.created_at.expression,
    PetitionSort.MOST_SIGNED: func.to_timestamp(Row.ranked_signatures),
    PetitionSort.FIRST_TO_END: Row.closes_at.expression,
    PetitionSort.LAST_TO_END: Row.closes_at.expression,
}


@dataclass(frozen=True, slots=True)
class _Placed:
    """A petition, and what its place in the list is told by."""

    found: Signed
    rank: datetime

    @property
    def id(self) -> UUID:
        """As the petition's."""
        return self.found.id


async def page(
    session: AsyncSession,
    conditions: Sequence[ColumnElement[bool]],
    position: keyset.Position | None,
    limit: int,
    sort: PetitionSort = PetitionSort.NEWEST,
) -> keyset.Slice[Signed]:
    """One page of the petitions of which all that is true, with their signatures, in one query.

    By signatures the order is that of the worker's last count; what is counted anew while somebody turns pages may come
    twice, or not. By their end only those have a place that have one: all that were ever admitted.
    """
    rank, downwards = _RANKS[sort], sort.value.startswith("-")
    wanted = select(Row, _COUNT, rank).where(*conditions)
    found = await session.execute(keyset.at(wanted, rank, Row.id, position, limit, newest_first=downwards))
    placed = [_Placed(Signed(row, signatures), at) for row, signatures, at in found]
    cut = keyset.cut(placed, position, limit, key="rank")
    return keyset.Slice([each.found for each in cut.rows], cut.next, cut.previous)


async def told(
    session: AsyncSession, collectivity: str, position: keyset.Position | None, limit: int
) -> keyset.Slice[Signed]:
    """One page of a town's admitted petitions for open data, newest first, with their signatures."""
    # What the worker has not counted since is counted here: after an upgrade it has counted none.
    counted = case(
        (Row.id.in_(subjects(Kind.PETITION)), _COUNT), else_=func.coalesce(Row.signed, Row.ranked_signatures)
    )
    wanted = select(Row, counted).where(*of_town(collectivity, (PetitionState.OPEN, PetitionState.CLOSED)))
    found = await session.execute(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut([Signed(row, signatures) for row, signatures in found], position, limit)


def of_town(collectivity: str, states: Sequence[PetitionState]) -> list[ColumnElement[bool]]:
    """Those of a collectivity in one of those states."""
    return [Row.collectivity == collectivity, Row.state.in_(states)]


def of_author(collectivity: str, person: UUID) -> list[ColumnElement[bool]]:
    """Those that somebody has written in a collectivity."""
    return [Row.collectivity == collectivity, Row.person == person]
