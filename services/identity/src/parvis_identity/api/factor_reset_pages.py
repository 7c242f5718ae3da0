# SPDX-License-Identifier: EUPL-1.2
"""The page behind the link of a letter that announces that a second factor will be taken away."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import now, parts_of
from parvis_identity.api.documents import page_route, pages
from parvis_identity.api.letter_pages import TOKEN
from parvis_identity.api.objections import OBJECTION, objection, objection_page, path_of, stopped_page, token_of
from parvis_identity.api.pages import page_router

routes = page_router()
_ABOUT: Final = "second-factor-reset"


@routes.get(
    path_of(_ABOUT),
    **page_route(TOKEN),
    operation_id="showSecondFactorResetObjection",
    response_class=Response,
    responses=pages(200, 400),
)
async def show_second_factor_reset_objection(request: Request) -> Response:
    """What is going to happen, with a button that stops it; no sign-in, whoever reads the letter may."""
    await parts_of(request).about_people.factor_resets.to_object(token_of(request))
    return objection_page(request, _ABOUT)


@routes.post(
    path_of(_ABOUT),
    **page_route(form=OBJECTION),
    operation_id="objectToSecondFactorReset",
    response_class=Response,
    responses=pages(200, 400, 413),
)
async def object_to_second_factor_reset(request: Request) -> Response:
    """Keep the second factor as it is."""
    token = await objection(request, _ABOUT)
    await parts_of(request).about_people.factor_resets.call_off(token, now())
    return stopped_page(request, _ABOUT)
