# SPDX-License-Identifier: EUPL-1.2
"""The files of documents: everybody reads those of what everybody sees, people signed in and agents those of more."""

from collections.abc import Collection
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import entity_tag, not_modified
from parvis_kit.web.operation import IF_NONE_MATCH, NOT_MODIFIED, problems, public, router, token
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import agent_of, citizen_of, parts_of
from parvis_participation.api.documents import DocumentsView, document_view
from parvis_participation.db import documents
from parvis_participation.domain.audience import PUBLIC, SIGNED_IN, Visibility
from parvis_participation.domain.document import Owner
from parvis_participation.service.documents import KINDS, check_shown, find_version

routes = router(tags=["documents"])
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_FILE: Final[dict[int | str, dict[str, Any]]] = {200: {"content": dict.fromkeys(KINDS, _BINARY)}}
_SAFE: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Content-Disposition": "attachment",
}
_VISIBLE: Final = "/v1/visible-processes/{process_id}/documents"
Number = Annotated[int, Path(ge=1, le=1_000_000, description="Which version, 1 for the first.")]


def _add(owner: Owner, plural: str) -> None:
    """The operations that read files of one kind of owner."""
    name, read = owner.value.title(), f"participation.{plural}.read"
    one = f"/{plural}/{{{owner}_id}}/documents/{{document_id}}/versions/{{number}}"
    OwnerId = Annotated[UUID, Path(alias=f"{owner}_id")]  # noqa: N806 - it is a type

    @routes.get(
        f"/v1{one}",
        **token(read),
        operation_id=f"readOwn{name}Document",
        response_class=Response,
        responses=problems(401, 403, 404, 422) | _FILE,
    )
    async def own(owner_id: OwnerId, document_id: UUID, number: Number, request: Request) -> Response:
        """One version of a document, of a draft too, to be saved."""
        return await _answer(request, (agent_of(request).collectivity, owner, owner_id, document_id), number, None)

    @routes.get(
        f"/v1/collectivities/{{collectivity}}{one}",
        **public(headers=[IF_NONE_MATCH]),
        operation_id=f"read{name}Document",
        response_class=Response,
        responses=problems(404, 422) | _FILE | NOT_MODIFIED,
    )
    async def read_(
        collectivity: Collectivity, owner_id: OwnerId, document_id: UUID, number: Number, request: Request
    ) -> Response:
        """One version of a document, to be saved: no browser opens it as a page of this address."""
        which = collectivity, owner, owner_id, document_id
        async with parts_of(request).runtime.database.reading() as session:
            found = await find_version(session, which, number, PUBLIC, whole=False)
            tag = entity_tag(number, found.digest.hex()[:16])
            known = not_modified(request, tag)
            whole = None if known else await find_version(session, which, number, PUBLIC, whole=True)
        headers = _SAFE | {"Cache-Control": "public, no-cache", "ETag": tag}
        if whole is None:
            return Response(None, 304, headers)
        return Response(whole.content, headers=headers, media_type=whole.media_type)


for _owner, _plural in ((Owner.PROCESS, "processes"), (Owner.ASSEMBLY, "assemblies")):
    _add(_owner, _plural)


@routes.get(
    _VISIBLE,
    **token("participation.follows.read"),
    operation_id="listVisibleProcessDocuments",
    response_model=DocumentsView,
    responses=problems(401, 403, 404, 422),
)
async def visible(process_id: UUID, request: Request, response: Response) -> DocumentsView:
    """The documents of a published process of one's town that one sees, signed in, the newest first."""
    town = citizen_of(request).collectivity
    async with parts_of(request).runtime.database.reading() as session:
        await check_shown(session, town, Owner.PROCESS, process_id, SIGNED_IN)
        found = await documents.all_of(session, town, process_id)
    response.headers["Cache-Control"] = "no-store"
    return DocumentsView(items=[document_view(each) for each in found])


@routes.get(
    f"{_VISIBLE}/{{document_id}}/versions/{{number}}",
    **token("participation.follows.read"),
    operation_id="readVisibleProcessDocument",
    response_class=Response,
    responses=problems(401, 403, 404, 422) | _FILE,
)
async def read_visible(process_id: UUID, document_id: UUID, number: Number, request: Request) -> Response:
    """One version of a document of such a process, to be saved."""
    which = citizen_of(request).collectivity, Owner.PROCESS, process_id, document_id
    return await _answer(request, which, number, SIGNED_IN)


async def _answer(
    request: Request, which: tuple[str, Owner, UUID, UUID], number: int, to: Collection[Visibility] | None
) -> Response:
    async with parts_of(request).runtime.database.reading() as session:
        found = await find_version(session, which, number, to, whole=True)
    return Response(found.content, headers=_SAFE | {"Cache-Control": "no-store"}, media_type=found.media_type)
