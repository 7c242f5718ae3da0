# SPDX-License-Identifier: EUPL-1.2
"""Who is of an organisation: invited, accepted, gone."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import language_of, now, parts_of
from parvis_identity.api.organisation_schemas import (
    InvitationAcceptanceBody,
    InvitationBody,
    MemberListView,
    MemberView,
    OwnOrganisationView,
    member_view,
    own_view,
)
from parvis_identity.service.organisation_members import Invited
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token

routes = router(tags=["organisations"])
_PATH: Final = "/v1/organisations/{organisation_id}"
_PRIVATE: Final = {"Cache-Control": "no-store"}


@routes.get(
    f"{_PATH}/members",
    **token("identity.organisations.read"),
    operation_id="listOrganisationMembers",
    response_model=MemberListView,
    responses=problems(401, 403, 404, 422),
)
async def list_organisation_members(organisation_id: UUID, request: Request) -> Response:
    """Its members and the invitations that wait: for members, and for agents of its collectivity."""
    found = await parts_of(request).about_people.organisations.members(principal_of(request), organisation_id)
    view = MemberListView(items=[member_view(member) for member in found])
    return Response(view.model_dump_json(), 200, _PRIVATE, "application/json")


@routes.post(
    f"{_PATH}/invitations",
    **token("identity.organisations.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="inviteOrganisationMember",
    status_code=201,
    response_model=MemberView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def invite_organisation_member(organisation_id: UUID, body: InvitationBody, request: Request) -> Response:
    """As a representative of a verified organisation: have a code written to somebody, good for 14 days, once."""
    caller, about = principal_of(request), parts_of(request).about_people
    invited = Invited(address=body.email, role=body.role, language=language_of(request))

    async def effect(session: AsyncSession) -> Answer:
        member = await about.organisation_members.invite(session, caller, organisation_id, invited, now())
        return Answer.of(member_view(member), _PRIVATE)

    return await about.idempotency.once(idempotent_call(request, caller, await request.body()), effect)


@routes.post(
    "/v1/me/organisation-acceptances",
    **token("identity.organisations.write"),
    operation_id="acceptOrganisationInvitation",
    response_model=OwnOrganisationView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def accept_organisation_invitation(body: InvitationAcceptanceBody, request: Request) -> Response:
    """Become a member, by the code of the letter; a member who is invited as a representative becomes one."""
    members = parts_of(request).about_people.organisation_members
    view = own_view(await members.accept(principal_of(request), body.code, now()))
    return Response(view.model_dump_json(), 200, _PRIVATE, "application/json")


@routes.post(
    f"{_PATH}/members/{{member_id}}/endings",
    **token("identity.organisations.write"),
    operation_id="endOrganisationMember",
    status_code=204,
    response_class=Response,
    responses=problems(401, 403, 404, 409, 422),
)
async def end_organisation_member(organisation_id: UUID, member_id: UUID, request: Request) -> Response:
    """Leave, or as a representative remove a member or withdraw an invitation; never the last representative."""
    members = parts_of(request).about_people.organisation_members
    await members.end(principal_of(request), organisation_id, member_id, now())
    return Response(None, 204, _PRIVATE)
