# SPDX-License-Identifier: EUPL-1.2
"""The page on which people see and change their profile: names, language, contact points and addresses."""

from typing import Any, Final

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.address_schemas import AddressBody
from parvis_identity.api.context import form, identifier, language_of, now, parts_of, query
from parvis_identity.api.documents import form_field, page_route, pages, parameter
from parvis_identity.api.local_flow import UNPROCESSABLE, check_form, form_page, session_here
from parvis_identity.api.me import MePatch
from parvis_identity.api.pages import page_router, redirect
from parvis_identity.api.source import source_of
from parvis_identity.domain.address import MAX_LENGTH, deliverable
from parvis_identity.domain.audit import Actor, citizen
from parvis_identity.domain.authorization import Parameters
from parvis_identity.domain.email_change import (
    EmailSignsInError,
    EmailTakenError,
    NoEmailChangeError,
    WrongEmailCodeError,
)
from parvis_identity.domain.errors import NotRecentError, Refusal, RefusedError
from parvis_identity.domain.phone_code import (
    NoMobileError,
    NoPhoneCodeError,
    NoPhoneError,
    NoTextMessagesError,
    PhoneVerifiedError,
    WrongPhoneCodeError,
)
from parvis_identity.domain.postal_address import (
    HomeKnownError,
    StaleAddressError,
    TooManyAddressesError,
    UnknownAddressError,
)
from parvis_identity.domain.profile import CertifiedError
from parvis_identity.domain.session import Session

routes = page_router()
PATH: Final = "/account/profile"
_FORM: Final = "profile"
_ACTS: Final = (
    "profile", "phone", "phone-code", "email", "code", "remove-email", "add-address", "change-address",
    "remove-address",
)  # fmt: skip
_DONE: Final = ("saved", "code-sent", "email-changed", "phone-changed")
_PARTS: Final = ("kind", "house_number", "street", "complement", "postcode", "city")
_NOTICES: Final[dict[type[Exception], str]] = {
    CertifiedError: "certified-refused",
    WrongEmailCodeError: "code-refused",
    NoEmailChangeError: "code-ended",
    EmailTakenError: "email-taken",
    EmailSignsInError: "email-signs-in",
    NotRecentError: "email-stale",
    WrongPhoneCodeError: "code-refused",
    NoPhoneCodeError: "code-ended",
    NoPhoneError: "phone-stale",
    PhoneVerifiedError: "phone-stale",
    NoMobileError: "phone-fixed",
    NoTextMessagesError: "phone-fixed",
    UnknownAddressError: "address-stale",
    StaleAddressError: "address-stale",
    TooManyAddressesError: "addresses-full",
    HomeKnownError: "home-known",
}


class _FormError(Exception):
    """What was typed cannot be taken; the argument names the text that says why."""


@routes.get(
    PATH,
    **page_route(parameter("notice", "What has just happened.", enum=list(_DONE))),
    operation_id="showProfile",
    response_class=Response,
    responses=pages(200, 400, 401, 404),
)
async def show_profile(request: Request) -> Response:
    """The person's profile, with a form for each part of it."""
    return await _page(request, await session_here(request), None)


@routes.post(
    PATH,
    **page_route(
        form={
            "csrf": form_field("From the page."),
            "act": form_field("What to do.", enum=list(_ACTS)),
            "given_names": form_field("To save, where nobody vouches for it.", maxLength=200),
            "family_name": form_field("To save, where nobody vouches for it.", maxLength=200),
            "preferred_name": form_field("To save.", maxLength=200),
            "language": form_field("To save.", enum=["fr", "en"]),
            "phone": form_field("To save; empty removes it.", maxLength=30),
            "email": form_field("The address that is to be the account's.", maxLength=MAX_LENGTH),
            "code": form_field("That came to this address, or this telephone."),
            "address": form_field("To change or remove: which.", format="uuid"),
            "version": form_field("To change or remove: the one that was seen.", pattern="^[0-9]+$"),
            **{name: form_field("A part of the address.", maxLength=100) for name in _PARTS},
        }
    ),
    operation_id="changeProfile",
    response_class=Response,
    status_code=303,
    responses=pages(303, 400, 401, 404, 413, 422, 429),
)
async def change_profile(request: Request) -> Response:
    """Change one part of the profile."""
    fields, here = await form(request), await session_here(request)
    check_form(request, fields, _FORM)
    try:
        done = await _change(request, here, fields)
    except _FormError as error:
        return await _page(request, here, str(error), fields)
    except tuple(_NOTICES) as error:
        return await _page(request, here, _NOTICES[type(error)], fields)
    return redirect(f"{PATH}?notice={done}")


