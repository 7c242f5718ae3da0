# SPDX-License-Identifier: EUPL-1.2
"""Opening an account of our own: an address, a letter, then a name and a password."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.authorize import CONTINUE
from parvis_identity.api.context import form, now, parts_of, query, spoken
from parvis_identity.api.cookies import session_of
from parvis_identity.api.documents import form_field, page_route, pages
from parvis_identity.api.letter_pages import ASKED, TOKEN, ask_page, asked
from parvis_identity.api.local_flow import (
    CITIZEN,
    UNPROCESSABLE,
    check_form,
    form_page,
    kept_by,
    local_asking,
    signed_in,
)
from parvis_identity.api.looks import wear_that_of
from parvis_identity.api.pages import page, page_router
from parvis_identity.domain.authorization import Parameters
from parvis_identity.domain.letter import Letter, Purpose
from parvis_identity.domain.password import MAX_LENGTH as MAX_PASSWORD
from parvis_identity.domain.password import Weakness
from parvis_identity.service.register import Choice, WeakPasswordError

routes = page_router()
_FORM: Final = "registration"
_MAX_NAME: Final = 100


@routes.get(
    "/account/registration",
    **page_route(CONTINUE),
    operation_id="showRegistration",
    response_class=Response,
    responses=pages(200, 400, 404),
)
async def show_registration(request: Request) -> Response:
    """Ask for the address of the account that is to be."""
    return ask_page(request, Purpose.REGISTRATION, await local_asking(request, query(request)))


@routes.post(
    "/account/registration",
    **page_route(form=ASKED),
    operation_id="askForRegistration",
    response_class=Response,
    responses=pages(200, 400, 404, 413, 422, 429),
)
async def ask_for_registration(request: Request) -> Response:
    """Write to the address; the answer is the same whether it has an account or not."""
    return await asked(request, Purpose.REGISTRATION)


@routes.get(
    "/account/registration/finish",
    **page_route(TOKEN),
    operation_id="showRegistrationForm",
    response_class=Response,
    responses=pages(200, 400),
)
async def show_registration_form(request: Request) -> Response:
    """Behind the link of the letter: ask for name and password. Looking at the page uses nothing up."""
    token = query(request).get("token")
    letter = await parts_of(request).accounts.register.invited(token, now())
    await wear_that_of(request, letter.collectivity)
    return _page(request, letter, token or "", signed_in_as=await _signed_in_as(request, letter))


@routes.post(
    "/account/registration/finish",
    **page_route(
        form={
            "token": form_field("From the page."),
            "csrf": form_field("From the page."),
            "given_names": form_field("First names.", maxLength=_MAX_NAME),
            "family_name": form_field("Last name.", maxLength=_MAX_NAME),
            "password": form_field("A password.", maxLength=MAX_PASSWORD),
        }
    ),
    operation_id="register",
    response_class=Response,
    responses=pages(200, 303, 400, 413, 422),
)
async def register(request: Request) -> Response:
    """Open the account, and go on signing in where that began in this browser."""
    parts, fields = parts_of(request), await form(request)
    token = fields.get("token") or ""
    letter = await parts.accounts.register.invited(token, now())
    await wear_that_of(request, letter.collectivity)
    check_form(request, fields, _form_name(token))
    choice = _choice(fields)
    if choice is None:
        return _page(request, letter, token, fields=fields, unnamed=True)
    try:
        done = await parts.accounts.register.finish(token, choice, kept_by(request), now())
    except WeakPasswordError as error:
        return _page(request, letter, token, fields=fields, weakness=error.weakness)
    if done.cookies and letter.continuation:
        return signed_in(request, done.cookies, letter.continuation)
    return page(
        request, "done.html", language=spoken(letter.language), title="registered-title", body="registered-body"
    )


def _page(
    request: Request,
    letter: Letter,
    token: str,
    *,
    fields: Parameters | None = None,
    weakness: Weakness | None = None,
    unnamed: bool = False,
    signed_in_as: str | None = None,
) -> Response:
    return form_page(
        request,
        "register.html",
        _form_name(token),
        language=spoken(letter.language),
        status=UNPROCESSABLE if fields else 200,
        # From here the sign-in that asked for the account goes on, to a client that is not known here.
        leads_to="https:",
        token=token,
        email=letter.recipient,
        given_names=(fields.get("given_names") if fields else None) or "",
        family_name=(fields.get("family_name") if fields else None) or "",
        weakness=weakness,
        unnamed=unnamed,
        activation=letter.purpose is Purpose.ACTIVATION,
        signed_in_as=signed_in_as,
    )


async def _signed_in_as(request: Request, letter: Letter) -> str | None:
    """Who is signed in here and may take over what the letter is about; None for nobody."""
    if letter.purpose is not Purpose.ACTIVATION:
        return None
    parts = parts_of(request)
    session = await parts.authorize.live_session(session_of(request, CITIZEN), CITIZEN, now())
    return await parts.read_person.display_name(session.person) if session else None


def _choice(fields: Parameters) -> Choice | None:
    given, family = ((fields.get(name) or "").strip() for name in ("given_names", "family_name"))
    if not all(name and len(name) <= _MAX_NAME and name.isprintable() for name in (given, family)):
        return None
    return Choice(given_names=given, family_name=family, password=fields.get("password") or "")


def _form_name(token: str) -> str:
    return f"{_FORM}/{token}"
