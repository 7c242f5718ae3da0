# SPDX-License-Identifier: EUPL-1.2
"""Submits requests as far as the database is concerned, in a process of its own.

From a checked request to a durable one: the seal of the answers with the person's key, the event, the sealed record of
the answer, the data-modifying statement (state, history, outbox, idempotency), the hint to the relay.
"""

import asyncio
import contextlib
import itertools
import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid4

from pydantic_core import to_json
from starlette.requests import Request

from parvis_bench import child
from parvis_bench.load import Load
from parvis_bench.town import BODY, COLLECTIVITY, Town, plain
from parvis_kit.ids import uuid7
from parvis_kit.messaging.events import Event
from parvis_kit.process import run
from parvis_kit.runtime import Runtime, open_runtime
from parvis_kit.security.principal import Principal, PrincipalKind
from parvis_kit.web.idempotency import Answer, IdempotentCall
from parvis_requests.api.schemas import NewRequest as Body
from parvis_requests.api.submission import Submitting
from parvis_requests.db.hot import NewRequest, ReferenceTakenError, Submission
from parvis_requests.domain.reference import new_reference
from parvis_requests.events import submitted
from parvis_requests.main import public_app
from parvis_requests.settings import MIGRATIONS, Settings

_BODY_HASH: Final = sha256(json.dumps(BODY).encode()).digest()
_WARM_UP_SECONDS: Final = 0.5


def run_submissions(town: Town, *, seconds: float, tasks: int = 16) -> Load:
    """Submit for so many seconds with so many tasks."""
    return Load(**child.ask("submitting", {**asked_of(town), "seconds": seconds, "tasks": tasks}, seconds=seconds + 30))


def asked_of(town: Town) -> dict[str, Any]:
    """What a process of its own must know of a town, as JSON takes it."""
    return {"settings": plain(town.settings), "people": [str(person) for person in town.people]}


class _Taken(Submission):
    """The hot statement, with the last request that it stored."""

    last: NewRequest

    async def store(self, new: NewRequest, call: IdempotentCall, answer: bytes, event: Event) -> None:
        self.last = new
        await super().store(new, call, answer, event)


class Submitter:
    """Submits requests, each by the next of these people: the first one whole, the others as the database sees them."""

    def __init__(self, runtime: Runtime[Settings], people: list[UUID]) -> None:
        self._runtime = runtime
        self._people = itertools.cycle(people)
        self._submission = _Taken(runtime.database)
        self._answer = Answer(201, {}, b"")

    async def begin(self) -> None:
        """Submit one request by the whole shipped way but HTTP; the others take its contents."""
        app = public_app(self._runtime)
        app.state.parts = replace(app.state.parts, submission=self._submission)
        caller = self._caller(next(self._people))
        request = Request({"type": "http", "app": app, "headers": [], "state": {"principal": caller, "language": "fr"}})
        answer = await Submitting(request, Body.model_validate(BODY)).submit(_call(caller))
        self._answer = Answer(answer.status_code, dict(answer.headers), bytes(answer.body))

    async def submit_until(self, end: float) -> int:
        """Submit until that moment; returns how many."""
        count = 0
        while time.monotonic() < end:
            # After some ten thousand requests a random reference can be one that there is; the use case draws another.
            with contextlib.suppress(ReferenceTakenError):
                await self.one()
                count += 1
        return count

    async def one(self) -> str:
        """Seal, store and tell one request; returns its id once it is durable."""
        person, now = next(self._people), datetime.now(UTC)
        key = await self._runtime.persons.of(person)
        request = replace(
            self._submission.last.request,
            id=uuid7(),
            reference=new_reference("R", now.year),
            author=person,
            created_at=now,
        )
        sealed = key.seal_bytes("request.answers", to_json(BODY["answers"]))
        new = replace(self._submission.last, request=request, sealed_answers=sealed)
        answer = self._runtime.idempotency.seal(self._answer)
        await self._submission.store(new, _call(self._caller(person)), answer, submitted(request, now))
        return str(request.id)

    @staticmethod
    def _caller(person: UUID) -> Principal:
        return Principal(PrincipalKind.CITIZEN, str(person), COLLECTIVITY, "demo-portal", frozenset())


def _call(caller: Principal) -> IdempotentCall:
    return IdempotentCall(sha256(caller.key.encode()).digest(), "POST /v1/requests", str(uuid4()), _BODY_HASH)


async def _main() -> None:
    done = await _run(child.question())
    child.answer({"answers": done.answers, "seconds": done.seconds})


async def _run(asked: dict[str, Any]) -> Load:
    settings = Settings.model_validate(asked["settings"])
    people = [UUID(person) for person in asked["people"]]
    async with open_runtime("requests", "bench", settings, MIGRATIONS) as runtime:
        waking = asyncio.create_task(runtime.waker.run())
        submitter = Submitter(runtime, people)
        # As a process that has been at work for a while: connected, with the catalogue and the people's keys at hand.
        await submitter.begin()
        await submitter.submit_until(time.monotonic() + _WARM_UP_SECONDS)
        await runtime.persons.of_many(set(people))
        started = time.monotonic()
        counts = await asyncio.gather(
            *(submitter.submit_until(started + asked["seconds"]) for _ in range(asked["tasks"]))
        )
        seconds = time.monotonic() - started
        waking.cancel()
    return Load(sum(counts), seconds)


if __name__ == "__main__":
    run(_main())
