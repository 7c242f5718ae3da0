# SPDX-License-Identifier: EUPL-1.2
"""Where a homeserver of Matrix brings what happens in the rooms that the town writes in.

https://spec.matrix.org/v1.15/application-service-api/#put_matrixappv1transactionstxnid: at the root, as
the specification has it. A homeserver reads the status alone, and brings again whatever was not answered 200.
"""

import json
from hmac import compare_digest
from typing import Annotated, Any, Final

from fastapi import Depends, Path
from pydantic import BaseModel
from starlette.requests import Request

from parvis_kit.locale import Text
from parvis_kit.problems import MALFORMED, UNAUTHENTICATED, VALIDATION, FieldError
from parvis_kit.web.operation import problems, router, service
from parvis_notifications.api.context import parts_of
from parvis_notifications.service.hear_rooms import HearRooms

routes = router(tags=["chat"])
# A hundred events of 64 KiB, the largest that there are, each with as much that was before it, and room to spare: what
# is refused comes again for ever, and nothing behind it.
_BODY_LIMIT: Final = 26_214_400
_HEADER: Final = {
    "in": "header",
    "name": "Authorization",
    "required": True,
    "description": "`Bearer` and the `hs_token` of the registration.",
    "schema": {"type": "string", "maxLength": 600},
}
_SCHEMA: Final = {
    "type": "object",
    "required": ["events"],
    "properties": {
        "events": {
            "type": "array",
            "items": {"type": "object", "additionalProperties": True},
            "description": "Events of rooms, in the format of the Client-Server API; others than messages and members"
            " are passed over.",
        }
    },
    "additionalProperties": True,
    "description": "What happened, in order; members that are not known are passed over.",
}


class Taken(BaseModel):
    """Nothing more to say."""


def _route() -> dict[str, Any]:
    options = service(headers=[_HEADER], cors=False, body_limit=_BODY_LIMIT)
    options["openapi_extra"]["requestBody"] = {"required": True, "content": {"application/json": {"schema": _SCHEMA}}}
    return options


async def homeservers(request: Request) -> list[str]:
    """Those whose token the call bears, before its body is read; 401 where there is none."""
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    given = shown.strip().encode("latin-1", "replace") if scheme.lower() == "bearer" else b""
    known = [
        each.name
        for each in parts_of(request).runtime.settings.chat_providers
        if compare_digest(each.hs_token.get_secret_value().encode(), given)
    ]
    if not known:
        raise UNAUTHENTICATED.problem(
            "Un serveur Matrix s'identifie par le jeton hs_token de l'enregistrement.",
            "A homeserver shows the hs_token of the registration.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return known


@routes.put(
    "/_matrix/app/v1/transactions/{txn_id}",
    **_route(),
    operation_id="bringRoomEvents",
    response_model=Taken,
    responses=problems(400, 401, 413, 422),
)
async def bring(
    txn_id: Annotated[  # noqa: ARG001 - of the path; each event is known by itself
        str, Path(max_length=255, description="Name of the transaction: the same each time it is brought.")
    ],
    known: Annotated[list[str], Depends(homeservers)],
    request: Request,
) -> object:
    """Take in what people write in their rooms, and that they come or leave. Safe to repeat."""
    runtime = parts_of(request).runtime
    hears = HearRooms(runtime.database, runtime.persons, runtime.blind_index, runtime.settings)
    await hears.hear(known, _events(await request.body()))
    return Taken()


def _events(body: bytes) -> list[Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MALFORMED.problem("Envoyez un objet JSON.", "Send a JSON object.") from error
    found = said.get("events") if isinstance(said, dict) else None
    if not isinstance(found, list):
        wanted = Text(fr="Donnez la liste des événements.", en="Give the list of events.")
        raise VALIDATION.problem(errors=[FieldError("/events", "missing", wanted)])
    return found
