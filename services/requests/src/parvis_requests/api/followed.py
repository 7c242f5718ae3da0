# SPDX-License-Identifier: EUPL-1.2
"""What somebody follows without an account, and following it no more: the link of each mail is the right to it.

Opening it changes nothing, for programs open links to look what is behind them: the button does.
"""

from typing import Annotated, Final

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, router, service
from parvis_requests.api.context import language_of, parts_of
from parvis_requests.api.followed_page import FOLLOWED_PATH, followed_page, gone_page, left_page
from parvis_requests.api.nearby_alone import following
from parvis_requests.api.pages import PAGES
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.service.follow_alone import read_followed, stop_following

routes = router(tags=["public"])
_BODY_LIMIT: Final = 1_024
Token = Annotated[str, Query(pattern="^[A-Za-z0-9_-]{43}$", description="From the mail.")]


@routes.get(
    FOLLOWED_PATH,
    **service(cors=False),
    operation_id="showFollowedRequest",
    response_class=Response,
    responses=problems(422) | PAGES,
)
async def show(token: Token, request: Request) -> Response:
    """Where it stands, with the button by which one follows it no more."""
    parts, language = parts_of(request), language_of(request)
    try:
        async with parts.runtime.database.reading() as session:
            found = await read_followed(session, token, following(parts))
    except NotFoundError:
        return gone_page(language)
    town = (await parts.catalogues.of(found.collectivity)).name.in_language(language)
    return followed_page(found, token, town, language)


@routes.post(
    FOLLOWED_PATH,
    **service(cors=False, body_limit=_BODY_LIMIT),
    operation_id="stopFollowing",
    response_class=Response,
    responses=problems(413, 422) | PAGES,
)
async def stop(token: Token, request: Request) -> Response:
    """Follow it no more; the address goes with its key."""
    parts, language = parts_of(request), language_of(request)
    try:
        async with parts.runtime.database.unit_of_work() as uow:
            collectivity = await stop_following(uow.session, token, following(parts))
            await uow.commit()
    except NotFoundError:
        return gone_page(language)
    return left_page((await parts.catalogues.of(collectivity)).name.in_language(language), language)
