# SPDX-License-Identifier: EUPL-1.2
"""The steps between an authorization request and its answer, as redirects from page to page."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import language_of, now, parts_of, spoken
from parvis_identity.api.cookies import browser_of, keep_browser, session_of
from parvis_identity.api.looks import wear
from parvis_identity.api.pages import WithLinksError, redirect
from parvis_identity.domain.answer import with_parameters
from parvis_identity.domain.authorization import AuthorizationRequest
from parvis_identity.domain.errors import OAuthError, RefusedError
from parvis_identity.domain.session import Step
from parvis_identity.service.authorize import Asking
from parvis_kit.locale import Language


async def asking_of(request: Request, wanted: AuthorizationRequest) -> Asking:
    """The request with its surroundings; the page that answers looks like its client's collectivity."""
    asking = await parts_of(request).authorize.asking(wanted, lambda kind: session_of(request, kind), now())
    wear(request, asking.collectivity)
    return asking


async def advance(request: Request, wanted: AuthorizationRequest) -> Response:
    """Send the browser to the next page, or to the client when nothing more is needed from the person."""
    parts = parts_of(request)
    wanted = replace(wanted, language=wanted.language or language_of(request))
    asking = await asking_of(request, wanted)
    try:
        step = await parts.authorize.step(asking, now())
    except OAuthError as error:
        return error_answered(request, wanted.redirect_uri, wanted.state, error)
    if step is Step.ISSUE:
        with way_back(request, wanted):
            return answered(request, wanted, await parts.authorize.issue(asking, now()))
    path = "/login" if step is Step.LOGIN else "/consent"
    response = redirect(f"{path}?continue={parts.continuations.seal(wanted, browser_of(request))}")
    keep_browser(request, response)
    return response


def answered(request: Request, wanted: AuthorizationRequest, code: str) -> Response:
    """To the client, with a code."""
    return redirect(_answer(request, wanted.redirect_uri, {"code": code, "state": wanted.state}))


def error_answered(request: Request, redirect_uri: str, state: str | None, error: OAuthError) -> Response:
    """To the client, with an error (RFC 6749 section 4.1.2.1)."""
    told = {"error": error.code, "error_description": error.description, "state": state}
    return redirect(_answer(request, redirect_uri, told))


def cancel_url(request: Request, wanted: AuthorizationRequest) -> str:
    """The link by which a person goes back to the client without signing in."""
    return _answer(request, wanted.redirect_uri, {"error": "access_denied", "state": wanted.state})


@contextmanager
def way_back(request: Request, wanted: AuthorizationRequest, retry: str | None = None) -> Iterator[None]:
    """Let the page of a refusal offer the way back to the client, and perhaps another try."""
    try:
        yield
    except RefusedError as error:
        raise WithLinksError(error, back=cancel_url(request, wanted), retry=retry) from error


def language_for(wanted: AuthorizationRequest) -> Language:
    """The language of the pages of one request."""
    return spoken(wanted.language)


def in_other_language(request: Request, asking: Asking) -> str:
    """The same request, read in the other language."""
    other = "fr" if language_for(asking.request) == "en" else "en"
    return parts_of(request).continuations.seal(replace(asking.request, language=other), browser_of(request))


def _answer(request: Request, redirect_uri: str, parameters: dict[str, str | None]) -> str:
    # iss tells the client which server answers (RFC 9207).
    return with_parameters(redirect_uri, parameters | {"iss": parts_of(request).settings.issuer_url})
