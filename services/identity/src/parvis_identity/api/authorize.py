# SPDX-License-Identifier: EUPL-1.2
"""The authorization endpoint, and the consent page on the way from it to a code."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import form, now, parts_of, query
from parvis_identity.api.cookies import browser_of, keep_browser, session_of
from parvis_identity.api.devices import decided
from parvis_identity.api.documents import form_field, page_route, pages, parameter, resources
from parvis_identity.api.flow import (
    advance,
    answered,
    asking_of,
    error_answered,
    in_other_language,
    language_for,
    way_back,
)
from parvis_identity.api.pages import page, page_router, redirect
from parvis_identity.api.typography import typeset
from parvis_identity.domain.authorization import AuthorizationRequest, Parameters, checked, destination, returned_state
from parvis_identity.domain.device import shown
from parvis_identity.domain.errors import OAuthError
from parvis_identity.domain.scopes import CATALOGUE
from parvis_identity.domain.session import Step
from parvis_identity.service.authorize import Asking

routes = page_router()
_THUMBPRINT: Final = "^[A-Za-z0-9_-]{43}$"
_ASKED: Final = (
    parameter("client_id", "Client identifier.", required=True),
    parameter("redirect_uri", "One of the client's registered redirect URIs, exactly."),
    parameter("response_type", "The only flow there is.", enum=["code"]),
    parameter("scope", "Space-separated scopes, all of them registered for the client."),
    parameter("code_challenge", "PKCE challenge (RFC 7636), for every client."),
    parameter("code_challenge_method", "The only method there is.", enum=["S256"]),
    parameter("state", "Sent back as it is; at most 1024 printable ASCII characters.", maxLength=1024),
    parameter("nonce", "Put into the id_token; at most 255 printable ASCII characters.", maxLength=255),
    parameter("prompt", "`none`, or some of `login`, `consent`, `select_account`."),
    parameter("max_age", "Sign in again when the last time is longer ago, in seconds.", pattern="^[0-9]{1,9}$"),
    parameter("resource", **resources("Services that tokens are for (RFC 8707); may be repeated")),
    parameter("dpop_jkt", "Thumbprint of the only key that may redeem the code (RFC 9449).", pattern=_THUMBPRINT),
    parameter("acr_values", "Levels, one of which is to be reached: the person signs in again where theirs is lower."),
    parameter("ui_locales", "Languages that the person reads, best first; `fr` and `en` are known."),
)
PARAMETERS: Final = (
    *_ASKED,
    parameter("request_uri", "Of a pushed request (RFC 9126): but for `client_id`, no other is read then."),
)
CONTINUE: Final = parameter("continue", "Opaque: the authorization request, bound to this browser.", required=True)
FIELDS: Final = {item["name"]: item["schema"] | {"description": item["description"]} for item in _ASKED}
_FORM: Final = {item["name"]: item["schema"] | {"description": item["description"]} for item in PARAMETERS}


@routes.get(
    "/oauth2/authorize",
    **page_route(*PARAMETERS),
    operation_id="authorize",
    response_class=Response,
    status_code=303,
    responses=pages(303, 400, 403),
)
async def authorize(request: Request) -> Response:
    """Begin: to the sign-in page, to the consent page, or straight back to the client with a code or an error."""
    parameters = query(request)
    parts = parts_of(request)
    client = await parts.authorize.client(parameters.get("client_id"))
    pushed = parameters.get("request_uri")
    if client and pushed:
        return await advance(request, await parts.push_request.take(client.client_id, pushed, now()))
    uri = destination(parameters, client)
    try:
        # destination() refuses an unknown client.
        wanted = checked(parameters, client, uri, now())  # type: ignore[arg-type]
    except OAuthError as error:
        return error_answered(request, uri, returned_state(parameters), error)
    return await advance(request, wanted)


@routes.post(
    "/oauth2/authorize",
    **page_route(form=_FORM),
    operation_id="authorizeByForm",
    response_class=Response,
    status_code=303,
    responses=pages(303, 400, 413),
)
async def authorize_by_form(request: Request) -> Response:
    """The same by a form (OpenID Connect Core section 3.1.2.1): sent on as a GET, with which cookies come along."""
    await form(request)
    return redirect(f"/oauth2/authorize?{(await request.body()).decode('ascii')}")


@routes.get(
    "/consent",
    **page_route(CONTINUE),
    operation_id="showConsent",
    response_class=Response,
    responses=pages(200, 303, 400, 403),
)
async def show_consent(request: Request) -> Response:
    """Ask the person what the client may do; goes on by itself where there is nothing to ask."""
    wanted, asking = await _opened(request, query(request))
    try:
        step = await parts_of(request).authorize.step(asking, now())
    except OAuthError as error:
        return error_answered(request, wanted.redirect_uri, wanted.state, error)
    return await _consent_page(request, asking) if step is Step.CONSENT else await advance(request, wanted)


@routes.post(
    "/consent",
    **page_route(
        form={
            "continue": form_field("From the page."),
            "csrf": form_field("From the page."),
            "decision": form_field("What the person chose.", enum=["allow", "deny"]),
            "remember": form_field("Do not ask again.", enum=["yes"]),
        }
    ),
    operation_id="decideConsent",
    response_class=Response,
    status_code=303,
    responses=pages(303, 400, 403, 413),
)
async def decide_consent(request: Request) -> Response:
    """Take the person's answer back to the client."""
    fields = await form(request)
    wanted, asking = await _opened(request, fields)
    if asking.session is None or not asking.session.fresh_for(wanted, now()):
        return await advance(request, wanted)
    _check_csrf(request, fields, asking)
    if wanted.device:
        return await decided(request, asking, allowed=fields.get("decision") == "allow")
    if fields.get("decision") != "allow":
        await parts_of(request).authorize.refuse(asking, now())
        denied = OAuthError("access_denied", "the person refused")
        return error_answered(request, wanted.redirect_uri, wanted.state, denied)
    with way_back(request, wanted):
        code = await parts_of(request).authorize.issue(asking, now(), remember=fields.get("remember") == "yes")
    return answered(request, wanted, code)


