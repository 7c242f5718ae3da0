# SPDX-License-Identifier: EUPL-1.2
"""Calls of people without an account that create something: their idempotency key is a secret of theirs."""

import re
from hashlib import sha256
from typing import Final
from uuid import UUID

from starlette.requests import Request

from parvis_kit.problems import IDEMPOTENCY_KEY_MISSING
from parvis_kit.web.idempotency import IdempotentCall
from parvis_kit.web.operation import IDEMPOTENCY_KEY
from parvis_participation.api.context import parts_of

# Two strangers must not meet in one key: it is their secret, as a random UUID is.
_KEY: Final = re.compile(r"[!-~]{20,255}")
OWN_KEY: Final = IDEMPOTENCY_KEY | {"schema": {"type": "string", "maxLength": 255, "pattern": "^[!-~]{20,}$"}}


async def call_alone(request: Request, operation: str, collectivity: str, about: UUID) -> IdempotentCall:
    """The call, known by its key and what it is about; raises the 400 problem without a key that nobody guesses."""
    key = request.headers.get("idempotency-key", "")
    if not _KEY.fullmatch(key):
        raise IDEMPOTENCY_KEY_MISSING.problem(
            "Envoyez dans l'en-tête Idempotency-Key une clé que personne ne devine, telle qu'un UUID aléatoire, de 20"
            " caractères au moins.",
            "Send a key that nobody guesses, such as a random UUID, of at least 20 characters in the Idempotency-Key"
            " header.",
        )
    body = parts_of(request).seals.told_apart(await request.body())
    return IdempotentCall(sha256(f"{collectivity}/{about}".encode()).digest(), operation, key, body)
