# SPDX-License-Identifier: EUPL-1.2
"""The agents' work queue: a page of what waits, and how much of it there is."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.db.keyset import Position, Slice
from parvis_requests.db import answer_keys, queue_relations, teams
from parvis_requests.db import work_queue as stored
from parvis_requests.db.queue_filters import Asked
from parvis_requests.domain.answer_filters import AnswerFilter, exact_answers, folded, plain_number
from parvis_requests.domain.facets import MAX_FACETS, closed_answers
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import QueueFilters, Sort, for_agents
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.form import Form

# Closed answers are few, and given again and again.
_ANSWERS_KNOWN: Final = 4_096


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """Exact numbers of requests under the filters of a queue."""

    total: int
    by_status: Mapping[str, int]
    by_team: Mapping[str, int]


def facets_of(index: BlindIndex, collectivity: str, answers: Iterable[tuple[str, str]]) -> list[bytes]:
    """The blind indexes of answers: equal for equal answers of one collectivity, readable by nobody."""
    return sorted({_facet(index, collectivity, question, text) for question, text in answers})


def _facet(index: BlindIndex, collectivity: str, question: str, text: str) -> bytes:
    return index.of("request.answers", f"{collectivity}\x00{question}\x00{text}")


# Not those of free answers, which may be about somebody: they are to be nowhere but sealed.
_closed_facet: Final = lru_cache(_ANSWERS_KNOWN)(_facet)


def facets_of_form(
    index: BlindIndex,
    collectivity: str,
    form: Form,
    answers: Mapping[str, Any],
    filters: tuple[AnswerFilter, ...] | None = None,
) -> list[bytes]:
    """The blind indexes of a request's answers: closed ones, and those that its form, or ``filters``, declares."""
    declared = form.filters if filters is None else filters
    closed = {_closed_facet(index, collectivity, *answer) for answer in closed_answers(form.answers_schema, answers)}
    return sorted({*sorted(closed)[:MAX_FACETS], *facets_of(index, collectivity, exact_answers(declared, answers))})


def spellings_of(question: str, text: str) -> list[tuple[str, str]]:
    """An answer that is looked for, as each kind of question would have kept it: a choice, a number, folded words."""
    return [(question, written) for written in dict.fromkeys([text, plain_number(text) or text, folded(text)])]


def asked_for(actor: Actor, filters: QueueFilters, catalogue: Catalogue, *, index: BlindIndex) -> Asked:
    """What the filters ask the agent's collectivity for; raises NotAllowedError for anybody but an agent."""
    town = for_agents(actor).collectivity
    facets = [facets_of(index, town, spellings_of(question, text)) for question, text in filters.answers]
    return Asked(filters, facets, catalogue.ends, catalogue.stages, types=_types(filters, catalogue))


def _types(filters: QueueFilters, catalogue: Catalogue) -> list[UUID] | None:
    """The types of these codes and groups; None for all."""
    if not filters.types and not filters.groups:
        return None
    return [
        type_id
        for type_id, form in catalogue.last.items()
        if (not filters.types or form.code in filters.types) and (not filters.groups or form.group in filters.groups)
    ]


async def read_queue(
    session: AsyncSession, actor: Actor, asked: Asked, sort: Sort, position: Position | None, limit: int
) -> Slice[Any]:
    """One page of the requests of the agent's collectivity; raises NotAllowedError for anybody but an agent."""
    agent = for_agents(actor)
    wanted = await resolved(session, agent, asked)
    if wanted is None:
        return Slice((), None, None)
    return await stored.page(session, agent.collectivity, wanted, sort, position, limit)


async def count_queue(session: AsyncSession, actor: Actor, asked: Asked) -> QueueCounts:
    """How many requests the filters find, by status and by team; raises NotAllowedError for anybody but an agent."""
    agent = for_agents(actor)
    wanted = await resolved(session, agent, asked)
    if wanted is None:
        return QueueCounts(0, {}, {})
    by_status: Counter[str] = Counter()
    by_team: Counter[str] = Counter()
    for row in await stored.counts(session, agent.collectivity, wanted):
        by_status[row.status] += row.number
        by_team[row.team] += row.number
    return QueueCounts(by_status.total(), by_status, by_team)


async def resolved(session: AsyncSession, agent: Actor, asked: Asked) -> Asked | None:
    """For that agent, with their teams by their codes, and what narrows it most; None where nothing can be found."""
    filters, asked = asked.filters, replace(asked, reader=agent)
    if asked.types is not None and not asked.types:
        return None
    tied = filters.merged or filters.forwarded or filters.transferred or filters.files
    rare = filters.areas or filters.channels or filters.priorities or filters.paused
    if tied or rare or asked.types:
        first = await queue_relations.narrowest(session, agent.collectivity, filters, asked.types)
        asked = replace(asked, first=first)
    if filters.ranges:
        asked = replace(asked, narrowest=await answer_keys.narrowest(session, agent.collectivity, filters.ranges))
    # Who is in no team has nothing there; without any team, the filter would hold nothing back.
    if not filters.own_teams:
        return asked
    own = agent.teams | await teams.of_agent(session, agent.collectivity, agent.person)
    named = tuple(sorted({*filters.teams, *own}))
    return replace(asked, filters=replace(filters, teams=named)) if named else None
