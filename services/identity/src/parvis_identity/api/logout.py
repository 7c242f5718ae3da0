# SPDX-License-Identifier: EUPL-1.2
"""Signing out (OpenID Connect RP-Initiated Logout 1.0): here, then at the provider, then back to the client."""

from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import form, now, parts_of, query
from parvis_identity.api.cookies import browser_of, clear_session, keep_browser, sessions_of
from parvis_identity.api.documents import form_field, page_route, pages, parameter
from parvis_identity.api.looks import wear_home_of, wear_that_of, worn
from parvis_identity.api.pages import page, page_router, redirect
from parvis_identity.service.log_out import KINDS, Leaving, Wish

routes = page_router()
_FORM_NAME: Final = "logout"
PARAMETERS: Final = (
    parameter("id_token_hint", "The client's last id_token, expired or not: nobody is asked then."),
    parameter("client_id", "The client, where it has no id_token any more."),
    parameter("post_logout_redirect_uri", "Where to go then, one of those that the client registered."),
    # Nobody stays signed in because of a client's mistake.
    parameter("state", "Sent back as it is; left out unless it is at most 1024 printable ASCII characters."),
)
_FORM: Final = {item["name"]: item["schema"] | {"description": item["description"]} for item in PARAMETERS}


@routes.get(
    "/logout",
    **page_route(*PARAMETERS),
    operation_id="logOut",
    response_class=Response,
    responses=pages(200, 303, 400),
)
async def log_out(request: Request) -> Response:
    """Sign out; the person is asked first unless the client shows the id_token of this very session."""
    parts, browser = parts_of(request), browser_of(request)
    wish = await parts.log_out.wish(query(request), sessions_of(request))
    await _wear(request, wish)
    if wish.confirmed:
        return await _end(request, wish)
    response = page(
        request,
        "logout.html",
        leads_to=wish.leaving.redirect_uri or parts.settings.public_url,
        leaving=parts.log_out.seal(wish.leaving, browser),
        csrf=parts.continuations.csrf(_FORM_NAME, browser),
    )
    keep_browser(request, response)
    return response


@routes.post(
    "/logout",
    **page_route(
        form=_FORM
        | {
            "csrf": form_field("From the page that asks for confirmation."),
            "leaving": form_field("From the page that asks for confirmation."),
        }
    ),
    operation_id="confirmLogOut",
    response_class=Response,
    responses=pages(200, 303, 400, 413),
)
async def confirm_log_out(request: Request) -> Response:
    """The person's confirmation; or a client's request by a form, sent on as a GET, with which cookies come along."""
    parts, fields, browser = parts_of(request), await form(request), browser_of(request)
    if fields.get("csrf") is None:
        return redirect(f"/logout?{(await request.body()).decode('ascii')}")
    parts.continuations.check_csrf(fields.get("csrf"), _FORM_NAME, browser)
    leaving = parts.log_out.open(fields.get("leaving"), browser)
    wish = await parts.log_out.of_browser(leaving, sessions_of(request))
    await _wear(request, wish)
    return await _end(request, wish)


@routes.get(
    "/logout/callback",
    **page_route(parameter("state", "Ours.")),
    operation_id="finishLogOut",
    response_class=Response,
    responses=pages(200, 303, 400),
)
async def finish_log_out(request: Request) -> Response:
    """Back from the provider: on to the client, or to the page that says it is done."""
    state = query(request).get("state")
    leaving = parts_of(request).log_out.returned(state) if state else Leaving()
    if leaving.look:
        await wear_that_of(request, leaving.look)
    return redirect(leaving.url) if leaving.url else page(request, "signed_out.html")


async def _wear(request: Request, wish: Wish) -> None:
    """Have the pages look like the collectivity of whoever signs out."""
    if wish.sessions:
        await wear_home_of(request, wish.sessions[0].person)


async def _end(request: Request, wish: Wish) -> Response:
    town = worn(request)
    leaving = replace(wish.leaving, look=town.slug if town else None)
    url = await parts_of(request).log_out.end(replace(wish, leaving=leaving), now())
    response = redirect(url) if url else page(request, "signed_out.html")
    ended = {session.kind for session in wish.sessions}
    for kind in KINDS:
        if kind in ended:
            clear_session(request, response, kind)
    return response
