# SPDX-License-Identifier: EUPL-1.2
"""A closed request for a records system: a ZIP with its slip of SEDA 2.1."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from parvis_kit.ids import uuid7
from parvis_kit.locale import DEFAULT
from parvis_kit.web.operation import problems, router, token
from parvis_requests.api.context import Parts, actor_of, now, parts_of
from parvis_requests.api.schemas import HistoryEntryView
from parvis_requests.api.views import history_view, message_view, request_view
from parvis_requests.domain.calendar import day_of
from parvis_requests.domain.seda import Act, Dossier, Parties
from parvis_requests.service.archive_request import ClosedFile, conversation_of, read_closed_file
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.open_attachment import opened
from parvis_requests.service.pack_archive import JSON, Content, packed

routes = router(tags=["archives"])
_ZIP: Final = "application/zip"
_FILE: Final[dict[int | str, Any]] = {200: {"content": {_ZIP: {"schema": {"type": "string", "format": "binary"}}}}}
# What only serves a screen.
_SHOWN: Final[dict[str, Any]] = {"actions": True, "attachments": {"__all__": {"thumbnail"}}}
# Written into the slip as it is: one word, as the records system knows it.
Identifier = Annotated[str, Query(max_length=100, pattern=r"^[!-~]+$")]


class Transfer:
    """Who takes the archives over and under which agreement, where the records system calls them otherwise."""

    def __init__(
        self,
        archival_agreement: Annotated[
            Identifier | None, Query(description="Of the transfer, as the records system calls it.")
        ] = None,
        archival_agency: Annotated[
            Identifier | None, Query(description="Who keeps the archives; the collectivity where it lacks.")
        ] = None,
        originating_agency: Annotated[
            Identifier | None, Query(description="Who produced them; the collectivity where it lacks.")
        ] = None,
    ) -> None:
        self.agreement, self.archival, self.originating = archival_agreement, archival_agency, originating_agency

    def parties(self, collectivity: str) -> Parties:
        """As the slip names them."""
        return Parties(
            transferring=collectivity,
            originating=self.originating or collectivity,
            archival=self.archival or collectivity,
            agreement=self.agreement,
        )


@routes.get(
    "/v1/requests/{request_id}/archive",
    **token("requests.archives.read", timeout=300),
    operation_id="exportArchive",
    response_class=Response,
    responses=problems(401, 403, 404, 409, 422) | _FILE,
)
async def export(request_id: UUID, request: Request, transfer: Annotated[Transfer, Depends()]) -> Response:
    """A closed request with its conversation and files, for a records system; the export is recorded for the person."""
    actor, parts, at = actor_of(request), parts_of(request), now()
    catalogue = await parts.catalogues.of(actor.collectivity)
    async with parts.runtime.database.unit_of_work() as uow:
        closed = await read_closed_file(
            uow.session, actor, request_id, persons=parts.runtime.persons, catalogues=parts.catalogues, now=at
        )
        await uow.commit()
    acts = _acts(closed, catalogue)
    dossier = _dossier(closed, transfer, catalogue, acts)
    content = packed(dossier, _contents(parts, closed, catalogue, acts), at)
    return StreamingResponse(content, headers=_headers(closed.opened.row.reference), media_type=_ZIP)


def _headers(reference: str) -> dict[str, str]:
    return {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{reference}.zip"',
        "Content-Language": DEFAULT,
        "X-Content-Type-Options": "nosniff",
    }


def _acts(closed: ClosedFile, catalogue: Catalogue) -> list[HistoryEntryView]:
    return [
        history_view(entry, closed.form_at(entry.sequence).workflow, catalogue, DEFAULT, for_agent=False)
        for entry in closed.history
    ]


def _dossier(closed: ClosedFile, transfer: Transfer, catalogue: Catalogue, acts: list[HistoryEntryView]) -> Dossier:
    row, form = closed.opened.row, closed.opened.form
    return Dossier(
        message=str(uuid7()),
        parties=transfer.parties(row.collectivity),
        agency_name=catalogue.name.in_language(DEFAULT),
        reference=row.reference,
        title=f"{form.name[DEFAULT]}, demande {row.reference}",
        filed_at=row.created_at,
        received_on=row.received_on,
        ended_on=day_of(closed.ended_at),
        kept_months=form.definition.retention_months,
        final_action=form.definition.archiving.final_action,
        access=form.definition.archiving.access,
        acts=[Act(act.sequence, act.action.code, act.action.label, act.at) for act in acts],
    )


async def _contents(
    parts: Parts, closed: ClosedFile, catalogue: Catalogue, acts: list[HistoryEntryView]
) -> AsyncIterator[Content]:
    row, persons = closed.opened.row, parts.runtime.persons
    shown = request_view(closed.opened, catalogue, closed.author, DEFAULT).model_dump(mode="json", exclude=_SHOWN)
    record = {"author": str(row.author), **shown, "history": [act.model_dump(mode="json") for act in acts]}
    if closed.former:
        record["former_types"] = [
            {"until": each.sequence, "request_type": each.form.code, "answers": each.answers} for each in closed.former
        ]
    yield _json("demande", "Demande et suivi", record, row.updated_at)
    async for said in conversation_of(parts.runtime.database, closed, persons):
        messages = [message_view(message, for_agent=False).model_dump(mode="json") for message in said]
        yield _json("echanges", "Échanges avec l'usager", messages, said[-1].created_at)
    names = {document.code: document.name.fr for document in closed.opened.form.definition.documents}
    for file in closed.files:
        title = names.get(file.document or "", "Pièce jointe")
        name, at = file.document or "piece", file.created_at
        yield Content(name, title, file.media_type, at, await opened(file, file.id, persons, parts.blobs))


def _json(name: str, title: str, value: Any, at: datetime) -> Content:
    return Content(name, title, JSON, at, json.dumps(value, ensure_ascii=False, indent=1).encode())
