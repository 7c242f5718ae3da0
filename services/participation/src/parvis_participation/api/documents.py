# SPDX-License-Identifier: EUPL-1.2
"""Documents of processes and assemblies: agents send them in versions, everybody reads them."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Path, Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_files.content import HEIC
from parvis_files.route import FileRoute
from parvis_kit.problems import unavailable
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    problems,
    public,
    router,
    token,
)
from parvis_kit.web.types import PlainText
from parvis_participation.api.acting import chain_act, chained
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import agent_of, now, parts_of
from parvis_participation.api.views import instant
from parvis_participation.db import documents
from parvis_participation.domain.audience import PUBLIC
from parvis_participation.domain.document import MAX_BYTES, Owner
from parvis_participation.domain.survey_errors import AntivirusAwayError
from parvis_participation.service.documents import (
    KINDS,
    About,
    Content,
    check_owner,
    check_shown,
    cleaned,
    publish_document,
    replace_document,
    withdraw_document,
)

routes = router(tags=["documents"], route_class=FileRoute)
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_BODY: Final = {
    "required": True,
    "description": "A PDF, a JPEG, PNG, WebP or HEIC image (kept as JPEG), or an office document without macros (ODT,"
    " DOCX, XLSX), at most 20 MiB; recognised by content.",
    "content": dict.fromkeys((*KINDS, HEIC), _BINARY),
}
Title = Annotated[PlainText, Query(min_length=1, max_length=300, description="Its title, in its own language.")]
Tag = Annotated[
    str, Query(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35, description="Its language (BCP 47).")
]
Alternative = Annotated[
    PlainText | None,
    Query(
        min_length=1,
        max_length=2_000,
        description="For those who cannot read it as it is: what it says, or where an accessible version is.",
    ),
]


class DocumentVersionView(BaseModel):
    """One file of a document."""

    number: int = Field(description="1 for the first.")
    media_type: str
    size: int = Field(description="In bytes.")
    sha256: str = Field(description="Of its bytes, in hexadecimal.")
    published_at: datetime
    path: str = Field(description="Where everybody reads it, once what it belongs to is published.")


class DocumentView(BaseModel):
    """A document with all its versions, the newest last."""

    id: UUID
    title: str
    language: str = Field(description="BCP 47.")
    alternative: str | None = Field(description="For those who cannot read it as it is.")
    version: int
    changed_at: datetime
    versions: list[DocumentVersionView]


class DocumentsView(BaseModel):
    """The documents of a process or an assembly, the newest first."""

    items: list[DocumentView]


def _sending(scope: str, *more: dict[str, Any]) -> dict[str, Any]:
    options = token(scope, headers=[IDEMPOTENCY_KEY, *more], body_limit=MAX_BYTES, timeout=90)
    options["openapi_extra"]["requestBody"] = _BODY
    return options


def _add_writing(owner: Owner, plural: str) -> None:
    """The operations by which agents send documents of one kind of owner."""
    name, write = owner.value.title(), f"participation.{plural}.write"
    all_ = f"/v1/{plural}/{{{owner}_id}}/documents"
    OwnerId = Annotated[UUID, Path(alias=f"{owner}_id")]  # noqa: N806 - it is a type

    @routes.post(
        all_,
        **_sending(write),
        operation_id=f"send{name}Document",
        status_code=201,
        response_model=DocumentView,
        responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
    )
    async def send(
        owner_id: OwnerId, request: Request, title: Title, language: Tag, alternative: Alternative = None
    ) -> Response:
        """Publish a document with it. What a camera wrote into an image is removed; other files stay as they came."""
        agent, parts, at = agent_of(request), parts_of(request), now()
        file = await _file(request, owner, owner_id)
        about = About(title, language, alternative)

        async def effect(session: AsyncSession) -> Answer:
            made = await publish_document(session, (agent.collectivity, owner, owner_id), about, file, now=at)
            return Answer.of(document_view(made), {"ETag": entity_tag(made.row.version)})

        call = idempotent_call(request, agent, await request.body() + request.url.query.encode())
        return await parts.runtime.idempotency.once(call, chained(request, effect))

    @routes.post(
        f"{all_}/{{document_id}}/versions",
        **_sending(write, IF_MATCH),
        operation_id=f"replace{name}Document",
        status_code=201,
        response_model=DocumentView,
        responses=problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 428),
    )
    async def replace(
        owner_id: OwnerId,
        document_id: UUID,
        request: Request,
        title: Title,
        language: Tag,
        alternative: Alternative = None,
    ) -> Response:
        """Publish a newer version of it; those of before stay, for who was led there."""
        agent, parts, at, version = agent_of(request), parts_of(request), now(), required_version(request)
        file = await _file(request, owner, owner_id)
        about, which = About(title, language, alternative), (agent.collectivity, owner, owner_id, document_id)

        async def effect(session: AsyncSession) -> Answer:
            made = await replace_document(session, which, about, file, version=version, now=at)
            return Answer.of(document_view(made), {"ETag": entity_tag(made.row.version)})

        call = idempotent_call(request, agent, await request.body() + request.url.query.encode())
        return await parts.runtime.idempotency.once(call, chained(request, effect))

    @routes.delete(
        f"{all_}/{{document_id}}",
        **token(write, headers=[IF_MATCH]),
        operation_id=f"withdraw{name}Document",
        status_code=204,
        responses=problems(401, 403, 404, 412, 422, 428),
    )
    async def withdraw(owner_id: OwnerId, document_id: UUID, request: Request) -> Response:
        """Take a document back with all its versions; the town's acts say that it was there."""
        agent, version = agent_of(request), required_version(request)
        which = agent.collectivity, owner, owner_id, document_id
        async with parts_of(request).runtime.database.unit_of_work() as uow:
            await withdraw_document(uow.session, which, version=version, now=now())
            await chain_act(request, uow.session)
            await uow.commit()
        return Response(status_code=204)


