# SPDX-License-Identifier: EUPL-1.2
"""Reads what a collectivity offers: request types, areas, routing; and seeds areas and routing."""

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Select, delete, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_requests.db.tables import Collectivity, RequestType, RequestTypeVersion, RoutingRule
from parvis_requests.domain.access import Access

_ENDS: Final = text("""
    SELECT type_id, number, stated ->> 'code'
    FROM request_type_version, jsonb_array_elements(definition #> '{workflow,states}') AS stated
    WHERE collectivity = :collectivity AND state IN ('published', 'retired') AND CAST(stated ->> 'final' AS boolean)
""")
_STAGES: Final = text("""
    SELECT DISTINCT stated ->> 'code'
    FROM request_type_version, jsonb_array_elements(definition #> '{workflow,states}') AS stated
    WHERE collectivity = :collectivity AND state IN ('published', 'retired')
        AND CAST(stated ->> 'final' AS boolean) IS NOT TRUE
""")


class FormKey(NamedTuple):
    """Which version of which type a request was filed with."""

    type_id: UUID
    number: int


class End(NamedTuple):
    """A state of a version of a type in which a request has come to its end."""

    type_id: UUID
    number: int
    status: str


class StoredVersion(NamedTuple):
    """A version of a type, with the code of the type."""

    code: str
    version: RequestTypeVersion


async def version(session: AsyncSession, collectivity: str) -> int | None:
    """The version of a collectivity's catalogue, or None where the service does not know the collectivity."""
    wanted = select(Collectivity.catalogue_version).where(Collectivity.collectivity == collectivity)
    return (await session.execute(wanted)).scalar_one_or_none()


async def collectivity(session: AsyncSession, slug: str) -> Collectivity:
    """What this service knows of a collectivity that exists."""
    return (await session.execute(select(Collectivity).where(Collectivity.collectivity == slug))).scalar_one()


def _versions() -> Select[tuple[str, RequestTypeVersion]]:
    return select(RequestType.code, RequestTypeVersion).join(RequestType, RequestType.id == RequestTypeVersion.type_id)


async def offered(session: AsyncSession, collectivity: str) -> list[StoredVersion]:
    """The versions on offer."""
    wanted = _versions().where(RequestTypeVersion.collectivity == collectivity, RequestTypeVersion.state == "published")
    return [StoredVersion(*row) for row in (await session.execute(wanted)).all()]


async def offered_keys(session: AsyncSession, collectivity: str) -> list[FormKey]:
    """Which versions are on offer."""
    wanted = select(RequestTypeVersion.type_id, RequestTypeVersion.number).where(
        RequestTypeVersion.collectivity == collectivity, RequestTypeVersion.state == "published"
    )
    return [FormKey(*row) for row in (await session.execute(wanted)).all()]


async def versions(session: AsyncSession, keys: Collection[FormKey]) -> list[StoredVersion]:
    """These versions, whether still on offer or not."""
    wanted = _versions().where(tuple_(RequestTypeVersion.type_id, RequestTypeVersion.number).in_(keys))
    return [StoredVersion(*row) for row in (await session.execute(wanted)).all()]


async def public_versions(session: AsyncSession, collectivity: str) -> list[FormKey]:
    """Versions, on offer or retired, whose requests may be shown to the public."""
    wanted = select(RequestTypeVersion.type_id, RequestTypeVersion.number).where(
        RequestTypeVersion.collectivity == collectivity,
        RequestTypeVersion.state.in_(["published", "retired"]),
        RequestTypeVersion.definition["public"].as_boolean(),
    )
    return [FormKey(*row) for row in (await session.execute(wanted)).all()]


async def last_versions(session: AsyncSession, collectivity: str) -> list[FormKey]:
    """Of each type the version that is on offer, or was last."""
    wanted = (
        select(RequestTypeVersion.type_id, func.max(RequestTypeVersion.number))
        .where(RequestTypeVersion.collectivity == collectivity, RequestTypeVersion.state.in_(["published", "retired"]))
        .group_by(RequestTypeVersion.type_id)
    )
    return [FormKey(*row) for row in (await session.execute(wanted)).all()]


