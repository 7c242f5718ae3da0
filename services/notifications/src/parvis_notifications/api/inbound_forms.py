# SPDX-License-Identifier: EUPL-1.2
"""Where providers bring the text messages and calls that come in to the town's numbers, in their own signed form."""

from typing import Annotated, Final

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.problems import MALFORMED, NOT_FOUND, Problem
from parvis_kit.web.operation import problems, router
from parvis_notifications.api.context import now, parts_of
from parvis_notifications.api.inbound_hooks import later, receive_hooks
from parvis_notifications.api.provider_forms import XML, Provider, brought_form, form_route, not_signed, twiml
from parvis_notifications.domain.errors import TooManyReceivedError
from parvis_notifications.incoming.twilio_forms import MalformedFormError, read_call, read_text
from parvis_notifications.service.signed_forms import BroughtForm, NotSignedError, checked

routes = router(tags=["inbound"])
# A message with ten files and where it comes from has about 4,000 octets; add-ons of an account come on top.
_BODY_LIMIT: Final = 65_536
_TEXT: Final = (
    "As Twilio brings them: `MessageSid` names the message, `From` wrote it to the number `To`, `Body` has its words,"
    " `NumMedia` tells of files, which are not fetched."
)
_CALL: Final = (
    "As Twilio brings them: `CallSid` names the call of `From` to the number `To`, `CallStatus` and `CallDuration` tell"
    " how it ended, `DialCallStatus` and `DialCallDuration` who took it where it was passed on."
)


async def signed_text(provider: Provider, request: Request) -> BroughtForm:
    """What a provider of text messages brings; 401 where it has not signed that."""
    return await _signed(provider, request, "sms_providers")


async def signed_call(provider: Provider, request: Request) -> BroughtForm:
    """What a provider of calls brings; 401 where it has not signed that."""
    return await _signed(provider, request, "voice_providers")


async def _signed(provider: str, request: Request, providers: str) -> BroughtForm:
    form = await brought_form(provider, request)
    try:
        return checked(form, getattr(parts_of(request).runtime.settings, providers))
    except NotSignedError as error:
        raise not_signed() from error


@routes.post(
    "/v1/text-providers/{provider}/inbound-texts",
    **form_route(_TEXT, _BODY_LIMIT),
    operation_id="bringProviderText",
    response_class=Response,
    responses=problems(400, 401, 404, 413, 422, 429) | twiml("Taken; who wrote is answered nothing, as TwiML."),
)
async def bring_text(form: Annotated[BroughtForm, Depends(signed_text)], request: Request) -> Response:
    """Take a text message in for agents to read, or do as it says where that is STOP or START. Safe to repeat."""
    try:
        brought = read_text(form.fields)
        town = _town(request, brought.to)
        await receive_hooks(request).text(town, f"{form.provider} {brought.sid}", brought.text)
    except MalformedFormError as error:
        raise _nothing() from error
    except TooManyReceivedError as error:
        raise later() from error
    return _taken()


@routes.post(
    "/v1/voice-providers/{provider}/inbound-calls",
    **form_route(_CALL, _BODY_LIMIT),
    operation_id="bringProviderCall",
    response_class=Response,
    responses=problems(400, 401, 404, 413, 422, 429) | twiml("Taken; nothing more is done in the call, as TwiML."),
)
async def bring_call(form: Annotated[BroughtForm, Depends(signed_call)], request: Request) -> Response:
    """Take in that somebody called, once the call is over; the first that is told of its end counts. Safe to repeat."""
    try:
        brought = read_call(form.fields, now())
        if brought is not None:
            town = _town(request, brought.to)
            await receive_hooks(request).call(town, f"{form.provider} {brought.sid}", brought.call)
    except MalformedFormError as error:
        raise _nothing() from error
    except TooManyReceivedError as error:
        raise later() from error
    return _taken()


def _town(request: Request, number: str) -> str:
    """Whose number it is; 404 where the settings have it as nobody's, which the provider's console shows."""
    town = parts_of(request).runtime.settings.inbound_numbers.get(number)
    if town is None:
        raise NOT_FOUND.problem("Ce numéro n'est celui d'aucune collectivité.", "This number is no collectivity's.")
    return town


def _nothing() -> Problem:
    return MALFORMED.problem(
        "Ce formulaire n'apporte ni message ni appel.", "This form brings neither a message nor a call."
    )


def _taken() -> Response:
    return Response("<Response/>", media_type=XML, headers={"Cache-Control": "no-store"})
