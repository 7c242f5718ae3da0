# SPDX-License-Identifier: EUPL-1.2
"""What somebody allowed applications, for themselves: as an API for one collectivity's, and as a page for all."""

from typing import Any, Final

from pydantic import AwareDatetime, BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.callers import own_account
from parvis_identity.api.client_schemas import ClientId
from parvis_identity.api.context import form, language_of, now, parts_of
from parvis_identity.api.documents import form_field, page_route, pages
from parvis_identity.api.local_flow import check_form, form_page, session_here
from parvis_identity.api.pages import page_router, redirect
from parvis_identity.api.typography import typeset
from parvis_identity.domain.audit import citizen
from parvis_identity.domain.consent import Consent, UnknownConsentError
from parvis_identity.domain.scopes import CATALOGUE
from parvis_kit.locale import Language, Text
from parvis_kit.web.operation import principal_of, problems, router, token

routes = router(tags=["people"])
page_routes = page_router()
PATH: Final = "/account/consents"
_FORM: Final = "consents"
_PRIVATE: Final = {"Cache-Control": "no-store"}


class AllowedScopeView(BaseModel):
    """One thing that the application may do; ``description`` ends the sentence "This service asks to…"."""

    scope: str
    description: Text


class ConsentView(BaseModel):
    """An application, and what it may do for the caller."""

    client_id: str
    name: Text
    scopes: list[AllowedScopeView]
    allowed_at: AwareDatetime = Field(description="Since when, at the earliest.")
    remembered: bool = Field(description="True where it gets the same again without the caller being asked.")
    current: bool = Field(description="The application that the caller's token was handed out to.")


class ConsentListView(BaseModel):
    """The latest first; at most a hundred."""

    items: list[ConsentView]


@routes.get(
    "/v1/me/consents",
    **token("identity.profile.read"),
    operation_id="listConsents",
    response_model=ConsentListView,
    responses=problems(401, 403),
)
async def list_consents(request: Request) -> Response:
    """Which applications of the collectivity the caller lets do what: as remembered, or in tokens that still live."""
    caller = principal_of(request)
    own_account(caller)
    consents = await parts_of(request).accounts.consents.of(caller.person, now(), caller.collectivity)
    view = ConsentListView(items=[_view(consent, caller.client_id) for consent in consents])
    return Response(view.model_dump_json(), 200, _PRIVATE, "application/json")


@routes.post(
    "/v1/me/consents/{client_id}/withdrawals",
    **token("identity.profile.write"),
    operation_id="withdrawConsent",
    status_code=204,
    response_class=Response,
    responses=problems(401, 403, 404, 422),
)
async def withdraw_consent(client_id: ClientId, request: Request) -> Response:
    """Take back all that an application was allowed: its tokens end at once, and it must ask before it gets others."""
    caller = principal_of(request)
    by, consents = own_account(caller), parts_of(request).accounts.consents
    await consents.withdraw(caller.person, client_id, by, now(), caller.collectivity)
    return Response(None, 204, _PRIVATE)


@page_routes.get(
    PATH,
    **page_route(),
    operation_id="showConsents",
    response_class=Response,
    responses=pages(200, 401),
)
async def show_consents(request: Request) -> Response:
    """What each application may do, with a button to take it back."""
    here, language = await session_here(request), language_of(request)
    consents = await parts_of(request).accounts.consents.of(here.person, now())
    rows = [_row(consent, language) for consent in consents]
    return form_page(request, "consents.html", _FORM, language=language, consents=rows)


@page_routes.post(
    PATH,
    **page_route(
        form={"csrf": form_field("From the page."), "client": form_field("The application that may do nothing more.")}
    ),
    operation_id="withdrawConsentOnPage",
    response_class=Response,
    status_code=303,
    responses=pages(303, 400, 401, 413),
)
async def withdraw_consent_on_page(request: Request) -> Response:
    """Take back what that application was allowed."""
    fields, here = await form(request), await session_here(request)
    check_form(request, fields, _FORM)
    consents = parts_of(request).accounts.consents
    try:
        await consents.withdraw(here.person, fields.get("client") or "", citizen(here.person), now())
    except UnknownConsentError:
        return redirect(PATH)  # taken back already, in another window
    return redirect(PATH)


def _view(consent: Consent, current: str) -> ConsentView:
    allowed = [scope for name, scope in CATALOGUE.items() if name in consent.scopes]
    return ConsentView(
        client_id=consent.client_id,
        name=Text(fr=consent.name_fr, en=consent.name_en),
        scopes=[AllowedScopeView(scope=scope.name, description=Text(fr=scope.fr, en=scope.en)) for scope in allowed],
        allowed_at=consent.allowed_at,
        remembered=consent.remembered,
        current=consent.client_id == current,
    )


def _row(consent: Consent, language: Language) -> dict[str, Any]:
    allowed = [scope for name, scope in CATALOGUE.items() if name in consent.scopes]
    return {
        "client_id": consent.client_id,
        "name": consent.name(language),
        "town": consent.town(language),
        "since": consent.allowed_at,
        "scopes": [typeset(scope.en if language == "en" else scope.fr, language) for scope in allowed],
    }