async def _opened(request: Request, parameters: Parameters) -> tuple[AuthorizationRequest, Asking]:
    parts = parts_of(request)
    wanted = parts.continuations.open(parameters.get("continue"), browser_of(request), now())
    return wanted, await asking_of(request, wanted)


async def _consent_page(request: Request, asking: Asking) -> Response:
    parts, wanted, client = parts_of(request), asking.request, asking.client
    language = language_for(wanted)
    asked = [scope for name, scope in CATALOGUE.items() if name in wanted.scopes]
    response = page(
        request,
        "consent.html",
        language=language,
        leads_to=wanted.redirect_uri,
        client=client.name_en if language == "en" else client.name_fr,
        collectivity=asking.collectivity.name(language),
        scopes=[typeset(scope.en if language == "en" else scope.fr, language) for scope in asked],
        name=await parts.read_person.display_name(asking.session.person) if asking.session else "",
        place=client.place_en if language == "en" else client.place_fr,
        code=shown(wanted.device) if wanted.device else None,
        may_remember=wanted.device is None and client.remembers_consent(wanted.redirect_uri),
        continuation=parts.continuations.seal(wanted, browser_of(request)),
        csrf=parts.continuations.csrf(_csrf_form(wanted), session_of(request, client.audience.value) or ""),
        other=f"/consent?continue={in_other_language(request, asking)}",
        other_language="fr" if language == "en" else "en",
    )
    keep_browser(request, response)
    return response


def _check_csrf(request: Request, fields: Parameters, asking: Asking) -> None:
    secret = session_of(request, asking.client.audience.value) or ""
    parts_of(request).continuations.check_csrf(fields.get("csrf"), _csrf_form(asking.request), secret)


def _csrf_form(wanted: AuthorizationRequest) -> str:
    # One answer to one question: neither another client's page nor a page with fewer scopes gives this token.
    about = wanted.device or wanted.challenge
    return f"consent/{wanted.client_id}/{' '.join(sorted(wanted.scopes))}/{about}"