async def _change(request: Request, here: Session, fields: Parameters) -> str:
    profiles, by, act = parts_of(request).profiles, citizen(here.person), fields.get("act") or ""
    if act == "profile":
        await profiles.change_profile.change(by, _wanted(fields), None, now())
    elif act == "code":
        await profiles.change_email.confirm(by, _code(fields), now())
        return "email-changed"
    elif act == "phone":
        async with parts_of(request).database.unit_of_work() as uow:
            await profiles.confirm_phone.ask(uow.session, by, source_of(request), now())
            await uow.commit()
        return "code-sent"
    elif act == "phone-code":
        await profiles.confirm_phone.confirm(by, _code(fields), now())
        return "phone-changed"
    elif act in {"email", "remove-email"}:
        return await _change_email(request, here, by, fields)
    elif act in {"add-address", "change-address", "remove-address"}:
        await _change_address(request, act, by, fields)
    else:
        raise RefusedError(Refusal.EXPIRED)
    return "saved"


def _code(fields: Parameters) -> str:
    return (fields.get("code") or "").replace(" ", "")[:16]


async def _change_email(request: Request, here: Session, by: Actor, fields: Parameters) -> str:
    parts = parts_of(request)
    if not here.recent(now()):
        raise NotRecentError
    if fields.get("act") == "remove-email":
        await parts.profiles.change_email.remove(by, now())
        return "saved"
    email = deliverable(fields.get("email"))
    if email is None:
        raise _FormError("email-wrong")
    async with parts.database.unit_of_work() as uow:
        await parts.profiles.change_email.ask(uow.session, by, email, now())
        await uow.commit()
    return "code-sent"


async def _change_address(request: Request, act: str, by: Actor, fields: Parameters) -> None:
    parts = parts_of(request)
    addresses, id_ = parts.profiles.addresses, identifier(fields.get("address"))
    seen = fields.get("version") or ""
    version = int(seen) if seen.isdecimal() and seen.isascii() and len(seen) < 10 else 0  # noqa: PLR2004 - digits
    if act == "remove-address":
        await addresses.remove(by, id_, version, now())
        return
    try:
        address = AddressBody.model_validate({name: fields.get(name) or None for name in _PARTS}).address()
    except ValidationError as error:
        raise _FormError("address-refused") from error
    if act == "change-address":
        await addresses.change(by, id_, address, version, now())
        return
    async with parts.database.unit_of_work() as uow:
        await addresses.add(uow.session, by, address, now())
        await uow.commit()


def _wanted(fields: Parameters) -> dict[str, str | None]:
    typed: dict[str, Any] = {"language": fields.get("language")}
    typed |= {name: (fields.get(name) or "").strip() or None for name in ("preferred_name", "phone")}
    # Only where the page had the fields: nobody vouches for the names.
    typed |= {name: given for name in ("given_names", "family_name") if (given := fields.get(name)) is not None}
    try:
        return MePatch.model_validate(typed).wanted()
    except ValidationError as error:
        about = {str(fault["loc"][0]) for fault in error.errors(include_input=False, include_context=False)}
        raise _FormError("phone-refused" if "phone" in about else "names-refused") from error


def _given(typed: Parameters | None) -> dict[str, str | None]:
    """The address that was being added, so that nobody types it twice."""
    adding = typed is not None and typed.get("act") == "add-address"
    return {name: typed.get(name) if typed and adding else None for name in _PARTS}


async def _page(request: Request, here: Session, wrong: str | None, typed: Parameters | None = None) -> Response:
    parts, at = parts_of(request), now()
    account = await parts.read_person.own(here.person)
    done = None if wrong else query(request).get("notice")
    return form_page(
        request,
        "profile.html",
        _FORM,
        language=language_of(request),
        status=UNPROCESSABLE if wrong else 200,
        wrong=wrong,
        done=done if done in _DONE else None,
        person=account.person,
        certifier=account.certifier,
        typed=typed or Parameters.of([]),
        given=_given(typed),
        recent=here.recent(at),
        waiting=await parts.profiles.change_email.wanted(here.person, at),
        texts=parts.profiles.confirm_phone.may_be_asked(account.person),
        phone_waiting=await parts.profiles.confirm_phone.waiting(account.person, at),
        addresses=await parts.profiles.addresses.of_person(here.person),
    )
