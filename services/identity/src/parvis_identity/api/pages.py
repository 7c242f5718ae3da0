# SPDX-License-Identifier: EUPL-1.2
"""Pages for people: plain HTML that works without scripts, and headers that let nobody frame, cache or leak them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import APIRouter
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from parvis_identity.api.account_texts import ACCOUNT_TEXTS
from parvis_identity.api.consent_texts import CONSENT_TEXTS
from parvis_identity.api.context import language_of
from parvis_identity.api.device_texts import DEVICE_TEXTS
from parvis_identity.api.erasure_texts import ERASURE_TEXTS
from parvis_identity.api.instants import shown
from parvis_identity.api.looks import links, worn
from parvis_identity.api.organisation_texts import ORGANISATION_TEXTS
from parvis_identity.api.passkey_texts import PASSKEY_TEXTS
from parvis_identity.api.problems import CATALOGUE
from parvis_identity.api.profile_texts import PROFILE_TEXTS
from parvis_identity.api.provider_texts import PROVIDER_REFUSALS
from parvis_identity.api.texts import REFUSALS, TEXTS
from parvis_identity.api.typography import typeset
from parvis_identity.domain.collectivity import TimeZone
from parvis_identity.domain.errors import OAuthError, RefusedError
from parvis_identity.service.throttle import TooManyAttemptsError
from parvis_kit.locale import Language
from parvis_kit.problems import MALFORMED, Problem
from parvis_kit.web.errors import as_problem
from parvis_kit.web.operation import Operation

_TEXTS: Final = (
    TEXTS
    | ACCOUNT_TEXTS
    | PASSKEY_TEXTS
    | DEVICE_TEXTS
    | PROFILE_TEXTS
    | ORGANISATION_TEXTS
    | CONSENT_TEXTS
    | ERASURE_TEXTS
)
_REFUSALS: Final = REFUSALS | PROVIDER_REFUSALS
_UNAVAILABLE: Final = 503
_RETRY_SECONDS: Final = "60"
STYLE_PATH: Final = "/login/style.css"
SCRIPT_PATH: Final = "/login/passkeys.js"
_CSP: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action {}"
)
_TEMPLATES: Final = Environment(
    loader=PackageLoader("parvis_identity", "api/templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class WithLinksError(RefusedError):
    """A refusal whose page offers a way back, to the client unless ``back_says`` another text, and perhaps a retry."""

    def __init__(self, refused: RefusedError, *, back: str, retry: str | None = None, back_says: str = "back") -> None:
        super().__init__(refused.reason, refused.code)
        self.back = back
        self.retry = retry
        self.back_says = back_says


class PageOperation(Operation):
    """A route that answers people: what goes wrong is a page too."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The handler of the route, with errors shown as pages."""
        answer = super().get_route_handler()

        async def as_pages(request: Request) -> Response:
            try:
                return await answer(request)
            except RefusedError as error:
                return refused(request, error)
            except OAuthError:
                return problem_page(request, MALFORMED.problem())
            except Exception as error:  # noqa: BLE001 - the catalogue logs what it does not know
                return problem_page(request, as_problem(error, CATALOGUE))

        return as_pages


def page_router() -> APIRouter:
    """A router whose routes answer people."""
    return APIRouter(route_class=PageOperation, tags=["pages"])


def page(
    request: Request,
    template: str,
    *,
    language: Language | None = None,
    status: int = 200,
    leads_to: str | None = None,
    scripted: bool = False,
    **values: Any,
) -> Response:
    """A page.

    Args:
        request: what is answered.
        template: file name in the folder of templates.
        language: in which to write; that of the request unless given.
        status: of the answer.
        leads_to: where its form ends up outside of this site.
        scripted: whether it can make use of passkeys, which need our one script; all else works without.
        values: what the template shows; all of it is escaped.
    """
    spoken = language or language_of(request)

    def say(text: str, /, **parts: str) -> str:
        return typeset(_TEXTS[text].in_language(spoken).format(**parts), spoken)

    town = worn(request)
    zone = town.look.time_zone if town else TimeZone.PARIS

    def when(at: datetime, *, day_only: bool = False) -> Markup:
        return shown(at, spoken, zone, day_only=day_only)

    values["script"] = SCRIPT_PATH if scripted else None
    values["town"] = links(town) | {"name": town.name(spoken)} if town else None
    content = _TEMPLATES.get_template(template).render(language=spoken, say=say, when=when, style=STYLE_PATH, **values)
    return HTMLResponse(content, status, _headers(spoken, leads_to, scripted=scripted))


def redirect(url: str) -> Response:
    """303, so that a browser follows a form with a GET and never sends the form on (RFC 9700 section 4.12)."""
    return RedirectResponse(url, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


def refused(request: Request, error: RefusedError) -> Response:
    """The page of a refusal."""
    text, language = _REFUSALS[error.reason], language_of(request)
    linked = error if isinstance(error, WithLinksError) else None
    response = _message(
        request,
        text.status,
        text.title.in_language(language),
        text.body.in_language(language),
        " · ".join(name for name in (error.reason, error.code) if name),
        back=linked.back if linked else None,
        back_says=linked.back_says if linked else "back",
        retry=linked.retry if linked else None,
        retry_says=text.retry,
        ask=text.ask,
    )
    if isinstance(error, TooManyAttemptsError):
        response.headers["Retry-After"] = str(error.seconds)
    elif text.status == _UNAVAILABLE:
        response.headers["Retry-After"] = _RETRY_SECONDS
    return response


def problem_page(request: Request, problem: Problem) -> Response:
    """The page of what is nobody's refusal: an unreadable request, a database that is down."""
    language = language_of(request)
    body = problem.text.in_language(language) if problem.text else ""
    kind = problem.kind
    response = _message(request, kind.status, kind.title.in_language(language), body, kind.code)
    response.headers.update(problem.headers or {})
    return response


def _message(request: Request, status: int, title: str, body: str, reference: str, /, **links: Any) -> Response:
    """``links`` are addresses and the names of what they say; without any, the page just says what happened."""
    none = {"back": None, "back_says": "back", "retry": None, "retry_says": "retry", "ask": None}
    return page(
        request,
        "refused.html",
        status=status,
        title=typeset(title, language_of(request)),
        body=typeset(body, language_of(request)),
        reference=reference,
        **(none | links),
    )


def _headers(language: Language, leads_to: str | None, *, scripted: bool) -> dict[str, str]:
    policy = _CSP.format(_form_action(leads_to))
    return {
        "Content-Security-Policy": f"script-src 'self'; {policy}" if scripted else policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cache-Control": "no-store",
        "Content-Language": language,
        "Vary": "Accept-Language, Cookie",
    }


def _form_action(leads_to: str | None) -> str:
    # Chromium applies form-action to each redirect after the form: to the client, to a provider, and onwards from
    # there to addresses that we cannot know, but that are https.
    if leads_to is None:
        return "'self'"
    parts = urlsplit(leads_to)
    origin = f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"
    return f"'self' https: {origin}"