async def restricted(session: AsyncSession, type_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these types whose requests their team alone reads."""
    wanted = select(RequestType.id).where(RequestType.id.in_(type_ids), RequestType.access == Access.TEAM)
    return frozenset(await session.scalars(wanted))


async def is_public(session: AsyncSession, type_id: UUID) -> bool:
    """Whether a type is public by the version that is on offer, or was last."""
    wanted = (
        select(RequestTypeVersion.definition["public"].as_boolean())
        .where(RequestTypeVersion.type_id == type_id, RequestTypeVersion.state.in_(["published", "retired"]))
        .order_by(RequestTypeVersion.number.desc())
        .limit(1)
    )
    return bool(await session.scalar(wanted))


async def ends(session: AsyncSession, collectivity: str) -> frozenset[End]:
    """The states of each version, on offer or retired, in which a request has come to its end."""
    return frozenset(End(*row) for row in (await session.execute(_ENDS, {"collectivity": collectivity})).all())


async def stages(session: AsyncSession, collectivity: str) -> frozenset[str]:
    """The codes of the states of any of these versions in which a request goes on."""
    return frozenset(await session.scalars(_STAGES, {"collectivity": collectivity}))


async def routing_rules(session: AsyncSession, collectivity: str) -> Sequence[RoutingRule]:
    """All routing rules."""
    return (await session.scalars(select(RoutingRule).where(RoutingRule.collectivity == collectivity))).all()


async def routing_of(session: AsyncSession, slug: str) -> Collectivity | None:
    """A collectivity as it is now, with what was said of its routing; None where there is none."""
    wanted = select(Collectivity).where(Collectivity.collectivity == slug)
    found = await session.execute(wanted.execution_options(populate_existing=True))
    return found.scalar_one_or_none()


async def put_routing(session: AsyncSession, slug: str, routing: dict[str, Any]) -> None:
    """Keep what an administrator says of the routing; the catalogue has changed."""
    said = {"routing": routing, "routing_version": Collectivity.routing_version + 1}
    await session.execute(update(Collectivity).where(Collectivity.collectivity == slug).values(**said))
    await touch(session, slug)


async def lock(session: AsyncSession, slug: str) -> bool:
    """Hold the collectivity's catalogue until the transaction ends; False where there is no such collectivity."""
    wanted = select(Collectivity.collectivity).where(Collectivity.collectivity == slug).with_for_update()
    return (await session.execute(wanted)).first() is not None


async def touch(session: AsyncSession, collectivity: str) -> None:
    """Say that the collectivity's catalogue has changed; publications follow one another."""
    again = {"catalogue_version": Collectivity.catalogue_version + 1}
    await session.execute(update(Collectivity).where(Collectivity.collectivity == collectivity).values(**again))


async def put_collectivity(
    session: AsyncSession, slug: str, *, team: str, holidays: str, contact: dict[str, Any] | None
) -> None:
    """Make a collectivity known, or change what is known of it; its catalogue has changed."""
    known = {"default_team": team, "holidays": holidays, "contact": contact}
    await session.execute(
        insert(Collectivity)
        .values(collectivity=slug, **known)
        .on_conflict_do_update(
            index_elements=[Collectivity.collectivity],
            set_={**known, "catalogue_version": Collectivity.catalogue_version + 1},
        )
    )


async def replace_rules(session: AsyncSession, collectivity: str, rules: Sequence[dict[str, Any]]) -> None:
    """Make the collectivity's routing what is given."""
    await session.execute(delete(RoutingRule).where(RoutingRule.collectivity == collectivity))
    session.add_all([RoutingRule(id=uuid7(), collectivity=collectivity, **row) for row in rules])
