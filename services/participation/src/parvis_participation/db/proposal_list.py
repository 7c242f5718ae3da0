# SPDX-License-Identifier: EUPL-1.2
"""Pages of the proposals of a town, in several orders."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Double, Select, String, case, cast, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db import co_authors, proposal_photos
from parvis_participation.db.process_tables import Process
from parvis_participation.db.proposal_tables import Proposal as Row
from parvis_participation.db.proposals import COUNT, Supported
from parvis_participation.db.recounts import Kind, subjects
from parvis_participation.domain.audience import PUBLIC
from parvis_participation.domain.proposal import ProposalState
from parvis_participation.domain.proposal_list import Bounds, ProposalSort, Wanted

_SEEN: Final = (
    select(Process.published_at.is_not(None) & Process.visible_to.in_(PUBLIC))
    .where(Process.id == Row.process_id)
    .correlate(Row)
    .scalar_subquery()
)
_LARGEST: Final = 2**31 - 1
_TOLD: Final = (
    Row.id,
    Row.title,
    Row.created_at,
    Row.process_id,
    Row.estimate,
    # What the worker has not counted since is counted here: after an upgrade it has counted none.
    case(
        (Row.id.in_(subjects(Kind.PROPOSAL)), COUNT), else_=func.coalesce(Row.supports_kept, Row.ranked_supports)
    ).label("supports"),
    Row.earlier_supports,
    Row.supports_kept.is_(None).label("takes_supports"),
    Row.outcome,
    Row.outcome_on,
    Row.cost,
    Row.position,
)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A proposal, and what its place in the list is told by."""

    found: Supported
    rank: datetime

    @property
    def id(self) -> UUID:
        """As the proposal's."""
        return self.found.id


async def page(
    session: AsyncSession, collectivity: str, wanted: Wanted, position: keyset.Position | None, limit: int
) -> keyset.Slice[Supported]:
    """One page of the published proposals, with supports, co-authors and photos, in three queries.

    By supports or comments the order is that of the worker's last count, the supports of the page are those of this
    moment. What is counted anew while somebody turns pages may come twice, or not.
    """
    rank = _rank(wanted)
    asked = _narrowed(select(Row, COUNT, rank).where(Row.collectivity == collectivity), wanted)
    found = (await session.execute(keyset.at(asked, rank, Row.id, position, limit))).all()
    ids = [row.id for row, _, _ in found]
    writing, photos = await co_authors.of(session, *ids), await proposal_photos.shown(session, *ids)
    placed = [_Placed(Supported(row, supports, writing[row.id], photos[row.id]), at) for row, supports, at in found]
    cut = keyset.cut(placed, position, limit, key="rank")
    return keyset.Slice([each.found for each in cut.rows], cut.next, cut.previous)


async def told(
    session: AsyncSession, collectivity: str, position: keyset.Position | None, limit: int
) -> keyset.Slice[Any]:
    """One page of what open data say of the proposals that everybody sees, newest first, with their supports."""
    asked = _narrowed(select(*_TOLD).where(Row.collectivity == collectivity), Wanted(for_everybody=True))
    found = await session.execute(keyset.at(asked, Row.created_at, Row.id, position, limit))
    return keyset.cut(found.all(), position, limit)


def _narrowed(asked: Select[Any], wanted: Wanted) -> Select[Any]:
    asked = asked.where(Row.state == ProposalState.PUBLISHED)
    if wanted.process is not None:
        asked = asked.where(Row.process_id == wanted.process)
    if wanted.words:
        asked = asked.where(func.strpos(func.lower(Row.title), wanted.words.lower()) > 0)
    if wanted.outcomes:
        asked = asked.where(Row.outcome.in_(wanted.outcomes))
    if wanted.for_everybody:
        asked = asked.where(or_(Row.process_id.is_(None), _SEEN))
    return asked.where(*_inside(wanted.bounds)) if wanted.bounds else asked


def _inside(bounds: Bounds) -> tuple[ColumnElement[bool], ...]:
    longitude, latitude = (cast(Row.position[("coordinates", str(axis))].astext, Double) for axis in (0, 1))
    return (
        longitude >= bounds.west,
        longitude < bounds.east,
        latitude >= bounds.south,
        latitude < bounds.north,
    )


def _rank(wanted: Wanted) -> ColumnElement[datetime]:
    """By what the list is ordered, as an instant: pages take those, and a number is that of its seconds."""
    numbers: Mapping[ProposalSort, Any] = {
        ProposalSort.MOST_SUPPORTED: Row.ranked_supports,
        ProposalSort.MOST_DISCUSSED: Row.ranked_comments,
        ProposalSort.RANDOM: func.hashtextextended(cast(Row.id, String), wanted.seed).op("&")(literal(_LARGEST)),
    }
    number = numbers.get(wanted.sort)
    return Row.created_at.expression if number is None else func.to_timestamp(number)
