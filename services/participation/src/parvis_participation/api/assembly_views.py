# SPDX-License-Identifier: EUPL-1.2
"""Assemblies as the API shows them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from parvis_kit.locale import Language
from parvis_participation.api.assembly_answers import (
    AgendaItemView,
    AssemblyDraftView,
    AssemblySessionDetailView,
    AssemblySessionView,
    AssemblyView,
    AttendanceView,
    CollegeView,
    DrawSummaryView,
    DrawView,
    MemberView,
    MinutesVersionView,
    MinutesView,
    PublicMemberView,
    PublishedMinutesView,
    SessionDraftView,
)
from parvis_participation.api.process_schemas import LinkView
from parvis_participation.api.views import instant
from parvis_participation.db.assembly_tables import (
    Assembly,
    AssemblyDraw,
    AssemblyMember,
    AssemblyMinutes,
    AssemblySession,
)
from parvis_participation.domain.assembly import Presence


def assembly_view(row: Assembly, language: Language) -> AssemblyView:
    """An assembly in the language of the caller."""
    return AssemblyView(
        id=row.id,
        collectivity=row.collectivity,
        name=row.name[language],
        description=row.description[language],
        area=row.area,
        colleges=[CollegeView(code=each["code"], title=each["title"][language]) for each in row.colleges],
        links=_links(row.links, language),
        quorum=row.quorum,
        version=row.version,
    )


def assembly_draft_view(row: Assembly) -> AssemblyDraftView:
    """An assembly in both languages."""
    names = ("id", "collectivity", "name", "description", "area", "colleges", "links", "quorum", "version")
    own = {name: getattr(row, name) for name in names}
    return AssemblyDraftView(**own, published=row.published_at is not None)


def public_member_view(row: AssemblyMember, names: Mapping[UUID, str]) -> PublicMemberView:
    """A member, without the name where they did not agree that it is read."""
    return PublicMemberView(**_mandate(row), name=names.get(row.id) if row.listed else None)


def member_view(row: AssemblyMember, names: Mapping[UUID, str]) -> MemberView:
    """A mandate as agents see it."""
    own = {"person": row.person, "listed": row.listed, "end_reason": row.end_reason}
    return MemberView(**_mandate(row), **own, name=names.get(row.id))


def session_view(row: AssemblySession, language: Language) -> AssemblySessionView:
    """A session in the language of the caller."""
    return AssemblySessionView(**_session(row, language))


def session_detail_view(
    row: AssemblySession, minutes: Sequence[AssemblyMinutes], language: Language
) -> AssemblySessionDetailView:
    """The same with the minutes that are public."""
    published = [
        PublishedMinutesView(
            number=each.number,
            language=each.language,
            approved_on=each.approved_on,
            published_at=each.published_at and instant(each.published_at),
        )
        for each in minutes
    ]
    return AssemblySessionDetailView(**_session(row, language), minutes=published)


def session_draft_view(
    row: AssemblySession, presences: Mapping[UUID, Presence], minutes: Sequence[AssemblyMinutes]
) -> SessionDraftView:
    """A session as agents see it."""
    names = ("id", "assembly_id", "title", "place", "agenda", "links", "state", "version")
    own = {name: getattr(row, name) for name in (*names, "members", "present", "quorum")}
    return SessionDraftView(
        **own,
        begins_at=instant(row.begins_at),
        ends_at=instant(row.ends_at),
        attendances=[AttendanceView(member_id=key, presence=presences[key]) for key in sorted(presences, key=str)],
        minutes=[MinutesVersionView(**_version(each)) for each in minutes],
    )


def minutes_view(row: AssemblyMinutes) -> MinutesView:
    """A version of the minutes with its text."""
    return MinutesView(**_version(row), session_id=row.session_id, text=row.words)


def draw_summary_view(row: AssemblyDraw, language: Language) -> DrawSummaryView:
    """Lots in the language of the caller."""
    return DrawSummaryView(**_draw(row, language))


def draw_view(row: AssemblyDraw, language: Language) -> DrawView:
    """The same with the tickets."""
    return DrawView(**_draw(row, language), tickets=row.tickets, drawn=row.drawn, gone=row.gone)


def _mandate(row: AssemblyMember) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "role", "college", "origin", "begins_on", "ends_on")}


def _session(row: AssemblySession, language: Language) -> dict[str, Any]:
    own = {name: getattr(row, name) for name in ("id", "assembly_id", "state", "members", "present", "quorum")}
    reached = None if row.present is None or row.quorum is None else row.present >= row.quorum
    return own | {
        "title": row.title[language],
        "place": row.place[language],
        "agenda": [AgendaItemView(title=each["title"][language]) for each in row.agenda],
        "links": _links(row.links, language),
        "begins_at": instant(row.begins_at),
        "ends_at": instant(row.ends_at),
        "quorum_reached": reached,
    }


def _draw(row: AssemblyDraw, language: Language) -> dict[str, Any]:
    names = ("id", "assembly_id", "college", "seats", "digest", "begins_on", "ends_on", "seed", "seed_format")
    times = {"frozen_at": instant(row.created_at), "drawn_at": row.drawn_at and instant(row.drawn_at)}
    void = {"voided_at": row.voided_at and instant(row.voided_at), "void_reason": (row.void_reason or {}).get(language)}
    own = {name: getattr(row, name) for name in names}
    return own | times | void | {"seed_source": row.seed_source[language]}


def _version(row: AssemblyMinutes) -> dict[str, Any]:
    own = {name: getattr(row, name) for name in ("number", "language", "state", "approved_on")}
    return own | {"published_at": row.published_at and instant(row.published_at)}


def _links(links: Sequence[Mapping[str, Any]], language: Language) -> list[LinkView]:
    return [LinkView(label=each["label"][language], url=each["url"]) for each in links]
