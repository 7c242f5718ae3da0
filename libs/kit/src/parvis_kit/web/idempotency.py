# SPDX-License-Identifier: EUPL-1.2
"""``Idempotency-Key`` on creating POSTs: the same key gets the first answer again, and the effect happens once.

IETF draft-ietf-httpapi-idempotency-key-header; the record is written in the transaction of the effect.
"""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.crypto.keys import MasterKey, SealingKey
from parvis_kit.db.database import Database
from parvis_kit.problems import IDEMPOTENCY_KEY_MISSING, IDEMPOTENCY_KEY_REUSED, IN_PROGRESS, Problem
from parvis_kit.security.principal import Principal

_KEY: Final = re.compile(r"[!-~]{1,255}")
_LOCK_NOT_AVAILABLE: Final = "55P03"

TABLE: Final = Path(__file__).with_suffix(".sql").read_text("utf-8")
_INSERT = text(
    "INSERT INTO idempotency_record (caller, operation, key, body_hash, answer)"
    " VALUES (:caller, :operation, :key, :body_hash, '') ON CONFLICT DO NOTHING RETURNING true"
)
_THIS: Final = "caller = :caller AND operation = :operation AND key = :key"
_FIND = text(f"SELECT body_hash, answer FROM idempotency_record WHERE {_THIS}")
_FILL = text(f"UPDATE idempotency_record SET answer = :answer WHERE {_THIS}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the first call was answered; the body is JSON text, written once for the answer and its record."""

    status: int
    headers: dict[str, str]
    body: bytes

    @classmethod
    def of(cls, model: BaseModel, headers: dict[str, str] | None = None, status: int = 201) -> "Answer":
        """The answer that shows a model."""
        return cls(status, headers or {}, model.model_dump_json().encode())

    def response(self, *, replayed: bool = False) -> Response:
        """The HTTP answer; a replayed one says so."""
        headers = self.headers | ({"Idempotency-Replayed": "true"} if replayed else {})
        return Response(self.body, self.status, headers, "application/json")


@dataclass(frozen=True, slots=True)
class IdempotentCall:
    """One call that must take effect once: (caller, method and path, key) and the hash of its body."""

    caller: bytes
    operation: str
    key: str
    body_hash: bytes

    def identity(self) -> dict[str, Any]:
        """Its primary key, as statement parameters."""
        return {"caller": self.caller, "operation": self.operation, "key": self.key}


def idempotent_call(request: Request, principal: Principal, body: bytes) -> IdempotentCall:
    """The call in hand; raises 400 when it has no usable ``Idempotency-Key``."""
    key = request.headers.get("idempotency-key", "")
    if not _KEY.fullmatch(key):
        raise IDEMPOTENCY_KEY_MISSING.problem(
            "Envoyez une clé unique (par exemple un UUID) dans l'en-tête Idempotency-Key.",
            "Send a unique key (a UUID for instance) in the Idempotency-Key header.",
        )
    operation = f"{request.method} {request.scope['path']}"
    return IdempotentCall(sha256(principal.key.encode()).digest(), operation, key, sha256(body).digest())


class Idempotency:
    """Remembers first answers, sealed: they may hold personal data for as long as they are kept."""

    def __init__(self, database: Database, master: MasterKey) -> None:
        self._database = database
        self._key: SealingKey = master.sealing("idempotency")

    async def once(self, call: IdempotentCall, effect: Callable[[AsyncSession], Awaitable[Answer]]) -> Response:
        """Run the effect in one transaction with its record, or replay the first answer."""
        async with self._database.unit_of_work() as uow:
            try:
                fresh = await uow.session.scalar(_INSERT, call.identity() | {"body_hash": call.body_hash})
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
                    raise in_progress() from error
                raise
            if not fresh:
                row = (await uow.session.execute(_FIND, call.identity())).one()
                return self.replay(call, row.body_hash, row.answer)
            answer = await effect(uow.session)
            await uow.session.execute(_FILL, call.identity() | {"answer": self.seal(answer)})
            await uow.commit()
        return answer.response()

    def seal(self, answer: Answer) -> bytes:
        """The answer as it is stored."""
        head = to_json([answer.status, answer.headers])
        return self._key.seal(head + b"\n" + answer.body, "answer")

    def replay(self, call: IdempotentCall, body_hash: bytes, sealed: bytes) -> Response:
        """The first answer again; raises 422 when the key was used with another body."""
        if body_hash != call.body_hash:
            raise IDEMPOTENCY_KEY_REUSED.problem(
                "Cette clé a déjà servi avec un autre contenu ; prenez-en une nouvelle.",
                "This key was already used with another body; take a new one.",
            )
        head, _, body = self._key.open(sealed, "answer").partition(b"\n")
        status, headers = json.loads(head)
        return Answer(status, headers, body).response(replayed=True)


def in_progress() -> Problem:
    """The 409 problem: the first call with this key has not ended yet."""
    return IN_PROGRESS.problem(
        "Attendez la fin du premier envoi, puis recommencez avec la même clé.",
        "Wait for the first call to end, then try again with the same key.",
        headers={"Retry-After": "2"},
    )
