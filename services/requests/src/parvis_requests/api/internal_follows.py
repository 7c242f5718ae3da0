# SPDX-License-Identifier: EUPL-1.2
"""What the service that writes to people asks of who follows a request without an account, on the internal port."""

from uuid import UUID

from pydantic import BaseModel, Field
from starlette.requests import Request

from parvis_kit.problems import NOT_FOUND
from parvis_kit.web.operation import problems, router, token
from parvis_requests.api.context import parts_of
from parvis_requests.api.followed_page import FOLLOWED_PATH
from parvis_requests.api.internal import Collectivity, for_services
from parvis_requests.db import follows
from parvis_requests.service.follow_link import token_of

routes = router(tags=["internal"])


class FollowLinkView(BaseModel):
    """Where the person sees what they follow, and follows it no more."""

    link: str = Field(description="The right to that: for the person alone.")


@routes.get(
    "/internal/v1/requests/{request_id}/followers/{person}",
    **token("requests.messages.read"),
    response_model=FollowLinkView,
    responses=problems(401, 403, 404, 422),
)
async def read(request_id: UUID, person: UUID, collectivity: Collectivity, request: Request) -> FollowLinkView:
    """The link of the mails to who follows without an account, for the service that sends them; 404 to who has one."""
    for_services(request)
    runtime = parts_of(request).runtime
    async with runtime.database.reading() as session:
        follow = await follows.alone(session, collectivity, request_id, person)
    if follow is None:
        raise NOT_FOUND.problem()
    return FollowLinkView(
        link=f"{runtime.settings.public_url}{FOLLOWED_PATH}?token={token_of(follow, runtime.blind_index)}"
    )
