# SPDX-License-Identifier: EUPL-1.2
"""What mails of participation lead to as pages, unless the town's portal has them: the views, in words. No script."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from html import escape
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.clocks import clock_of
from parvis_kit.locale import Language, Text
from parvis_kit.web.operation import problems, public, router
from parvis_participation.api import page_words as words
from parvis_participation.api.amendments import summary
from parvis_participation.api.assembly_views import assembly_view
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import language_of, now, parts_of
from parvis_participation.api.html_pages import PAGES, html_page, paragraph
from parvis_participation.api.meeting_views import meeting_view
from parvis_participation.api.petition_views import petition_view
from parvis_participation.api.process_schemas import ContactView, LinkView
from parvis_participation.api.process_views import news_view, process_view
from parvis_participation.api.proposal_views import proposal_view
from parvis_participation.api.spoken_times import spoken_day, spoken_moment
from parvis_participation.api.telling import Telling
from parvis_participation.db import amendments, assemblies, meetings, petitions, processes, proposals
from parvis_participation.domain.audience import PUBLIC
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.domain.proposal import ProposalState
from parvis_participation.service.meeting_files import MeetingFile
from parvis_participation.service.pseudonyms import Pseudonyms

routes = router(tags=["pages"])
_TOWN: Final = "/v1/collectivities/{}"
_MOST_NEWS: Final = 10


class PageKind(StrEnum):
    """What has a page; the names are those of the paths at which programs read the same."""

    PETITIONS = "petitions"
    PROPOSALS = "proposals"
    AMENDMENTS = "amendments"
    PROCESSES = "processes"
    ASSEMBLIES = "assemblies"
    MEETINGS = "meetings"


@dataclass(frozen=True, slots=True)
class _Asked:
    collectivity: str
    id: UUID
    language: Language
    telling: Telling
    pseudonyms: Pseudonyms

    def link(self, label: Text, path: str) -> str:
        """A link to something else of the town."""
        address = escape(_TOWN.format(self.collectivity) + path)
        return f'<p class="actions"><a href="{address}">{escape(label.in_language(self.language))}</a></p>'

    def heading(self, label: Text) -> str:
        """The heading of a part of the page."""
        return f"<h2>{escape(label.in_language(self.language))}</h2>"


@dataclass(frozen=True, slots=True)
class _Found:
    """The fields of a view, and what follows them."""

    view: Mapping[str, Any]
    more: str = ""


@routes.get(
    "/v1/collectivities/{collectivity}/pages/{kind}/{subject_id}",
    **public(),
    operation_id="showPublicPage",
    response_class=Response,
    responses=problems(422) | PAGES,
)
async def show(collectivity: Collectivity, kind: PageKind, subject_id: UUID, request: Request) -> Response:
    """What everybody reads of it as a page, in French or English: where mails about it lead."""
    parts, language = parts_of(request), language_of(request)
    asked = _Asked(collectivity, subject_id, language, Telling(language), parts.pseudonyms)
    try:
        async with parts.runtime.database.reading() as session:
            found = await _READERS[kind](session, asked)
    except NotFoundError:
        lead = paragraph(words.CLOSED.in_language(language), ' class="lead"')
        return html_page(language, 404, words.CLOSED_TITLE.in_language(language), lead)
    what, view = words.WHAT[kind].in_language(language), found.view
    title = view.get("title") or view.get("name")
    main = f'<p class="whose">{escape(what)}</p>' if title else paragraph(words.NO_WORDS.in_language(language))
    main += _facts(view, asked) + _texts(view, asked) + found.more
    return html_page(language, 200, title or what, main)


async def _petition(session: AsyncSession, asked: _Asked) -> _Found:
    row = await petitions.public(session, asked.collectivity, asked.id)
    found = await petitions.signed(session, row)
    return _Found(petition_view(found, asked.pseudonyms, asked.language).model_dump())


async def _proposal(session: AsyncSession, asked: _Asked) -> _Found:
    found = await proposals.supported(session, await proposals.one(session, asked.collectivity, asked.id))
    discussion = asked.link(words.DISCUSSION, f"/threads/proposal/{asked.id}/page")
    return _Found(proposal_view(found, asked.pseudonyms).model_dump(), discussion)


async def _amendment(session: AsyncSession, asked: _Asked) -> _Found:
    row = await amendments.one(session, asked.collectivity, asked.id)
    proposal = await proposals.one(session, asked.collectivity, row.proposal_id)
    shown = proposal.state == ProposalState.PUBLISHED and row.removed_at is None
    view = summary(row, asked.pseudonyms, shown=shown)
    if shown:
        view |= {"title": row.title, "description": row.description}
    return _Found(view, asked.link(words.PROPOSAL, f"/pages/{PageKind.PROPOSALS}/{proposal.id}"))


async def _process(session: AsyncSession, asked: _Asked) -> _Found:
    row = await processes.shown(session, asked.collectivity, asked.id, PUBLIC)
    news = await processes.news(session, row.id, None, _MOST_NEWS)
    view, clock = process_view(row, [], asked.telling, now()), clock_of(asked.collectivity)
    phases = ((each.title, spoken_moment(each.begins_at, asked.language, clock)) for each in view.phases)
    more = asked.heading(words.PHASES) + _pairs(phases)
    more += asked.heading(words.LINKS) + _links(view.links) if view.links else ""
    more += asked.heading(words.CONTACTS) + "".join(_contact(each) for each in view.contacts) if view.contacts else ""
    told = [news_view(each, asked.telling) for each in news.rows]
    more += asked.heading(words.NEWS) if told else ""
    for each in told:
        at = spoken_moment(each.published_at, asked.language, clock)
        more += f'<h3>{escape(each.title)}</h3><p class="reference">{escape(at)}</p>{paragraph(each.text)}'
    return _Found(view.model_dump(), more)


async def _assembly(session: AsyncSession, asked: _Asked) -> _Found:
    row = await assemblies.one(session, asked.collectivity, asked.id, published=True)
    return _Found(assembly_view(row, asked.language).model_dump())


async def _meeting(session: AsyncSession, asked: _Asked) -> _Found:
    row = await meetings.one(session, asked.collectivity, asked.id, public=True)
    calendar = asked.link(words.CALENDAR, f"/meetings/{row.id}/files/{MeetingFile.CALENDAR}")
    return _Found(meeting_view(row, asked.language).model_dump(), calendar)


_READERS: Final[Mapping[PageKind, Callable[[AsyncSession, _Asked], Awaitable[_Found]]]] = {
    PageKind.PETITIONS: _petition,
    PageKind.PROPOSALS: _proposal,
    PageKind.AMENDMENTS: _amendment,
    PageKind.PROCESSES: _process,
    PageKind.ASSEMBLIES: _assembly,
    PageKind.MEETINGS: _meeting,
}


def _facts(view: Mapping[str, Any], asked: _Asked) -> str:
    known = ((label, view[name]) for name, label in words.FACTS.items() if view.get(name) is not None)
    return _pairs((label.in_language(asked.language), _spoken(value, asked)) for label, value in known)


def _texts(view: Mapping[str, Any], asked: _Asked) -> str:
    said = paragraph(view["description"]) if view.get("description") else ""
    return said + "".join(
        asked.heading(label) + paragraph(view[name]) for name, label in words.TEXTS.items() if view.get(name)
    )


def _spoken(value: Any, asked: _Asked) -> str:
    if isinstance(value, datetime):
        return spoken_moment(value, asked.language, clock_of(asked.collectivity))
    if isinstance(value, date):
        return spoken_day(value, asked.language)
    code = words.CODES.get(value)
    return str(value) if code is None else code.in_language(asked.language)


def _links(links: Iterable[LinkView]) -> str:
    items = (f'<li><a href="{escape(each.url)}">{escape(each.label)}</a></li>' for each in links)
    return f"<ul>{''.join(items)}</ul>"


def _contact(each: ContactView) -> str:
    mail = f'<a href="mailto:{escape(quote(each.email, safe="@"))}">{escape(each.email)}</a>' if each.email else ""
    phone = f'<a href="tel:{escape(each.phone)}">{escape(each.phone)}</a>' if each.phone else ""
    written = (escape(line) for said in (each.address, each.hours) if said for line in said.splitlines())
    ways = "<br>".join(way for way in (mail, phone, *written) if way)
    return f"<h3>{escape(each.name)}</h3>" + (f"<p>{ways}</p>" if ways else "")


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    """Names and values as a list, which a reader's program says as such."""
    inside = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in pairs)
    return f"<dl>{inside}</dl>" if inside else ""
