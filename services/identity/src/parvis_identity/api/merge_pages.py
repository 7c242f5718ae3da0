# SPDX-License-Identifier: EUPL-1.2
"""The page behind the link of a letter that announces a merge of accounts."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import now, parts_of
from parvis_identity.api.documents import page_route, pages
from parvis_identity.api.letter_pages import TOKEN
from parvis_identity.api.objections import OBJECTION, objection, objection_page, path_of, stopped_page, token_of
from parvis_identity.api.pages import page_router

routes = page_router()
_ABOUT: Final = "merge"


@routes.get(
    path_of(_ABOUT),
    **page_route(TOKEN),
    operation_id="showMergeObjection",
    response_class=Response,
    responses=pages(200, 400),
)
async def show_merge_objection(request: Request) -> Response:
    """What is going to happen, with a button that stops it; no sign-in, whoever reads the letter may."""
    await parts_of(request).about_people.merge_accounts.to_object(token_of(request))
    return objection_page(request, _ABOUT)


@routes.post(
    path_of(_ABOUT),
    **page_route(form=OBJECTION),
    operation_id="objectToMerge",
    response_class=Response,
    responses=pages(200, 400, 413),
)
async def object_to_merge(request: Request) -> Response:
    """Stop the merge, once and for all."""
    token = await objection(request, _ABOUT)
    await parts_of(request).about_people.merge_accounts.call_off(token, now())
    return stopped_page(request, _ABOUT)
