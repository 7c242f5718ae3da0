# SPDX-License-Identifier: EUPL-1.2
"""What the pages of our own accounts share: the sign-in that they are part of, and what they know of the browser."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import now, parts_of
from parvis_identity.api.cookies import browser_of, device_of, keep_browser, keep_device, session_of, set_session
from parvis_identity.api.flow import asking_of, language_for
from parvis_identity.api.looks import wear_home_of
from parvis_identity.api.pages import page, redirect
from parvis_identity.domain.authorization import Parameters
from parvis_identity.domain.client import Audience
from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_identity.domain.session import Session
from parvis_identity.service.authorize import Asking
from parvis_identity.service.local_session import Cookies, Kept
from parvis_kit.problems import NOT_FOUND

CITIZEN: Final = Audience.CITIZEN.value
UNPROCESSABLE: Final = 422


async def local_asking(request: Request, parameters: Parameters) -> Asking:
    """The sign-in that goes on with an account of ours; not found where that is not offered."""
    parts = parts_of(request)
    wanted = parts.continuations.open(parameters.get("continue"), browser_of(request), now())
    asking = await asking_of(request, wanted)
    if not parts.settings.local_accounts or asking.client.audience is not Audience.CITIZEN:
        raise NOT_FOUND.problem()
    return asking


def kept_by(request: Request) -> Kept:
    """The secrets that the browser came with."""
    return Kept(browser=browser_of(request), session=session_of(request, CITIZEN), device=device_of(request))


async def session_here(request: Request) -> Session:
    """The citizen's session of this browser; raises RefusedError where there is none."""
    session = await parts_of(request).authorize.live_session(session_of(request, CITIZEN), CITIZEN, now())
    if session is None:
        raise RefusedError(Refusal.NOT_SIGNED_IN)
    await wear_home_of(request, session.person)
    return session


def form_page(request: Request, template: str, form: str, *, asking: Asking | None = None, **values: Any) -> Response:
    """A page with a form of ours, and the token that tells it from a foreign one."""
    parts = parts_of(request)
    if asking:
        values["language"] = language_for(asking.request)
        values["continuation"] = parts.continuations.seal(asking.request, browser_of(request))
        # After its last form the browser goes on to the client.
        values["leads_to"] = asking.request.redirect_uri
    response = page(request, template, csrf=parts.continuations.csrf(form, browser_of(request)), **values)
    keep_browser(request, response)
    return response


def check_form(request: Request, fields: Parameters, form: str) -> None:
    """Raises RefusedError for a form that we did not give to this browser."""
    parts_of(request).continuations.check_csrf(fields.get("csrf"), form, browser_of(request))


def signed_in(request: Request, cookies: Cookies, continuation: str) -> Response:
    """On to the consent page, with a new session."""
    response = redirect(f"/consent?continue={continuation}")
    set_session(request, response, CITIZEN, cookies.session)
    keep_device(request, response, cookies.device)
    keep_browser(request, response)
    return response
