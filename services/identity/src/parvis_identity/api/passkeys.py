# SPDX-License-Identifier: EUPL-1.2
"""The page on which people see, add, name and remove their passkeys."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import form, language_of, now, parts_of
from parvis_identity.api.cookies import browser_of
from parvis_identity.api.documents import form_field, page_route, pages
from parvis_identity.api.local_flow import UNPROCESSABLE, check_form, form_page, session_here
from parvis_identity.api.pages import page_router, redirect
from parvis_identity.api.passkey_login import ANSWER
from parvis_identity.api.passkey_texts import PASSKEY_TEXTS
from parvis_identity.domain.authorization import Parameters
from parvis_identity.domain.errors import LastWayInError, NotRecentError, Refusal, RefusedError
from parvis_identity.domain.passkey import MAX_LABEL, TooManyPasskeysError, WrongPasskeyError, label_of
from parvis_identity.domain.session import Session
from parvis_identity.service.passkeys import Named

routes = page_router()
_FORM: Final = "passkeys"
_PATH: Final = "/account/passkeys"
_NOTICES: Final[dict[type[Exception], str]] = {
    WrongPasskeyError: "passkey-wrong",
    LastWayInError: "passkey-last",
    NotRecentError: "passkeys-stale",
    TooManyPasskeysError: "passkeys-full",
}


@routes.get(
    _PATH,
    **page_route(),
    operation_id="showPasskeys",
    response_class=Response,
    responses=pages(200, 401),
)
async def show_passkeys(request: Request) -> Response:
    """The person's passkeys; they change them where they have signed in within the last minutes."""
    return await _page(request, await session_here(request), None)


@routes.post(
    _PATH,
    **page_route(
        form={
            "csrf": form_field("From the page."),
            "act": form_field("What to do.", enum=["add", "rename", "remove"]),
            "passkey": form_field("To rename or remove: which.", format="uuid"),
            "label": form_field("To add or rename: what the person calls it.", maxLength=MAX_LABEL),
            **ANSWER,
        }
    ),
    operation_id="changePasskeys",
    response_class=Response,
    status_code=303,
    responses=pages(303, 400, 401, 413, 422),
)
async def change_passkeys(request: Request) -> Response:
    """Add one, call one something else, or remove one; the person is told of the first and the last by mail."""
    fields, here = await form(request), await session_here(request)
    check_form(request, fields, _FORM)
    try:
        await _change(request, here, fields)
    except tuple(_NOTICES) as error:
        return await _page(request, here, _NOTICES[type(error)])
    return redirect(_PATH)


async def _change(request: Request, here: Session, fields: Parameters) -> None:
    passkeys, act = parts_of(request).accounts.passkeys, fields.get("act")
    label = label_of(fields.get("label"), PASSKEY_TEXTS["passkey"].in_language(language_of(request)))
    match act:
        case "add":
            given = (fields.get("asked"), fields.get("credential"))
            await passkeys.add(here, browser_of(request), *given, label, now())
        case "rename":
            await passkeys.rename(here, _id(fields), label, now())
        case "remove":
            await passkeys.remove(here, _id(fields), now())
        case _:
            raise RefusedError(Refusal.EXPIRED)


def _id(fields: Parameters) -> UUID:
    try:
        return UUID(fields.get("passkey") or "")
    except ValueError as error:
        raise WrongPasskeyError from error


async def _page(request: Request, here: Session, notice: str | None) -> Response:
    passkeys, at = parts_of(request).accounts.passkeys, now()
    asked = await passkeys.ask(here, browser_of(request), at) if here.recent(at) else None
    return form_page(
        request,
        "passkeys.html",
        _FORM,
        language=language_of(request),
        status=UNPROCESSABLE if notice else 200,
        scripted=True,
        passkeys=_rows(await passkeys.of_person(here.person)),
        passkey={"options": asked.options, "asked": asked.sealed} if asked else None,
        notice=notice,
    )


def _rows(known: Sequence[Named]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(named.passkey.id),
            "label": named.label,
            "since": named.passkey.created_at,
            "used": named.passkey.last_used_at,
            "synced": named.passkey.synced,
        }
        for named in known
    ]