def _add_reading(owner: Owner, plural: str) -> None:
    """The operations that list documents of one kind of owner."""
    name, read = owner.value.title(), f"participation.{plural}.read"
    everybody = f"/v1/collectivities/{{collectivity}}/{plural}/{{{owner}_id}}/documents"
    OwnerId = Annotated[UUID, Path(alias=f"{owner}_id")]  # noqa: N806 - it is a type

    @routes.get(
        f"/v1/{plural}/{{{owner}_id}}/documents",
        **token(read),
        operation_id=f"listOwn{name}Documents",
        response_model=DocumentsView,
        responses=problems(401, 403, 404, 422),
    )
    async def own(owner_id: OwnerId, request: Request, response: Response) -> DocumentsView:
        """All its documents, those of a draft too."""
        agent = agent_of(request)
        async with parts_of(request).runtime.database.reading() as session:
            await check_owner(session, agent.collectivity, owner, owner_id, lock=False)
            found = await documents.all_of(session, agent.collectivity, owner_id)
        response.headers["Cache-Control"] = "no-store"
        return DocumentsView(items=[document_view(each) for each in found])

    @routes.get(
        everybody,
        **public(),
        operation_id=f"list{name}Documents",
        response_model=DocumentsView,
        responses=problems(404, 422),
    )
    async def list_(
        collectivity: Collectivity, owner_id: OwnerId, request: Request, response: Response
    ) -> DocumentsView:
        """Its documents, the newest first, each with its versions, language and accessible alternative."""
        async with parts_of(request).runtime.database.reading() as session:
            await check_shown(session, collectivity, owner, owner_id, PUBLIC)
            found = await documents.all_of(session, collectivity, owner_id)
        response.headers["Cache-Control"] = "public, no-cache"
        return DocumentsView(items=[document_view(each) for each in found])


for _owner, _plural in ((Owner.PROCESS, "processes"), (Owner.ASSEMBLY, "assemblies")):
    _add_writing(_owner, _plural)
    _add_reading(_owner, _plural)


def document_view(found: documents.Versioned) -> DocumentView:
    """What is told of a document that is there."""
    row, plural = found.row, {"process": "processes", "assembly": "assemblies"}[found.row.owner]
    page = f"/v1/collectivities/{row.collectivity}/{plural}/{row.owner_id}/documents/{row.id}/versions"
    return DocumentView(
        id=row.id,
        title=row.title or "",
        language=row.language,
        alternative=row.alternative,
        version=row.version,
        changed_at=instant(row.changed_at),
        versions=[
            DocumentVersionView(
                number=each.number,
                media_type=each.media_type,
                size=each.size,
                sha256=each.digest.hex(),
                published_at=instant(each.created_at),
                path=f"{page}/{each.number}",
            )
            for each in found.versions
        ],
    )


async def _file(request: Request, owner: Owner, owner_id: UUID) -> Content:
    """What came in, as it is kept; nothing is cleaned for an owner that the town does not have."""
    parts, content = parts_of(request), await request.body()
    async with parts.runtime.database.reading() as session:
        await check_owner(session, agent_of(request).collectivity, owner, owner_id, lock=False)
    try:
        return await cleaned(content, parts.filing.look)
    except AntivirusAwayError as error:
        raise unavailable() from error
