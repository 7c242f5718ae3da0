# SPDX-License-Identifier: EUPL-1.2
"""The page on which people ask for their account to be erased, and the one behind the link of the letter about it."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import form, language_of, now, parts_of
from parvis_identity.api.documents import form_field, page_route, pages
from parvis_identity.api.letter_pages import TOKEN
from parvis_identity.api.local_flow import check_form, form_page, session_here
from parvis_identity.api.objections import OBJECTION, objection, objection_page, path_of, stopped_page, token_of
from parvis_identity.api.pages import page_router, redirect
from parvis_identity.domain.agent import LastAdministratorError
from parvis_identity.domain.audit import citizen
from parvis_identity.domain.erasure import ErasureWaitsError, UnknownErasureError
from parvis_identity.domain.errors import LastRepresentativeError, Refusal, RefusedError
from parvis_identity.domain.session import Session

routes = page_router()
_PATH: Final = "/account/erasure"
_FORM: Final = "erasure"
_ABOUT: Final = "erasure"


@routes.get(_PATH, **page_route(), operation_id="showErasure", response_class=Response, responses=pages(200, 401))
async def show_erasure(request: Request) -> Response:
    """What becomes of the account, with the button that asks for it or takes it back."""
    return await _page(request, await session_here(request))


@routes.post(
    _PATH,
    **page_route(form={"csrf": form_field("From the page."), "act": form_field("What to do.", enum=["ask", "keep"])}),
    operation_id="changeErasure",
    response_class=Response,
    status_code=303,
    responses=pages(303, 400, 401, 409, 413),
)
async def change_erasure(request: Request) -> Response:
    """Ask for it just after signing in, or take it back at any time."""
    fields, here = await form(request), await session_here(request)
    check_form(request, fields, _FORM)
    try:
        await _change(request, here, fields.get("act") or "")
    except (LastAdministratorError, LastRepresentativeError):
        return await _page(request, here, held=True)
    except (ErasureWaitsError, UnknownErasureError):
        pass  # done already, in another window
    return redirect(_PATH)


async def _change(request: Request, here: Session, act: str) -> None:
    parts, by = parts_of(request), citizen(here.person)
    erasures = parts.about_people.erasures
    if act == "keep":
        await erasures.take_back(by, now())
        return
    if act != "ask":
        raise RefusedError(Refusal.EXPIRED)
    if not here.recent(now()):
        raise RefusedError(Refusal.NOT_RECENT)
    async with parts.database.unit_of_work() as uow:
        await erasures.ask(uow.session, by, now())
        await uow.commit()


async def _page(request: Request, here: Session, *, held: bool = False) -> Response:
    parts = parts_of(request)
    return form_page(
        request,
        "erasure.html",
        _FORM,
        language=language_of(request),
        status=409 if held else 200,
        held=held,
        waiting=await parts.about_people.erasures.waits(here.person),
        days=str(parts.settings.erasure_days),
    )


@routes.get(
    path_of(_ABOUT),
    **page_route(TOKEN),
    operation_id="showErasureObjection",
    response_class=Response,
    responses=pages(200, 400),
)
async def show_erasure_objection(request: Request) -> Response:
    """What is going to happen, with a button that stops it; no sign-in, whoever reads the letter may."""
    await parts_of(request).about_people.erasures.to_object(token_of(request))
    return objection_page(request, _ABOUT)


@routes.post(
    path_of(_ABOUT),
    **page_route(form=OBJECTION),
    operation_id="objectToErasure",
    response_class=Response,
    responses=pages(200, 400, 413),
)
async def object_to_erasure(request: Request) -> Response:
    """Keep the account."""
    token = await objection(request, _ABOUT)
    await parts_of(request).about_people.erasures.call_off(token, now())
    return stopped_page(request, _ABOUT)
