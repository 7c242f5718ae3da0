# SPDX-License-Identifier: EUPL-1.2
"""What is said about a request once it was filed, as the API shows it."""

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from parvis_kit.locale import Language
from parvis_kit.web.etag import entity_tag
from parvis_kit.web.idempotency import Answer
from parvis_requests.api.context import actor_of, colleagues_at_hand, language_of, now, parts_of
from parvis_requests.api.conversation_schemas import DocumentRequestView, SatisfactionView
from parvis_requests.api.named import named_request
from parvis_requests.api.schemas import Labelled
from parvis_requests.api.views import instant, request_view
from parvis_requests.db.tables import DocumentRequest
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.calendar import day_of
from parvis_requests.service.afterwards import Rating
from parvis_requests.service.form import Form
from parvis_requests.service.read_request import reopen_acted


async def acted(session: AsyncSession, request: Request, row: Row) -> Answer:
    """The answer to an act: the request as it then is."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    catalogue = await parts.catalogues.of(actor.collectivity)
    opened = await reopen_acted(session, actor, row, persons=parts.runtime.persons, catalogues=parts.catalogues)
    headers = {"ETag": entity_tag(row.version, language), "Cache-Control": "no-store"}
    view = named_request(request_view(opened, catalogue, actor, language), actor, colleagues_at_hand(request))
    return Answer.of(view, headers)


def document_request_view(asked: DocumentRequest, form: Form, language: Language) -> DocumentRequestView:
    """What was asked for, with the names of the documents."""
    names = {document.code: document.name.in_language(language) for document in form.definition.documents}
    return DocumentRequestView(
        id=asked.id,
        documents=[Labelled(code=code, label=names.get(code, code)) for code in asked.documents],
        due_on=asked.due_on,
        overdue=asked.completed_at is None and day_of(now()) > asked.due_on,
        created_at=instant(asked.created_at),
        completed_at=instant(asked.completed_at) if asked.completed_at else None,
    )


def satisfaction_view(rating: Rating) -> SatisfactionView:
    """How the author was served."""
    return SatisfactionView(score=rating.score, comment=rating.comment, created_at=instant(rating.created_at))
