# SPDX-License-Identifier: EUPL-1.2
"""Another password: for who forgot theirs, by a letter; for who is signed in, with the present one."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.authorize import CONTINUE
from parvis_identity.api.context import form, language_of, now, parts_of, query, spoken
from parvis_identity.api.cookies import clear_session, device_of, keep_device
from parvis_identity.api.documents import form_field, page_route, pages
from parvis_identity.api.letter_pages import ASKED, TOKEN, ask_page, asked
from parvis_identity.api.local_flow import CITIZEN, UNPROCESSABLE, check_form, form_page, local_asking, session_here
from parvis_identity.api.looks import wear_that_of
from parvis_identity.api.pages import page, page_router
from parvis_identity.domain.letter import Letter, Purpose
from parvis_identity.domain.opaque import new_opaque
from parvis_identity.domain.password import MAX_LENGTH, Weakness
from parvis_identity.service.local_sign_in import WrongPasswordError
from parvis_identity.service.register import WeakPasswordError

routes = page_router()
_CHANGE: Final = "change-password"
_PASSWORD: Final = form_field("The new password.", maxLength=MAX_LENGTH)


@routes.get(
    "/account/recovery",
    **page_route(CONTINUE),
    operation_id="showRecovery",
    response_class=Response,
    responses=pages(200, 400, 404),
)
async def show_recovery(request: Request) -> Response:
    """Ask for the address of the account."""
    return ask_page(request, Purpose.RECOVERY, await local_asking(request, query(request)))


@routes.post(
    "/account/recovery",
    **page_route(form=ASKED),
    operation_id="askForRecovery",
    response_class=Response,
    responses=pages(200, 400, 404, 413, 422, 429),
)
async def ask_for_recovery(request: Request) -> Response:
    """Write to the address if it has an account; the answer is the same if it has none."""
    return await asked(request, Purpose.RECOVERY)


@routes.get(
    "/account/recovery/finish",
    **page_route(TOKEN),
    operation_id="showRecoveryForm",
    response_class=Response,
    responses=pages(200, 400),
)
async def show_recovery_form(request: Request) -> Response:
    """Behind the link of the letter: ask for another password. Looking at the page uses nothing up."""
    token = query(request).get("token") or ""
    letter = await parts_of(request).accounts.change_password.invited(token, now())
    await wear_that_of(request, letter.collectivity)
    return _recovery_page(request, letter, token, None)


@routes.post(
    "/account/recovery/finish",
    **page_route(
        form={"token": form_field("From the page."), "csrf": form_field("From the page."), "password": _PASSWORD}
    ),
    operation_id="recover",
    response_class=Response,
    responses=pages(200, 400, 403, 413, 422),
)
async def recover(request: Request) -> Response:
    """Change the password and end every session of the account; nobody is signed in by this."""
    parts, fields = parts_of(request), await form(request)
    token = fields.get("token") or ""
    letter = await parts.accounts.change_password.invited(token, now())
    await wear_that_of(request, letter.collectivity)
    check_form(request, fields, f"recovery/{token}")
    device = device_of(request) or new_opaque()
    try:
        await parts.accounts.change_password.recover(token, fields.get("password") or "", device, now())
    except WeakPasswordError as error:
        return _recovery_page(request, letter, token, error.weakness)
    response = page(
        request,
        "done.html",
        language=spoken(letter.language),
        title="password-changed-title",
        body="password-changed-body",
    )
    keep_device(request, response, device)
    return response


@routes.get(
    "/account/password",
    **page_route(),
    operation_id="showChangePassword",
    response_class=Response,
    responses=pages(200, 401),
)
async def show_change_password(request: Request) -> Response:
    """Ask for the present password and another one."""
    await session_here(request)
    return _change_page(request, None, wrong=False)


@routes.post(
    "/account/password",
    **page_route(
        form={
            "csrf": form_field("From the page."),
            "present": form_field("The present password.", maxLength=MAX_LENGTH),
            "password": _PASSWORD,
        }
    ),
    operation_id="changePassword",
    response_class=Response,
    responses=pages(200, 400, 401, 403, 413, 422, 429),
)
async def change_password(request: Request) -> Response:
    """Change the password and end every session of the account, this one too."""
    parts, fields = parts_of(request), await form(request)
    session = await session_here(request)
    check_form(request, fields, _CHANGE)
    present, chosen = ((fields.get(name) or "")[: MAX_LENGTH + 1] for name in ("present", "password"))
    try:
        await parts.accounts.change_password.change(session.person, present, chosen, now())
    except WrongPasswordError:
        return _change_page(request, None, wrong=True)
    except WeakPasswordError as error:
        return _change_page(request, error.weakness, wrong=False)
    response = page(request, "done.html", title="password-changed-title", body="password-changed-body")
    clear_session(request, response, CITIZEN)
    return response


def _recovery_page(request: Request, letter: Letter, token: str, weakness: Weakness | None) -> Response:
    return form_page(
        request,
        "new_password.html",
        f"recovery/{token}",
        language=spoken(letter.language),
        status=UNPROCESSABLE if weakness else 200,
        action="/account/recovery/finish",
        token=token,
        email=letter.recipient,
        weakness=weakness,
        wrong=False,
    )


def _change_page(request: Request, weakness: Weakness | None, *, wrong: bool) -> Response:
    return form_page(
        request,
        "new_password.html",
        _CHANGE,
        language=language_of(request),
        status=UNPROCESSABLE if weakness or wrong else 200,
        action="/account/password",
        token=None,
        email=None,
        weakness=weakness,
        wrong=wrong,
    )
