# SPDX-License-Identifier: EUPL-1.2
"""Several people write one proposal."""

from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Text
from parvis_kit.problems import Kind, Rule
from parvis_kit.security.principal import Principal
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, router, token
from parvis_participation.api.context import citizen_of, now, parts_of
from parvis_participation.api.schemas import Input
from parvis_participation.api.views import instant
from parvis_participation.domain import co_author
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.invite_co_author import answer_invitation, invite_co_author, leave_proposal

routes = router(tags=["proposals"])
_MINE = "/v1/proposals/{proposal_id}/co-authors/mine"
NOT_VALID: Final = Kind("invitation-not-valid", 403, Text(fr="Invitation non valable", en="Invitation not valid"))
TOO_MANY: Final = Kind("too-many-co-authors", 409, Text(fr="Trop de coauteurs", en="Too many co-authors"))

CO_AUTHOR_RULES: Final = {
    co_author.InvitationError: Rule(
        NOT_VALID,
        text=Text(
            fr="Cette invitation a servi, a expiré ou n'est pas pour vous ; demandez-en une autre à l'auteur.",
            en="This invitation was answered, is over or is not for you; ask the author for another one.",
        ),
    ),
    co_author.TooManyCoAuthorsError: Rule(
        TOO_MANY,
        text=Text(
            fr="Une proposition a dix coauteurs au plus, invitations en attente comprises.",
            en="A proposal has ten co-authors at most, invitations that wait included.",
        ),
    ),
}


class InvitationView(BaseModel):
    """An invitation to pass on; whoever has the token, signed in, may answer it once."""

    proposal_id: UUID
    token: str
    expires_at: datetime


class InvitationAnswer(Input):
    """What somebody answers to an invitation."""

    token: str = Field(pattern=r"^[A-Za-z0-9_-]{43}$", description="As the author passed it on.")
    accepting: StrictBool


class CoAuthorView(BaseModel):
    """Whether one writes a proposal with its author from now on."""

    proposal_id: UUID
    writing: bool


@routes.post(
    "/v1/proposals/{proposal_id}/invitations",
    **token("participation.proposals.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="inviteCoAuthor",
    status_code=201,
    response_model=InvitationView,
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def invite(proposal_id: UUID, request: Request) -> Response:
    """Invite somebody to write one's own proposal together, by a token to pass on."""
    citizen, at = citizen_of(request), now()

    async def effect(session: AsyncSession) -> Answer:
        secret, ends = await invite_co_author(session, _author(citizen), proposal_id, now=at)
        view = InvitationView(proposal_id=proposal_id, token=secret, expires_at=instant(ends))
        return Answer.of(view, {"Cache-Control": "no-store"})

    call = idempotent_call(request, citizen, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, effect)


@routes.put(
    _MINE,
    **token("participation.proposals.write"),
    operation_id="answerInvitation",
    response_model=CoAuthorView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def answer(proposal_id: UUID, body: InvitationAnswer, request: Request, response: Response) -> CoAuthorView:
    """Accept an invitation, and write the proposal together from now on, or decline it."""
    citizen = citizen_of(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        who, accepting = _author(citizen), body.accepting
        await answer_invitation(uow.session, who, proposal_id, body.token, accepting=accepting, now=now())
        await uow.commit()
    response.headers["Cache-Control"] = "no-store"
    return CoAuthorView(proposal_id=proposal_id, writing=body.accepting)


@routes.delete(
    _MINE,
    **token("participation.proposals.write"),
    operation_id="leaveProposal",
    status_code=204,
    responses=problems(401, 403, 404, 422),
)
async def leave(proposal_id: UUID, request: Request) -> Response:
    """Write the proposal no more; asked again, nothing changes."""
    citizen = citizen_of(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await leave_proposal(uow.session, _author(citizen), proposal_id)
        await uow.commit()
    return Response(status_code=204)


def _author(citizen: Principal) -> Author:
    return Author(citizen.collectivity, citizen.person)
