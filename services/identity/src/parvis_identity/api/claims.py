# SPDX-License-Identifier: EUPL-1.2
"""Taking over an imported account by the link of its letter, for who is signed in: by FranceConnect, for instance."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import form, language_of, now, parts_of
from parvis_identity.api.documents import form_field, page_route, pages
from parvis_identity.api.local_flow import check_form, session_here
from parvis_identity.api.pages import page, page_router
from parvis_identity.service.claim_imported import NothingToClaimError

routes = page_router()
_CONFLICT: Final = 409


@routes.post(
    "/account/claim",
    **page_route(form={"csrf": form_field("From the page."), "token": form_field("From the page.")}),
    operation_id="claimImportedAccount",
    response_class=Response,
    responses=pages(200, 400, 401, 403, 409, 413),
)
async def claim_imported_account(request: Request) -> Response:
    """What the town brought is the account's in which this browser is signed in."""
    fields, here = await form(request), await session_here(request)
    token, what, status = fields.get("token") or "", "claimed", 200
    check_form(request, fields, f"registration/{token}")
    try:
        await parts_of(request).accounts.claim_imported.claim(token, here, now())
    except NothingToClaimError:
        what, status = "claim-differs", _CONFLICT
    return page(
        request, "done.html", language=language_of(request), status=status, title=f"{what}-title", body=f"{what}-body"
    )
