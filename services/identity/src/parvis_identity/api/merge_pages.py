# SPDX-License-Identifier: EUPL-1.2
"""The page behind the link of a letter that announces a merge of accounts: a visit alone changes nothing."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import form, language_of, now, parts_of, query
from parvis_identity.api.documents import form_field, page_route, pages
from parvis_identity.api.letter_pages import TOKEN
from parvis_identity.api.local_flow import check_form, form_page
from parvis_identity.api.pages import page, page_router

routes = page_router()
PATH: Final = "/account/merge-objection"
_FORM: Final = "merge-objection"


@routes.get(
    PATH,
    **page_route(TOKEN),
    operation_id="showMergeObjection",
    response_class=Response,
    responses=pages(200, 400),
)
async def show_merge_objection(request: Request) -> Response:
    """What is going to happen, with a button that stops it; no sign-in, whoever reads the letter may."""
    token = query(request).get("token") or ""
    await parts_of(request).about_people.merge_accounts.to_object(token)
    return form_page(request, "merge_objection.html", _FORM, language=language_of(request), token=token)


@routes.post(
    PATH,
    **page_route(form={"csrf": form_field("From the page."), "token": form_field("From the page.")}),
    operation_id="objectToMerge",
    response_class=Response,
    responses=pages(200, 400, 413),
)
async def object_to_merge(request: Request) -> Response:
    """Stop the merge, once and for all."""
    fields = await form(request)
    check_form(request, fields, _FORM)
    await parts_of(request).about_people.merge_accounts.call_off(fields.get("token") or "", now())
    return page(request, "done.html", language=language_of(request), title="merge-stopped-title", body="merge-stopped")
