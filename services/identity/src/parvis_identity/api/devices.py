# SPDX-License-Identifier: EUPL-1.2
"""Devices without a browser of their owner's (RFC 8628): where they begin, and where people type the code they show."""

from typing import Final
from urllib.parse import urlencode

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from parvis_identity.api.context import form, language_of, now, parts_of, query
from parvis_identity.api.documents import (
    form_field,
    oauth_errors,
    page_route,
    pages,
    parameter,
    protocol_route,
    resources,
)
from parvis_identity.api.flow import advance, language_for
from parvis_identity.api.local_flow import UNPROCESSABLE, check_form, form_page
from parvis_identity.api.pages import page, page_router
from parvis_identity.api.protocol import CLIENT_FIELDS, NO_STORE, authenticated, protocol_router
from parvis_identity.api.source import source_of
from parvis_identity.domain import device
from parvis_identity.service.authorize import Asking
from parvis_identity.service.devices import UnknownCodeError
from parvis_kit.web.operation import problems

routes = protocol_router()
page_routes = page_router()
_PATH: Final = "/device"
_FORM: Final = "device"
_ASKED: Final = {
    "scope": form_field("Space-separated scopes, all of them registered for the client."),
    "resource": resources("Services that tokens are for (RFC 8707); may be repeated"),
}


class DeviceView(BaseModel):
    """What the device shows, and what it asks for its tokens with (RFC 8628 section 3.2)."""

    device_code: str = Field(description="For the token endpoint; not to be shown.")
    user_code: str = Field(description="To be shown: eight consonants in two halves.")
    verification_uri: str = Field(description="Where the person types the code, to be shown.")
    verification_uri_complete: str = Field(description="The same with the code in it, to be shown as a QR code.")
    expires_in: int = Field(description="Seconds that both codes live.")
    interval: int = Field(description="Seconds between two requests at the token endpoint; more after `slow_down`.")


@routes.post(
    "/oauth2/device_authorization",
    **protocol_route(_ASKED | CLIENT_FIELDS, ("scope",)),
    operation_id="authorizeDevice",
    response_model=DeviceView,
    responses=problems(413) | oauth_errors(400, 401),
)
async def authorize_device(request: Request) -> Response:
    """Begin on a device, such as a kiosk: it shows a code, and the person answers on a telephone of their own."""
    parameters = await form(request)
    client = await authenticated(request, parameters)
    begun = await parts_of(request).devices.begin(client, parameters, now())
    code, where = device.shown(begun.user_code), f"{parts_of(request).settings.public_url}{_PATH}"
    view = DeviceView(
        device_code=begun.device_code,
        user_code=code,
        verification_uri=where,
        verification_uri_complete=f"{where}?{urlencode({'user_code': code})}",
        expires_in=int(device.LIFE.total_seconds()),
        interval=device.INTERVAL_SECONDS,
    )
    return JSONResponse(view.model_dump(), headers=NO_STORE)


@page_routes.get(
    _PATH,
    **page_route(
        parameter("user_code", "Shown by the device; the person still has to confirm it."),
        parameter("error", "The person came back without an answer."),
    ),
    operation_id="showDevice",
    response_class=Response,
    responses=pages(200, 400),
)
async def show_device(request: Request) -> Response:
    """Ask for the code that the device shows."""
    asked = query(request)
    notice = "device-stopped" if asked.get("error") else None
    return _page(request, (asked.get("user_code") or "")[: 2 * device.LENGTH], notice)


@page_routes.post(
    _PATH,
    **page_route(
        form={
            "csrf": form_field("From the page."),
            "user_code": form_field("As the person types it; dash and capitals do not matter.", maxLength=32),
        }
    ),
    operation_id="enterUserCode",
    response_class=Response,
    status_code=303,
    responses=pages(303, 400, 413, 422, 429),
)
async def enter_user_code(request: Request) -> Response:
    """Go on to signing in, and to the page that names the device and asks whether it may."""
    fields = await form(request)
    check_form(request, fields, _FORM)
    typed = fields.get("user_code")
    try:
        wanted = await parts_of(request).devices.wanted(typed, source_of(request), language_of(request), now())
    except UnknownCodeError:
        return _page(request, (typed or "")[: 2 * device.LENGTH], "device-unknown", status=UNPROCESSABLE)
    return await advance(request, wanted)


async def decided(request: Request, asking: Asking, *, allowed: bool) -> Response:
    """The person's answer, which the device learns when it asks next."""
    await parts_of(request).devices.answer(asking, now(), allowed=allowed)
    what = "allowed" if allowed else "denied"
    language = language_for(asking.request)
    return page(request, "done.html", language=language, title=f"device-{what}-title", body=f"device-{what}-body")


def _page(request: Request, code: str, notice: str | None, *, status: int = 200) -> Response:
    language = language_of(request)
    return form_page(request, "device.html", _FORM, status=status, language=language, code=code, notice=notice)
