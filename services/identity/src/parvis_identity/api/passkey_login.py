# SPDX-License-Identifier: EUPL-1.2
"""Signing in by a passkey; the script that asks the browser for one is a file of its own, and the only one there is."""

from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.authorize import CONTINUE
from parvis_identity.api.context import form, now, parts_of, query
from parvis_identity.api.cookies import browser_of
from parvis_identity.api.documents import form_field, page_route, pages
from parvis_identity.api.local_flow import UNPROCESSABLE, form_page, kept_by, local_asking, signed_in
from parvis_identity.api.pages import SCRIPT_PATH, page_router
from parvis_identity.api.source import source_of
from parvis_identity.domain.passkey import MAX_CREDENTIAL, WrongPasskeyError
from parvis_identity.service.authorize import Asking
from parvis_kit.web.operation import public

routes = page_router()
_SCRIPT: Final = files("parvis_identity").joinpath("api/templates/passkeys.js").read_bytes()
_CODE: Final = {"content": {"text/javascript": {"schema": {"type": "string"}}}}
ANSWER: Final = {
    "asked": form_field("From the page: the question, sealed."),
    "credential": form_field("What the browser answers to it (WebAuthn), as JSON.", maxLength=MAX_CREDENTIAL),
}
_FORM: Final = "passkey-login"


@routes.get(
    SCRIPT_PATH,
    **public(cors=False),
    operation_id="readPasskeyScript",
    response_class=Response,
    responses={200: {"description": "Script", **_CODE}, **pages()},
)
async def passkey_script() -> Response:
    """What asks the browser for a passkey."""
    return Response(_SCRIPT, 200, {"Cache-Control": "public, max-age=3600"}, "text/javascript")


@routes.get(
    "/login/passkey",
    **page_route(CONTINUE),
    operation_id="showPasskeyLogin",
    response_class=Response,
    responses=pages(200, 400, 404),
)
async def show_passkey_login(request: Request) -> Response:
    """Ask for a passkey."""
    return _page(request, await local_asking(request, query(request)), wrong=False)


@routes.post(
    "/login/passkey",
    **page_route(form={"continue": form_field("From the page."), **ANSWER}),
    operation_id="logInByPasskey",
    response_class=Response,
    status_code=303,
    responses=pages(303, 400, 403, 404, 413, 422, 429),
)
async def log_in_by_passkey(request: Request) -> Response:
    """Sign in to the account that the passkey is of. The question is bound to this browser: no other form has it."""
    fields = await form(request)
    asking = await local_asking(request, fields)
    door, given = parts_of(request).accounts.passkey_sign_in, (fields.get("asked"), fields.get("credential"))
    try:
        cookies = await door.sign_in(*given, kept_by(request), source_of(request), now())
    except WrongPasskeyError:
        return _page(request, asking, wrong=True)
    return signed_in(request, cookies, fields.get("continue") or "")


def question(request: Request) -> dict[str, str]:
    """What a page needs to offer signing in by a passkey."""
    asked = parts_of(request).accounts.passkey_sign_in.ask(browser_of(request), now())
    return {"options": asked.options, "asked": asked.sealed}


def _page(request: Request, asking: Asking, *, wrong: bool) -> Response:
    return form_page(
        request,
        "passkey_login.html",
        _FORM,
        asking=asking,
        status=UNPROCESSABLE if wrong else 200,
        scripted=True,
        passkey=question(request),
        wrong=wrong,
    )
