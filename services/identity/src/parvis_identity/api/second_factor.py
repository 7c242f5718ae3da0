# SPDX-License-Identifier: EUPL-1.2
"""The page on which somebody turns the second factor of their account on, or off."""

from typing import Final

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import form, language_of, now, parts_of
from parvis_identity.api.documents import form_field, page_route, pages
from parvis_identity.api.local_flow import UNPROCESSABLE, check_form, form_page, session_here
from parvis_identity.api.pages import page, page_router
from parvis_identity.domain import totp
from parvis_identity.domain.errors import Refusal, RefusedError
from parvis_identity.domain.password import MAX_LENGTH
from parvis_identity.domain.session import Session
from parvis_identity.service.second_factor import WrongCodeError

routes = page_router()
_FORM: Final = "second-factor-settings"
_MAX_CODE: Final = 32


@routes.get(
    "/account/second-factor",
    **page_route(),
    operation_id="showSecondFactorSettings",
    response_class=Response,
    responses=pages(200, 401, 403),
)
async def show_second_factor_settings(request: Request) -> Response:
    """Say whether the account asks for a second factor, with the form that changes it."""
    return await _page(request, await session_here(request), totp.new_secret(), wrong=False)


@routes.post(
    "/account/second-factor",
    **page_route(
        form={
            "csrf": form_field("From the page."),
            "act": form_field("What to do.", enum=["add", "remove"]),
            "secret": form_field("From the page, to add.", maxLength=40),
            "password": form_field("The account's password.", maxLength=MAX_LENGTH),
            "code": form_field("Of the application; to remove, also one on paper.", maxLength=_MAX_CODE),
        }
    ),
    operation_id="changeSecondFactor",
    response_class=Response,
    responses=pages(200, 400, 401, 403, 413, 422, 429),
)
async def change_second_factor(request: Request) -> Response:
    """Turn it on, and show the codes on paper once; or turn it off."""
    fields, session = await form(request), await session_here(request)
    secret = _secret(fields.get("secret"))
    check_form(request, fields, f"{_FORM}/{secret.hex() if secret else ''}")
    password, code = (fields.get("password") or "")[: MAX_LENGTH + 1], (fields.get("code") or "")[:_MAX_CODE]
    factors = parts_of(request).accounts.second_factors
    try:
        if secret:
            codes = await factors.set_up(session.person, secret, password, code.replace(" ", ""), now())
            return page(request, "recovery_codes.html", codes=codes)
        await factors.remove(session.person, password, code, now())
    except WrongCodeError:
        return await _page(request, session, secret or totp.new_secret(), wrong=True)
    return page(request, "done.html", title="factor-removed-title", body="factor-removed-body")


async def _page(request: Request, session: Session, secret: bytes, *, wrong: bool) -> Response:
    standing = await parts_of(request).accounts.second_factors.standing(session.person)
    shown = None if standing.protected else secret
    uri = totp.provisioning_uri(secret, "Parvis", standing.email)
    return form_page(
        request,
        "second_factor.html",
        # The token stands for this secret: nobody can have a person confirm a secret that is not theirs.
        f"{_FORM}/{shown.hex() if shown else ''}",
        language=language_of(request),
        status=UNPROCESSABLE if wrong else 200,
        secret=shown.hex() if shown else None,
        readable=totp.readable(secret),
        drawing=Markup(segno.make(uri).svg_inline(scale=4, light="#fff")),  # noqa: S704 - made of numbers alone
        left=str(standing.codes_left),
        wrong=wrong,
    )


def _secret(text: str | None) -> bytes | None:
    try:
        return bytes.fromhex(text) if text else None
    except ValueError as error:
        raise RefusedError(Refusal.EXPIRED) from error
