# SPDX-License-Identifier: EUPL-1.2
"""What other services may ask, on the internal port."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import BaseModel, Field
from starlette.requests import Request

from parvis_kit.locale import Language
from parvis_kit.problems import FORBIDDEN, NOT_FOUND
from parvis_kit.security.principal import PrincipalKind
from parvis_kit.web.operation import principal_of, problems, router, token
from parvis_requests.api.confirmation_page import CONFIRM_PATH
from parvis_requests.api.context import language_of, now, parts_of
from parvis_requests.api.legal_views import ReceiptView, receipt_view
from parvis_requests.api.remedies import in_a_mail, remedy_views
from parvis_requests.api.schemas import Labelled, PublicTextView
from parvis_requests.api.views import instant, status_label, type_label
from parvis_requests.db import tracking
from parvis_requests.domain.request import Actor
from parvis_requests.domain.typography import no_break
from parvis_requests.service.ask_confirmation import read_confirmation
from parvis_requests.service.keep_reporter import address_of
from parvis_requests.service.legal_documents import read_receipt
from parvis_requests.service.read_messages import public_text
from parvis_requests.service.read_step import read_step

routes = router(tags=["internal"])
Collectivity = Annotated[str, Query(pattern=r"^[a-z][a-z0-9-]{1,31}$", description="On whose behalf it is asked.")]


class ReporterContactView(BaseModel):
    """Where somebody without an account is written to, for the service that writes."""

    email: str | None
    language: Language
    can_follow: bool = Field(
        description="Whether a token opens what they filed: who has none is led nowhere by a link to it."
    )


class StepView(BaseModel):
    """What was asked for, and the state to which an act led it."""

    request_type: Labelled
    status: Labelled
    remedies: list[str] = Field(description="What the person is told with a refusal, as paragraphs of the mail.")


class ConfirmationView(BaseModel):
    """To whom the mail goes, what waits for it or is followed by it, if anything, and the link, good until then."""

    email: str | None
    language: str
    request_type: Labelled | None
    follows: str | None = Field(description="The reference of the request of somebody else that they follow then.")
    link: str
    confirm_before: datetime


@routes.get(
    "/internal/v1/requests/{request_id}/messages/{message_id}",
    **token("requests.messages.read"),
    response_model=PublicTextView,
    responses=problems(401, 403, 404, 422),
)
async def read_public_text(request_id: UUID, message_id: UUID, request: Request) -> PublicTextView:
    """The text of a public reply, for the service that sends it to the person, who reads the asked language."""
    for_services(request)
    runtime = parts_of(request).runtime
    async with runtime.database.reading() as session:
        text = await public_text(
            session, request_id, message_id, persons=runtime.persons, language=language_of(request)
        )
    if text is None:
        raise NOT_FOUND.problem()
    return PublicTextView(text=text)


@routes.get(
    "/internal/v1/reporters/{person}/contact",
    **token("requests.contacts.read"),
    response_model=ReporterContactView,
    responses=problems(401, 403, 404, 422),
)
async def read_reporter(
    person: UUID, request: Request, collectivity: Annotated[str, Query(max_length=100)]
) -> ReporterContactView:
    """Where somebody without an account is written to about their request, for the service that writes."""
    for_services(request)
    runtime = parts_of(request).runtime
    async with runtime.database.reading() as session:
        address = await address_of(session, person, collectivity, persons=runtime.persons)
        tracked = await tracking.has_token(session, person, collectivity)
    if address is None:
        raise NOT_FOUND.problem()
    return ReporterContactView(email=address.email, language=address.language, can_follow=tracked)


@routes.get(
    "/internal/v1/confirmations/{confirmation_id}",
    **token("requests.contacts.read"),
    response_model=ConfirmationView,
    responses=problems(401, 403, 404, 422),
)
async def read_confirmation_to_send(
    confirmation_id: UUID, collectivity: Collectivity, request: Request
) -> ConfirmationView:
    """What the mail says by which somebody without an account confirms an address, for the service that sends it."""
    for_services(request)
    parts, runtime = parts_of(request), parts_of(request).runtime
    async with runtime.database.reading() as session:
        found = await read_confirmation(session, confirmation_id, collectivity, persons=runtime.persons, now=now())
        waiting = found.waiting
        form = (await parts.catalogues.forms_of(session, [waiting.key]))[waiting.key] if waiting else None
    return ConfirmationView(
        email=found.address.email,
        language=found.address.language,
        request_type=type_label(form, found.address.language) if form else None,
        follows=found.follows,
        link=f"{runtime.settings.public_url}{CONFIRM_PATH}?token={found.token}",
        confirm_before=instant(found.expires_at),
    )


@routes.get(
    "/internal/v1/requests/{request_id}/receipt",
    **token("requests.messages.read"),
    response_model=ReceiptView,
    responses=problems(401, 403, 404, 422),
)
async def read_receipt_to_send(request_id: UUID, collectivity: Collectivity, request: Request) -> ReceiptView:
    """What the acknowledgement of a request must say, for the service that sends it, in the asked language."""
    for_services(request)
    parts, service = parts_of(request), Actor.service(collectivity)
    async with parts.runtime.database.reading() as session:
        found = await read_receipt(session, service, request_id, catalogues=parts.catalogues)
    view, language = receipt_view(found, language_of(request)), language_of(request)
    return view.model_copy(update={"statements": [no_break(each, language) for each in view.statements]})


@routes.get(
    "/internal/v1/requests/{request_id}/steps/{sequence}",
    **token("requests.messages.read"),
    response_model=StepView,
    responses=problems(401, 403, 404, 422),
)
async def read_step_to_tell(
    request_id: UUID, sequence: Annotated[int, Path(ge=1, le=2**31 - 1)], collectivity: Collectivity, request: Request
) -> StepView:
    """The state to which a public act led a request, for the service that tells the person, in the asked language."""
    for_services(request)
    parts, language = parts_of(request), language_of(request)
    contact = (await parts.catalogues.of(collectivity)).contact
    async with parts.runtime.database.reading() as session:
        step = await read_step(session, Actor.service(collectivity), request_id, sequence, catalogues=parts.catalogues)
    told = remedy_views(step.form, step.status, contact, language) if step.arrives else []
    return StepView(
        request_type=type_label(step.form, language),
        status=status_label(step.form.workflow, step.status, language),
        remedies=[no_break(each, language) for each in in_a_mail(told)],
    )


def for_services(request: Request) -> None:
    """Refuse whoever is no service."""
    if principal_of(request).kind is not PrincipalKind.SYSTEM:
        raise FORBIDDEN.problem()
