# SPDX-License-Identifier: EUPL-1.2
"""The page behind the link of an invitation: for who has signed in, whoever they are; a visit alone changes nothing."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import form, language_of, now, parts_of, query
from parvis_identity.api.documents import form_field, page_route, pages
from parvis_identity.api.letter_pages import TOKEN
from parvis_identity.api.local_flow import check_form, form_page, session_here
from parvis_identity.api.pages import page, page_router
from parvis_identity.domain.errors import AlreadyMemberError, Refusal, RefusedError, UnknownOrganisationError

routes = page_router()
PATH: Final = "/account/organisation-invitation"
_FORM: Final = "organisation-invitation"


@routes.get(
    PATH,
    **page_route(TOKEN),
    operation_id="showOrganisationInvitation",
    response_class=Response,
    responses=pages(200, 400, 401),
)
async def show_organisation_invitation(request: Request) -> Response:
    """Who invites, and as what, with a button to accept."""
    await session_here(request)
    token = query(request).get("token") or ""
    try:
        invitation = await parts_of(request).about_people.organisation_members.invitation(token, now())
    except UnknownOrganisationError as error:
        raise RefusedError(Refusal.LINK_USED) from error
    return form_page(
        request,
        "organisation_invitation.html",
        _FORM,
        language=language_of(request),
        organisation=invitation.organisation.name,
        role=invitation.role.value,
        token=token,
    )


@routes.post(
    PATH,
    **page_route(form={"csrf": form_field("From the page."), "token": form_field("From the page.")}),
    operation_id="acceptOrganisationInvitationInBrowser",
    response_class=Response,
    responses=pages(200, 400, 401, 403, 413),
)
async def accept_in_browser(request: Request) -> Response:
    """Accept, under the account of this browser's session."""
    fields, here = await form(request), await session_here(request)
    check_form(request, fields, _FORM)
    members, body = parts_of(request).about_people.organisation_members, "invitation-joined"
    try:
        await members.accept_in(here, fields.get("token") or "", now())
    except UnknownOrganisationError as error:
        raise RefusedError(Refusal.LINK_USED) from error
    except AlreadyMemberError:
        body = "invitation-known"
    return page(request, "done.html", language=language_of(request), title="invitation-joined-title", body=body)
