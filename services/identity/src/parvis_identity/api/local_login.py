# SPDX-License-Identifier: EUPL-1.2
"""Signing in with an account of our own."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.authorize import CONTINUE
from parvis_identity.api.context import form, now, parts_of, query
from parvis_identity.api.documents import form_field, page_route, pages
from parvis_identity.api.local_flow import UNPROCESSABLE, check_form, form_page, kept_by, local_asking, signed_in
from parvis_identity.api.pages import page_router
from parvis_identity.api.passkey_login import question
from parvis_identity.api.source import source_of
from parvis_identity.domain.address import MAX_LENGTH, deliverable
from parvis_identity.domain.password import MAX_LENGTH as MAX_PASSWORD
from parvis_identity.service.authorize import Asking
from parvis_identity.service.local_sign_in import Pending, WrongPasswordError
from parvis_identity.service.second_factor import WrongCodeError

routes = page_router()
_FORM: Final = "local-login"
_SECOND: Final = "second-factor"
_MAX_CODE: Final = 32


@routes.get(
    "/login/local",
    **page_route(CONTINUE),
    operation_id="showLocalLogin",
    response_class=Response,
    responses=pages(200, 400, 404),
)
async def show_local_login(request: Request) -> Response:
    """Ask for address and password."""
    return _page(request, await local_asking(request, query(request)), wrong=False)


@routes.post(
    "/login/local",
    **page_route(
        form={
            "continue": form_field("From the page."),
            "csrf": form_field("From the page."),
            "email": form_field("Address of the account.", maxLength=MAX_LENGTH),
            "password": form_field("Password of the account.", maxLength=MAX_PASSWORD),
        }
    ),
    operation_id="logInLocally",
    response_class=Response,
    responses=pages(200, 303, 400, 403, 404, 413, 422, 429),
)
async def log_in_locally(request: Request) -> Response:
    """Sign in; what is wrong, address or password, is not said."""
    parts, fields = parts_of(request), await form(request)
    asking = await local_asking(request, fields)
    check_form(request, fields, _FORM)
    # An address that cannot be one is looked up like any other: no answer tells which addresses are.
    email = deliverable(fields.get("email")) or "@"
    password = (fields.get("password") or "")[: MAX_PASSWORD + 1]
    try:
        done = await parts.accounts.sign_in.sign_in(email, password, kept_by(request), source_of(request), now())
    except WrongPasswordError:
        return _page(request, asking, wrong=True)
    if isinstance(done, Pending):
        return _second_page(request, asking, done.sealed, wrong=False)
    return signed_in(request, done, fields.get("continue") or "")


@routes.post(
    "/login/local/code",
    **page_route(
        form={
            "continue": form_field("From the page."),
            "csrf": form_field("From the page."),
            "pending": form_field("From the page."),
            "code": form_field("Of the application, or one on paper.", maxLength=_MAX_CODE),
        }
    ),
    operation_id="showSecondFactor",
    response_class=Response,
    status_code=303,
    responses=pages(303, 400, 403, 404, 413, 422, 429),
)
async def show_second_factor(request: Request) -> Response:
    """Finish signing in to an account that asks for a second factor."""
    parts, fields = parts_of(request), await form(request)
    asking = await local_asking(request, fields)
    check_form(request, fields, _SECOND)
    pending, code = fields.get("pending"), (fields.get("code") or "")[:_MAX_CODE]
    try:
        cookies = await parts.accounts.sign_in.finish(pending, code, kept_by(request), source_of(request), now())
    except WrongCodeError:
        return _second_page(request, asking, pending or "", wrong=True)
    return signed_in(request, cookies, fields.get("continue") or "")


def _second_page(request: Request, asking: Asking, pending: str, *, wrong: bool) -> Response:
    return form_page(
        request,
        "second_factor_login.html",
        _SECOND,
        asking=asking,
        status=UNPROCESSABLE if wrong else 200,
        scripted=True,
        passkey=question(request),
        pending=pending,
        wrong=wrong,
    )


def _page(request: Request, asking: Asking, *, wrong: bool) -> Response:
    english = asking.request.language == "en"
    return form_page(
        request,
        "local_login.html",
        _FORM,
        asking=asking,
        status=UNPROCESSABLE if wrong else 200,
        scripted=True,
        passkey=question(request),
        client=asking.client.name_en if english else asking.client.name_fr,
        wrong=wrong,
    )
