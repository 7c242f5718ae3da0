# SPDX-License-Identifier: EUPL-1.2
"""Registrations for public meetings without an account: asked for here, confirmed and withdrawn by the link of a mail.

Opening the link changes nothing, for programs open links to look what is behind them: the buttons do.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_kit.problems import FORBIDDEN
from parvis_kit.runtime import Runtime
from parvis_kit.security.principal import PrincipalKind
from parvis_kit.web.idempotency import Answer
from parvis_kit.web.operation import principal_of, problems, public, router, service, token
from parvis_participation.api.alone import OWN_KEY, call_alone
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import language_of, now, parts_of
from parvis_participation.api.html_pages import PAGES
from parvis_participation.api.meeting_page import PATH, gone_page, late_page, standing_page, withdrawn_page
from parvis_participation.api.meeting_problems import too_many_guests
from parvis_participation.api.meeting_schemas import NewRegistration
from parvis_participation.api.views import instant
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.domain.meeting_errors import MeetingStateError, TooManyGuestsError
from parvis_participation.service.meeting_guests import (
    Guests,
    NewGuest,
    Standing,
    confirm_guest,
    read_guest,
    read_standing,
    register_guest,
    withdraw_guest,
)
from parvis_participation.service.tell_notifiers import read_notifier
from parvis_participation.settings import Settings

routes = router(tags=["meetings"])
internal = router(tags=["internal"])
_BODY_LIMIT: Final = 1_024
Token = Annotated[str, Query(max_length=100, pattern="^[A-Za-z0-9_-]*$", description="From the mail.")]
Email = Annotated[str, Field(pattern=r"^[^@\s\x00]+@[^@\s\x00]+$", max_length=254)]


class NewGuestRegistration(NewRegistration):
    """Somebody without an account who registers."""

    email: Email = Field(description="Where the mail goes by whose link they confirm, and withdraw.")


class GuestRegistrationView(BaseModel):
    """That a mail goes; the same whether or not the address had registered before."""

    meeting_id: UUID
    minutes_to_confirm: int = Field(description="For so long the place is held.")


class GuestContactView(BaseModel):
    """Where somebody is written to, and what the mail leads to."""

    email: str
    language: str
    link: str
    confirmed: bool
    confirm_before: datetime


@routes.post(
    "/v1/collectivities/{collectivity}/meetings/{meeting_id}/registrations",
    **public(headers=[OWN_KEY]),
    operation_id="registerWithoutAccount",
    status_code=202,
    response_model=GuestRegistrationView,
    responses=problems(400, 403, 404, 409, 413, 422, 429),
)
async def ask(collectivity: Collectivity, meeting_id: UUID, body: NewGuestRegistration, request: Request) -> Response:
    """Register without an account: a mail goes to that address, and the place is held until its link is followed."""
    runtime, at, settings = parts_of(request).runtime, now(), parts_of(request).runtime.settings
    minutes, new = settings.meeting_confirmation_minutes, NewGuest(body.name, body.email, language_of(request))
    guests = Guests(runtime.persons, runtime.blind_index, timedelta(minutes=minutes), settings.meeting_guests_per_hour)

    async def effect(session: AsyncSession) -> Answer:
        await register_guest(session, collectivity, meeting_id, new, guests, now=at)
        view = GuestRegistrationView(meeting_id=meeting_id, minutes_to_confirm=minutes)
        return Answer.of(view, {"Cache-Control": "no-store"}, status=202)

    call = await call_alone(request, "registerWithoutAccount", collectivity, meeting_id)
    try:
        return await runtime.idempotency.once(call, effect)
    except TooManyGuestsError as error:
        raise too_many_guests() from error


@routes.get(
    PATH,
    **service(cors=False),
    operation_id="showMeetingRegistration",
    response_class=Response,
    responses=problems(422) | PAGES,
)
async def show(token: Token, request: Request) -> Response:
    """Whether somebody without an account has a place, with the buttons that confirm it and give it back."""
    return await _page(request, token, lambda session: read_standing(session, token, now=now()))


@routes.post(
    PATH,
    **service(cors=False, body_limit=_BODY_LIMIT),
    operation_id="actOnMeetingRegistration",
    response_class=Response,
    responses=problems(413, 422) | PAGES,
)
async def act(
    token: Token,
    request: Request,
    action: Annotated[Literal["confirm", "withdraw"], Query(description="What the button does.")] = "confirm",
) -> Response:
    """Confirm the address, which keeps the place that was held, or give it back. However often, it is done once."""
    persons, language = parts_of(request).runtime.persons, language_of(request)
    if action == "confirm":
        return await _page(request, token, lambda session: confirm_guest(session, token, now=now()))
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        try:
            row = await withdraw_guest(uow.session, token, persons, now=now())
        except NotFoundError:
            return gone_page(language)
        except MeetingStateError:
            return late_page(language)
        title = row.title[language]
        await uow.commit()
    return withdrawn_page(title, language)


@internal.get(
    "/internal/v1/meeting-guests/{person}",
    **token("participation.guests.read"),
    response_model=GuestContactView,
    responses=problems(401, 403, 404, 422),
)
async def contact(
    person: UUID, request: Request, collectivity: Annotated[str, Query(pattern=r"^[a-z][a-z0-9-]{1,31}$")]
) -> GuestContactView:
    """Where somebody without an account is written to, who registered or gave notice, for the service that writes."""
    if principal_of(request).kind is not PrincipalKind.SYSTEM:
        raise FORBIDDEN.problem()
    runtime = parts_of(request).runtime
    async with runtime.database.reading() as session:
        try:
            found = await read_guest(session, collectivity, person, runtime.persons)
        except NotFoundError:
            return await _notifier(session, collectivity, person, runtime)
    return GuestContactView(
        email=found.email,
        language=found.language,
        link=f"{runtime.settings.public_url}{PATH}?token={found.token}",
        confirmed=found.confirmed,
        confirm_before=instant(found.confirm_before),
    )


async def _notifier(
    session: AsyncSession, collectivity: str, person: UUID, runtime: Runtime[Settings]
) -> GuestContactView:
    found, settings = await read_notifier(session, collectivity, person, runtime.persons), runtime.settings
    link = settings.content_notice_url.format(public_url=settings.public_url)
    since = instant(found.since)
    return GuestContactView(email=found.email, language=found.language, link=link, confirmed=True, confirm_before=since)


async def _page(request: Request, secret: str, ask: Callable[[AsyncSession], Awaitable[Standing]]) -> Response:
    language: Language = language_of(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        try:
            found = await ask(uow.session)
        except NotFoundError:
            return gone_page(language)
        page = standing_page(found, secret, language)
        await uow.commit()
    return page
