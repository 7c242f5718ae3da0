# SPDX-License-Identifier: EUPL-1.2
"""From the body of a submission to its command, and from the new request to its first answer."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_kit.web.etag import entity_tag
from parvis_kit.web.idempotency import Answer, IdempotentCall
from parvis_kit.web.operation import principal_of
from parvis_requests.api.context import actor_of, language_of, now, on_behalf, parts_of
from parvis_requests.api.schemas import Asked, AskedWithFiles, NewRequest, RequestView
from parvis_requests.api.views import new_request_view
from parvis_requests.db import attachments as stored
from parvis_requests.db.hot import NewRequest as Submitted
from parvis_requests.db.tables import Attachment
from parvis_requests.domain.asking import Asker, Channel
from parvis_requests.domain.position import Position
from parvis_requests.domain.reception import Reception
from parvis_requests.domain.request import Actor, OnBehalf
from parvis_requests.domain.workflow import AUTHOR
from parvis_requests.service.certify_answer import certified_answers
from parvis_requests.service.submit_request import SubmitRequest, submit_request


async def filed(
    request: Request,
    command: SubmitRequest,
    attachments: list[Attachment],
    call: IdempotentCall,
    *,
    dress: Callable[[RequestView], RequestView] = lambda view: view,
    roles: frozenset[str] = frozenset({AUTHOR}),
    location: str | None = None,
) -> Response:
    """Store the request and answer it as ``dress`` shows it; the answer's record is stored in the same transaction."""
    parts, language = parts_of(request), language_of(request)
    catalogue = await parts.catalogues.of(command.collectivity)
    answers: list[Answer] = []

    def seal_answer(new: Submitted) -> bytes:
        view = dress(new_request_view(new, dict(command.answers), attachments, catalogue, language, roles))
        headers = filed_headers(new, language)
        answers[:] = [Answer.of(view, headers | ({"Location": location} if location else {}))]
        return parts.runtime.idempotency.seal(answers[0])

    await submit_request(
        command,
        call,
        seal_answer,
        catalogues=parts.catalogues,
        persons=parts.runtime.persons,
        submission=parts.submission,
        index=parts.runtime.blind_index,
        now=now(),
    )
    return answers[0].response()


def filed_headers(new: Submitted, language: Language) -> dict[str, str]:
    """What is said of a request that was just filed, beside its view."""
    return {
        "Location": f"/v1/requests/{new.request.id}",
        "ETag": entity_tag(new.request.version, language),
        "Content-Language": language,
        "Cache-Control": "no-store",
    }


def command_of(
    body: Asked,
    collectivity: str,
    author: UUID,
    client_id: str,
    asker: Asker,
    by: OnBehalf | None = None,
    **joined: Any,
) -> SubmitRequest:
    """What is asked for, in the words of the use case; ``joined`` is what :func:`joining` says of its files."""
    return SubmitRequest(
        collectivity=collectivity,
        author=author,
        client_id=client_id,
        by=by,
        type_code=body.request_type,
        description=body.description,
        answers=body.answers,
        position=Position(*body.position.coordinates) if body.position else None,
        address=body.address,
        asker=asker,
        **joined,
    )


class Received(Protocol):
    """A body that may say on which day the town received what is asked for."""

    @property
    def received_on(self) -> date | None:
        """That day."""

    @property
    def period_over(self) -> bool:
        """Whether the agent knows that the legal period is over by that."""


def reception_of(body: Received) -> Reception | None:
    """When it was received, where the body says it."""
    return Reception(body.received_on, body.period_over) if body.received_on else None


class Submitting:
    """One submission in hand."""

    def __init__(self, request: Request, body: NewRequest) -> None:
        self._request = request
        self._body = body
        self._parts = parts_of(request)

    async def submit(self, call: IdempotentCall) -> Response:
        """Store the request and answer it; raises what :func:`submit_request` raises."""
        attachments = await self._attachments()
        command = await self._certified(self._command(attachments))
        return await filed(self._request, command, attachments, call)

    async def _certified(self, command: SubmitRequest) -> SubmitRequest:
        ids, runtime = list(dict.fromkeys(self._body.certified_answers)), self._parts.runtime
        if not ids:
            return command
        since = now() - timedelta(hours=runtime.settings.upload_retention_hours)
        async with runtime.database.reading() as session:
            answers, known = await certified_answers(
                session,
                actor_of(self._request),
                ids,
                command.type_code,
                command.answers,
                persons=runtime.persons,
                since=since,
            )
        return replace(command, answers=answers, certified=known)

    def _command(self, attachments: list[Attachment]) -> SubmitRequest:
        principal, body = principal_of(self._request), self._body
        by = on_behalf(principal)
        asker = Asker(
            has_account=True,
            by_agent=by is not None and by.is_agent,
            channel=body.channel or Channel.ONLINE,
            assurance=principal.acr,
        )
        joined = joining(body, attachments)
        said = reception_of(body)
        town, client = principal.collectivity, principal.client_id
        return command_of(body, town, principal.person, client, asker, by, received=said, **joined)

    async def _attachments(self) -> list[Attachment]:
        if not (self._body.attachments or self._body.documents):
            return []
        async with self._parts.runtime.database.reading() as session:
            return await uploads_of(session, actor_of(self._request), self._body)


def joining(body: AskedWithFiles, attachments: Sequence[Attachment]) -> dict[str, Any]:
    """What of a submission says which files join it."""
    return {
        "attachments": tuple(dict.fromkeys(body.attachments)),
        "documents": {code: tuple(dict.fromkeys(ids)) for code, ids in body.documents.items() if ids},
        "files": tuple(stored.file(attachment) for attachment in attachments),
    }


async def uploads_of(session: AsyncSession, actor: Actor, body: AskedWithFiles) -> list[Attachment]:
    """The actor's uploads that are to join, each as the document that it is."""
    documents = {id_: code for code, ids in body.documents.items() for id_ in ids}
    wanted = list(dict.fromkeys([*documents, *body.attachments]))
    found = await stored.owned(session, actor, wanted) if wanted else []
    for attachment in found:
        attachment.document = documents.get(attachment.id)
    return sorted(found, key=lambda attachment: attachment.id)
