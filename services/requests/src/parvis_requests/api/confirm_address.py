# SPDX-License-Identifier: EUPL-1.2
"""Confirm the address that somebody left without an account: the link of the mail is the right to it.

Opening it changes nothing, for programs open links to look what is behind them: the button does.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Final

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, router, service
from parvis_requests.api.confirmation_page import CONFIRM_PATH, gone_page, standing_page
from parvis_requests.api.context import language_of, now, parts_of
from parvis_requests.api.pages import PAGES
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.service.confirm_address import Confirming, Standing

routes = router(tags=["tracked"])
_BODY_LIMIT: Final = 1_024
Token = Annotated[str, Query(max_length=100, pattern="^[A-Za-z0-9_-]*$", description="From the mail.")]


@routes.get(
    CONFIRM_PATH,
    **service(cors=False),
    operation_id="showConfirmation",
    response_class=Response,
    responses=problems(422) | PAGES,
)
async def show(token: Token, request: Request) -> Response:
    """Whether the address is confirmed, with the button that confirms it."""
    return await _page(request, token, _confirming(request).standing)


@routes.post(
    CONFIRM_PATH,
    **service(cors=False, body_limit=_BODY_LIMIT),
    operation_id="confirmAddress",
    response_class=Response,
    responses=problems(413, 422) | PAGES,
)
async def confirm(token: Token, request: Request) -> Response:
    """Confirm the address; what was filed with it becomes a request. However often, it is done once."""
    return await _page(request, token, _confirming(request).confirm)


async def _page(request: Request, token: str, ask: Callable[[str, datetime], Awaitable[Standing]]) -> Response:
    parts, language = parts_of(request), language_of(request)
    try:
        found = await ask(token, now())
    except NotFoundError:
        return gone_page(language)
    town = (await parts.catalogues.of(found.collectivity)).name.in_language(language)
    return standing_page(found, token, town, language)


def _confirming(request: Request) -> Confirming:
    parts = parts_of(request)
    runtime = parts.runtime
    return Confirming(runtime.database, parts.catalogues, runtime.persons, runtime.blind_index)
