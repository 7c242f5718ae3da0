# SPDX-License-Identifier: EUPL-1.2
"""Which application calls, by the key that it shows."""

import re
from hashlib import sha256
from typing import Final

from starlette.requests import Request

from parvis_kit.problems import IDEMPOTENCY_KEY_MISSING, UNAUTHENTICATED
from parvis_kit.web.idempotency import IdempotentCall
from parvis_notifications.api.context import now, parts_of
from parvis_notifications.domain.sending import Sender, read_key
from parvis_notifications.service.sending_keys import KeyRefusedError, sender_of_key

_KEY: Final = re.compile(r"[!-~]{1,255}")


async def sender_of(request: Request) -> Sender:
    """The application whose key is in ``Authorization``; 401 where none is that works."""
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    found = read_key(shown.strip()) if scheme.lower() == "bearer" else None
    parts = parts_of(request)
    if found is not None:
        async with parts.runtime.database.unit_of_work() as uow:
            try:
                sender = await sender_of_key(uow.session, *found, parts.sending_keys, now())
            except KeyRefusedError:
                found = None
            else:
                await uow.commit()
                return sender
    raise UNAUTHENTICATED.problem(
        "Envoyez la clé de votre application : Authorization: Bearer <clé>.",
        "Send your application's key: Authorization: Bearer <key>.",
        headers={"WWW-Authenticate": "Bearer"},
    )


async def call_of(request: Request, sender: Sender) -> IdempotentCall:
    """The call in hand, of that key; raises 400 when it has no usable ``Idempotency-Key``."""
    key = request.headers.get("idempotency-key", "")
    if not _KEY.fullmatch(key):
        raise IDEMPOTENCY_KEY_MISSING.problem(
            "Envoyez une clé unique (par exemple un UUID) dans l'en-tête Idempotency-Key.",
            "Send a unique key (a UUID for instance) in the Idempotency-Key header.",
        )
    caller = sha256(f"sending-key/{sender.key_id}".encode()).digest()
    operation = f"{request.method} {request.scope['path']}"
    return IdempotentCall(caller, operation, key, sha256(await request.body()).digest())
