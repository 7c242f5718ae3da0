# SPDX-License-Identifier: EUPL-1.2
"""Dead letters over the API of a service: each collectivity's own, for its administrators."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.problems import FORBIDDEN
from parvis_kit.runtime import Runtime
from parvis_kit.security.assurance import MULTI_FACTOR
from parvis_kit.security.principal import Principal, PrincipalKind
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token
from parvis_letters import reading, settling
from parvis_letters.letter import LetterState
from parvis_letters.problems import told
from parvis_letters.views import LetterSummaryView, LetterView, NewDiscard, NewRedrive, letter_view, summary_view

JUST_NOW: Final = {"acr_values": list(MULTI_FACTOR), "max_age": 1_800}
"""What changes data behind the back of their service: by two factors, in the last half hour."""
Consumer = Annotated[str, Query(max_length=100, pattern=r"^[a-z0-9-]+$")]


def letter_scopes(service: str) -> tuple[tuple[str, str], ...]:
    """The scopes of these operations at that service, with their French descriptions."""
    return (
        (f"{service}.dead-letters.read", "Lire les événements que le service n'a pas pu traiter"),
        (
            f"{service}.dead-letters.write",
            "Réparer, renvoyer ou écarter les événements que le service n'a pas pu traiter",
        ),
    )


def letter_routes(service: str) -> APIRouter:
    """The operations of that service; each service has its own path, for a path leads to one service."""
    routes, path, name = router(tags=["dead-letters"]), f"/v1/dead-letters/{service}", service.capitalize()
    reads, writes = (scope for scope, _ in letter_scopes(service))

    @routes.get(
        path,
        **token(reads),
        operation_id=f"list{name}DeadLetters",
        response_model=Page[LetterSummaryView],
        responses=problems(400, 401, 403, 422),
    )
    async def list_(
        request: Request,
        response: Response,
        state: Annotated[list[LetterState], Query(default_factory=list, max_length=3)],
        consumer: Annotated[list[Consumer], Query(default_factory=list, max_length=10)],
        limit: Limit = 20,
        cursor: CursorParameter = None,
    ) -> object:
        """What this service could not handle of the caller's collectivity, the newest first."""
        caller, runtime = _caller(request), _runtime(request)
        bound = ["dead-letters", caller.collectivity, *map(str, state), *consumer]
        place = runtime.cursors.read(cursor, bound)
        async with runtime.database.reading() as session:
            found = await reading.page(session, caller.collectivity, state, consumer, place, limit)
        response.headers["Cache-Control"] = "no-store"
        write = runtime.cursors.write
        items = [summary_view(letter) for letter in found.rows]
        return paged(request, response, items, write(found.next, bound), write(found.previous, bound))

    @routes.get(
        f"{path}/{{letter_id}}",
        **token(reads),
        operation_id=f"read{name}DeadLetter",
        response_model=LetterView,
        responses=problems(401, 403, 404, 422),
    )
    async def read(letter_id: UUID, request: Request, response: Response) -> LetterView:
        """A dead letter whole: the event's attributes and data, why it could not be handled, what became of it."""
        caller = _caller(request)
        with told():
            async with _runtime(request).database.reading() as session:
                letter = await reading.one(session, caller.collectivity, letter_id)
        response.headers["Cache-Control"] = "no-store"
        return letter_view(letter)

    @routes.post(
        f"{path}/{{letter_id}}/redrives",
        **token(writes, headers=[IDEMPOTENCY_KEY], sign_in=JUST_NOW),
        operation_id=f"redrive{name}DeadLetter",
        status_code=202,
        response_model=LetterView,
        responses=problems(400, 401, 403, 404, 409, 413, 422),
    )
    async def redrive(letter_id: UUID, body: NewRedrive, request: Request) -> Response:
        """Send it to its consumer again, as it came or with mended data; before what waits of the same aggregate."""
        caller = _caller(request)

        async def effect(session: AsyncSession) -> Answer:
            with told():
                letter = await settling.redrive(
                    session,
                    letter_id,
                    caller.subject,
                    now=datetime.now(UTC),
                    collectivity=caller.collectivity,
                    data=body.data,
                )
            return Answer.of(letter_view(letter), {"Location": f"{path}/{letter_id}"}, 202)

        return await _once(request, caller, effect)

    @routes.post(
        f"{path}/{{letter_id}}/discards",
        **token(writes, headers=[IDEMPOTENCY_KEY], sign_in=JUST_NOW),
        operation_id=f"discard{name}DeadLetter",
        status_code=201,
        response_model=LetterView,
        responses=problems(400, 401, 403, 404, 409, 413, 422),
    )
    async def discard(letter_id: UUID, body: NewDiscard, request: Request) -> Response:
        """Put it aside for good, and say why."""
        caller = _caller(request)

        async def effect(session: AsyncSession) -> Answer:
            with told():
                letter = await settling.discard(
                    session,
                    letter_id,
                    caller.subject,
                    body.reason,
                    now=datetime.now(UTC),
                    collectivity=caller.collectivity,
                )
            return Answer.of(letter_view(letter))

        return await _once(request, caller, effect)

    return routes


async def _once(request: Request, caller: Principal, effect: Any) -> Response:
    call = idempotent_call(request, caller, await request.body())
    return await _runtime(request).idempotency.once(call, effect)


def _runtime(request: Request) -> Runtime[Any]:
    runtime: Runtime[Any] = request.app.state.runtime
    return runtime


def _caller(request: Request) -> Principal:
    caller = principal_of(request)
    if caller.kind not in {PrincipalKind.AGENT, PrincipalKind.SYSTEM}:
        raise FORBIDDEN.problem(
            "Seuls un agent ou une application de la collectivité voient cela.",
            "Only an agent or a system of the collectivity sees this.",
        )
    return caller
