# SPDX-License-Identifier: EUPL-1.2
"""Which requests an agent reads (parvis_requests.domain.access), in the words of the database; the one place for it.

``request.restricted`` repeats what the request's type says: a trigger sees to it, however a request is filed. When the
type says another thing, the worker changes it little by little, and the type is pending until that is over. Requests of
a type that is then for its team are kept from others at once; what opens does so once the request itself says it.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, and_, func, not_, or_, select, true, union_all
from sqlalchemy.orm import aliased

from parvis_requests.db.tables import Appeal, Mention, PurgedRequest, RequestType, Team, TeamMember
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.access import Access, reads_all
from parvis_requests.domain.appeal import AppealState
from parvis_requests.domain.request import Actor


def open_to(actor: Actor, row: Any = Row) -> ColumnElement[bool]:
    """That the actor, where they are an agent, is in the circle of a request of their town."""
    if not actor.is_agent or reads_all(actor):
        return true()
    # Never NULL: what is not open is hidden.
    mine = (in_team(actor, row.team), row.assignee.is_not_distinct_from(actor.person), row.id.in_(_named(actor)))
    return or_(and_(not_(row.restricted), row.type_id.not_in(closing(actor))), *mine)


def closing(actor: Actor) -> Select[tuple[UUID]]:
    """The types of the agent's town that are for a team by now, which not all their requests repeat; mostly none."""
    of = aliased(RequestType)
    return select(of.id).where(of.collectivity == actor.collectivity, of.access == Access.TEAM, of.access_pending)


def about_to_close(actor: Actor) -> ColumnElement[bool]:
    """That a request does not say yet that it is restricted, though its type does."""
    # First whether there is any such type, which is asked once: as a rule no request is then looked at.
    return and_(closing(actor).exists(), not_(Row.restricted), Row.type_id.in_(closing(actor)))


def about_open(actor: Actor, request_id: Any) -> ColumnElement[bool]:
    """That what is about this request, if about any, is open to the actor; one that is gone hides nothing."""
    if not actor.is_agent or reads_all(actor):
        return true()
    about = aliased(Row)
    # A value and no EXISTS, which the planner would make a join of.
    said = select(open_to(actor, about)).where(about.id == request_id).scalar_subquery()
    return func.coalesce(said, True)


def purged_open_to(actor: Actor) -> ColumnElement[bool]:
    """That what is left of a request is open to an agent: by its type, or the team that it was in."""
    if reads_all(actor):
        return true()
    theirs = (RequestType.collectivity == actor.collectivity, RequestType.access == Access.TEAM)
    restricted = PurgedRequest.type_id.in_(select(RequestType.id).where(*theirs))
    return or_(not_(restricted), in_team(actor, PurgedRequest.team))


def in_team(actor: Actor, team: Any) -> ColumnElement[bool]:
    """That a team is one of the agent's, by their token or by its members."""
    member = (TeamMember.collectivity == actor.collectivity, TeamMember.agent == actor.person)
    codes = select(Team.code).join(TeamMember, TeamMember.team_id == Team.id).where(*member)
    return or_(team.in_(sorted(actor.teams)), team.in_(codes)) if actor.teams else team.in_(codes)


def by_name(actor: Actor) -> ColumnElement[bool]:
    """That a request is restricted, in another team than the agent's, and theirs all the same; by the requests' key."""
    assigned = select(Row.id).where(Row.collectivity == actor.collectivity, Row.assignee == actor.person)
    named = union_all(assigned.where(Row.restricted), assigned.where(about_to_close(actor)), _named(actor)).subquery()
    # One array, made once: the planner then goes by the requests' key, and never reads all of them.
    ids = func.array(select(named.c[0]).scalar_subquery(), type_=ARRAY(Uuid()))
    restricted = or_(Row.restricted, Row.type_id.in_(closing(actor)))
    return and_(Row.id == func.any(ids), restricted, not_(in_team(actor, Row.team)))


def _named(actor: Actor) -> Select[tuple[UUID]] | Any:
    """Requests whose notes mention the agent, or with an appeal that is theirs or their team's to look at."""
    named = (Mention.collectivity == actor.collectivity, Mention.agent == actor.person)
    noted = select(Mention.request_id).where(*named, Mention.withdrawn_at.is_(None))
    contested = (Appeal.collectivity == actor.collectivity, Appeal.state == AppealState.OPEN)
    theirs = or_(Appeal.assignee == actor.person, in_team(actor, Appeal.team))
    return union_all(noted, select(Appeal.request_id).where(*contested, theirs))
