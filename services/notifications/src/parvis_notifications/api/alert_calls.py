# SPDX-License-Identifier: EUPL-1.2
"""Where providers bring what becomes of calls, signed: a pressed key, and that a call has changed."""

from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.problems import NOT_FOUND, UNAVAILABLE
from parvis_kit.web.operation import problems, router
from parvis_notifications.api.context import now, parts_of
from parvis_notifications.api.provider_forms import XML, Provider, brought_form, form_route, not_signed, twiml
from parvis_notifications.domain.errors import NotFoundError, StaleVersionError
from parvis_notifications.service.carry_calls import ENDED_PATH, KEYS_PATH
from parvis_notifications.service.hear_call import hear_key, hear_state, signed_number
from parvis_notifications.service.signed_forms import BroughtForm, NotSignedError

routes = router(tags=["alerts"])
_BODY_LIMIT: Final = 16_384
_FIELDS: Final = "As Twilio brings them: `CallSid` names the call, `Digits` is the key that was pressed."
Name = Annotated[str, Query(alias="t", max_length=100, description="Names the call.")]


async def signed(provider: Provider, t: Name, request: Request) -> tuple[int, BroughtForm]:
    """The call, and what is brought of it; 401 where its provider has not signed that."""
    parts = parts_of(request)
    form = await brought_form(provider, request, f"?t={quote(t)}")
    try:
        return signed_number(form, t, parts.calls, parts.runtime.settings)
    except NotSignedError as error:
        raise not_signed() from error


Signed = Annotated[tuple[int, BroughtForm], Depends(signed)]


@routes.post(
    KEYS_PATH,
    **form_route(_FIELDS, _BODY_LIMIT),
    operation_id="bringCallKey",
    response_class=Response,
    responses=problems(400, 401, 404, 413, 422) | twiml("What the call says next, as TwiML."),
)
async def bring_key(signed: Signed, request: Request) -> Response:
    """Take the key that the person called has pressed: it answers the alert, or the message. Safe to repeat."""
    number, brought = signed
    runtime = parts_of(request).runtime
    try:
        said = await hear_key(runtime.database, runtime.persons, number, brought, now())
    except NotFoundError as error:
        raise NOT_FOUND.problem("Cet appel n'est plus connu.", "This call is not known any more.") from error
    except StaleVersionError as error:
        raise UNAVAILABLE.problem(
            "Les choix de cette personne changent sans cesse ; recommencez.",
            "This person's choices change all the time; do it again.",
            headers={"Retry-After": "1"},
        ) from error
    return Response(said, media_type=XML, headers={"Cache-Control": "no-store"})


@routes.post(
    ENDED_PATH,
    **form_route(_FIELDS, _BODY_LIMIT),
    operation_id="bringCallState",
    status_code=204,
    responses=problems(400, 401, 413, 422),
)
async def bring_state(signed: Signed, request: Request) -> Response:
    """Take it that a call has changed: its provider is asked what became of it. Safe to repeat."""
    number, brought = signed
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await hear_state(uow.session, number, brought)
        await uow.commit()
    return Response(status_code=204)
