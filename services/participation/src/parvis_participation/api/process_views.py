# SPDX-License-Identifier: EUPL-1.2
"""Participatory processes as the API shows them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from parvis_participation.api.process_schemas import (
    AudienceRules,
    ContactView,
    LinkView,
    NewsView,
    PartView,
    ProcessDraftView,
    ProcessPhaseView,
    ProcessRollView,
    ProcessView,
)
from parvis_participation.api.telling import Telling
from parvis_participation.api.views import instant
from parvis_participation.db.process_tables import Process, ProcessNews, ProcessPart
from parvis_participation.domain.audience import Visibility
from parvis_participation.domain.process import phases_of, present


def process_view(row: Process, parts: Sequence[ProcessPart], telling: Telling, now: datetime) -> ProcessView:
    """A process in the language of the caller, where it has it."""
    phase = present(phases_of(row.phases), row.ends_at, now)
    phases = [
        ProcessPhaseView(
            code=each["code"],
            title=telling.of(each["title"]),
            begins_at=instant(datetime.fromisoformat(each["begins_at"])),
            acts=each["acts"],
        )
        for each in row.phases
    ]
    return ProcessView(
        id=row.id,
        collectivity=row.collectivity,
        title=telling.of(row.title),
        description=telling.of(row.description),
        area=row.area,
        links=[LinkView(label=telling.of(each["label"]), url=each["url"]) for each in row.links],
        contacts=[_contact(each, telling) for each in row.contacts],
        phases=phases,
        present_phase=phase.code if phase else None,
        ends_at=instant(row.ends_at),
        languages=row.languages,
        visible_to=Visibility(row.visible_to),
        audience=AudienceRules(**row.audience) if row.audience else None,
        roll=None if row.roll is None else ProcessRollView(**row.roll),
        parts=_parts(parts),
        version=row.version,
    )


def process_draft_view(row: Process, parts: Sequence[ProcessPart]) -> ProcessDraftView:
    """A process in all its languages."""
    names = (
        "id",
        "collectivity",
        "title",
        "description",
        "area",
        "links",
        "contacts",
        "phases",
        "languages",
        "visible_to",
        "audience",
        "roll",
        "version",
    )
    own = {name: getattr(row, name) for name in names}
    published = row.published_at is not None
    return ProcessDraftView(**own, published=published, ends_at=instant(row.ends_at), parts=_parts(parts))


def news_view(row: ProcessNews, telling: Telling) -> NewsView:
    """News in the language of the caller, where it has it."""
    return NewsView(
        id=row.id,
        process_id=row.process_id,
        title=telling.of(row.title),
        text=telling.of(row.words),
        published_at=instant(row.created_at),
    )


def _contact(given: Mapping[str, Any], telling: Telling) -> ContactView:
    spoken = {"name": telling.of(given["name"]), "hours": telling.of(given["hours"]) if given["hours"] else None}
    return ContactView(**{**given, **spoken})


def _parts(parts: Sequence[ProcessPart]) -> list[PartView]:
    return [PartView(kind=each.kind, id=each.part) for each in parts]
