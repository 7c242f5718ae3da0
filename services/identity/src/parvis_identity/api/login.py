# SPDX-License-Identifier: EUPL-1.2
"""The sign-in page, the way to the provider, and the way back."""

from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.authorize import CONTINUE
from parvis_identity.api.context import now, parts_of, query
from parvis_identity.api.cookies import browser_of, keep_browser, session_of, set_session
from parvis_identity.api.documents import page_route, pages, parameter
from parvis_identity.api.flow import asking_of, cancel_url, in_other_language, language_for, way_back
from parvis_identity.api.identity_links import PATH as IDENTITIES
from parvis_identity.api.local_flow import CITIZEN
from parvis_identity.api.looks import wear_home_of
from parvis_identity.api.pages import STYLE_PATH, WithLinksError, page, page_router, redirect
from parvis_identity.domain.assurance import LOCAL_MFA_ACR
from parvis_identity.domain.authorization import AuthorizationRequest
from parvis_identity.domain.client import Audience
from parvis_identity.domain.errors import RefusedError
from parvis_identity.service.sign_in import LinkReturn, RetryableError
from parvis_identity.settings import Profile
from parvis_kit.security.assurance import reaches
from parvis_kit.web.operation import public

routes = page_router()
_ABOUT: Final = {
    "franceconnect": "https://franceconnect.gouv.fr/",
    "franceconnect-plus": "https://franceconnect.gouv.fr/",
    "proconnect": "https://www.proconnect.gouv.fr/",
}
_STYLE: Final = files("parvis_identity").joinpath("api/templates/style.css").read_bytes()


@routes.get(
    STYLE_PATH,
    **public(cors=False),
    operation_id="readStyle",
    response_class=Response,
    responses={200: {"description": "Style sheet", "content": {"text/css": {"schema": {"type": "string"}}}}, **pages()},
)
async def style() -> Response:
    """The style of the pages."""
    return Response(_STYLE, 200, {"Cache-Control": "public, max-age=3600"}, "text/css")


@routes.get(
    "/login",
    **page_route(CONTINUE, parameter("cancelled", "The person came back from the provider unsigned.", enum=["yes"])),
    operation_id="showLogin",
    response_class=Response,
    responses=pages(200, 400),
)
async def show_login(request: Request) -> Response:
    """Offer what fits the client: FranceConnect or an account of ours to citizens, ProConnect to agents."""
    parts, parameters, browser = parts_of(request), query(request), browser_of(request)
    wanted = parts.continuations.open(parameters.get("continue"), browser, now())
    asking = await asking_of(request, wanted)
    language, client = language_for(wanted), asking.client
    party = parts.sign_in.provider_for(client.audience, wanted.acr_values)
    provider = party.profile.name if party else None
    continuation = parts.continuations.seal(wanted, browser)
    offers_local = parts.settings.local_accounts and client.audience is Audience.CITIZEN
    offers_local = offers_local and reaches(LOCAL_MFA_ACR, wanted.acr_values)
    return page(
        request,
        "login.html",
        language=language,
        client=client.name_en if language == "en" else client.name_fr,
        kind=client.audience.value,
        provider=provider,
        start=f"/login/{provider}/start?continue={continuation}",
        local=f"/login/local?continue={continuation}" if offers_local else None,
        passkey=f"/login/passkey?continue={continuation}",
        about=_ABOUT.get(provider or ""),
        cancelled=parameters.get("cancelled") == "yes",
        back=cancel_url(request, wanted),
        other=f"/login?continue={in_other_language(request, asking)}",
        other_language="fr" if language == "en" else "en",
    )


@routes.get(
    "/login/{provider}/start",
    **page_route(CONTINUE),
    operation_id="startLogin",
    response_class=Response,
    status_code=303,
    responses=pages(303, 400, 422, 502),
)
async def start_login(provider: Profile, request: Request) -> Response:
    """To the provider. A link, not a form: form-action would have to name wherever the provider goes next."""
    parts, browser = parts_of(request), browser_of(request)
    continuation = query(request).get("continue") or ""
    wanted = parts.continuations.open(continuation, browser, now())
    with way_back(request, wanted, retry=f"/login?continue={continuation}"):
        return redirect(await parts.sign_in.leave(provider, continuation, browser, now()))


@routes.get(
    "/login/{provider}/callback",
    **page_route(
        parameter("state", "Ours."),
        parameter("code", "The provider's."),
        parameter("iss", "The provider's issuer (RFC 9207)."),
        parameter("error", "Why there is no code."),
        parameter("error_description", "Not shown to anybody, but for FranceConnect's code in it."),
        parameter("error_uri", "The same."),
        timeout=15,
    ),
    operation_id="finishLogin",
    response_class=Response,
    status_code=303,
    responses=pages(303, 400, 401, 403, 409, 422, 502),
)
async def finish_login(provider: Profile, request: Request) -> Response:
    """Back from the provider: open the session, then go on to the consent page."""
    parts, parameters, browser = parts_of(request), query(request), browser_of(request)
    kind = parts.sign_in.kind_of(provider)
    try:
        back = await parts.sign_in.come_back(provider, parameters, browser, session_of(request, kind), now())
    except RetryableError as error:
        raise await _with_links(request, error) from error
    if isinstance(back, LinkReturn):
        return redirect(f"{IDENTITIES}?notice={'linked' if back.linked else 'cancelled'}")
    if back.cookie is None:
        return redirect(f"/login?continue={back.continuation}&cancelled=yes")
    response = redirect(f"/consent?continue={back.continuation}")
    set_session(request, response, back.kind, back.cookie)
    keep_browser(request, response)
    return response


async def _with_links(request: Request, error: RetryableError) -> RefusedError:
    if error.continuation is None:
        here = await parts_of(request).authorize.live_session(session_of(request, CITIZEN), CITIZEN, now())
        if here:
            await wear_home_of(request, here.person)
        return WithLinksError(error, back=IDENTITIES, back_says="see-identities")
    wanted: AuthorizationRequest = parts_of(request).continuations.open(error.continuation, browser_of(request), now())
    await asking_of(request, wanted)  # the page looks like the client's collectivity
    return WithLinksError(error, back=cancel_url(request, wanted), retry=f"/login?continue={error.continuation}")
