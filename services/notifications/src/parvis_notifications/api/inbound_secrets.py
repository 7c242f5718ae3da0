# SPDX-License-Identifier: EUPL-1.2
"""The secrets with which a town's operators sign the text messages and calls that they bring."""

from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_notifications.api.context import now, parts_of, writer_of
from parvis_notifications.db import inbound_secrets
from parvis_notifications.db.inbound_tables import InboundSecret
from parvis_notifications.service.inbound_secrets import make_secret, revoke_secret, rotate_secret

routes = router(tags=["inbound"])
_PATH: Final = "/v1/inbound-secrets"
_ONE: Final = _PATH + "/{inbound_secret_id}"
Label = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]*$")]


class NewInboundSecret(BaseModel):
    """A secret for an operator, or for a connector in front of one."""

    model_config = ConfigDict(extra="forbid")

    label: Label = Field(description="Who signs with it.")


class NewInboundSecretKeys(BaseModel):
    """How long the former secret stays good."""

    model_config = ConfigDict(extra="forbid")

    overlap_hours: int = Field(
        default=24, ge=0, le=168, strict=True, description="How long what the former secret signs is taken as well."
    )


class InboundSecretView(BaseModel):
    """A secret, without what it is."""

    id: UUID
    label: str
    created_by: UUID
    created_at: AwareDatetime
    rotated_at: AwareDatetime | None
    former_ends_at: AwareDatetime | None = Field(description="Until then the former secret is good as well.")
    revoked_at: AwareDatetime | None
    last_used_at: AwareDatetime | None = Field(description="To the minute.")


class CreatedInboundSecretView(InboundSecretView):
    """A new secret; it is shown this once."""

    secret: str = Field(description="`whsec_` and base64, as Standard Webhooks writes it.")


@routes.post(
    _PATH,
    **token("notifications.keys.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="makeInboundSecret",
    status_code=201,
    response_model=CreatedInboundSecretView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def make(body: NewInboundSecret, request: Request) -> Response:
    """Make a secret for who brings text messages and calls; the answer shows it, and nothing shows it again."""
    writer, parts = writer_of(request), parts_of(request)

    async def effect(session: AsyncSession) -> Answer:
        row, shown = await make_secret(session, writer, body.label, parts.inbound_secrets, now())
        where = {"Location": f"{parts.runtime.settings.public_url}{_PATH}/{row.id}"}
        return _created(row, shown, where)

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    _PATH,
    **token("notifications.keys.read"),
    operation_id="listInboundSecrets",
    response_model=Page[InboundSecretView],
    responses=problems(400, 401, 403, 422),
)
async def list_(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """The collectivity's, newest first, without those of the settings; those that have ended stay in the list."""
    writer, runtime = writer_of(request), parts_of(request).runtime
    bound = ["inbound-secrets", writer.collectivity]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await inbound_secrets.page(session, writer.collectivity, place, limit)
    items, write = [_view(row) for row in found.rows], runtime.cursors.write
    response.headers["Cache-Control"] = "no-store"
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    _ONE,
    **token("notifications.keys.read"),
    operation_id="readInboundSecret",
    response_model=InboundSecretView,
    responses=problems(401, 403, 404, 422),
)
async def read(inbound_secret_id: UUID, request: Request, response: Response) -> object:
    """One of them, without what it is."""
    writer, runtime = writer_of(request), parts_of(request).runtime
    async with runtime.database.reading() as session:
        row = await inbound_secrets.one(session, writer.collectivity, inbound_secret_id)
    response.headers.update({"ETag": entity_tag(row.version), "Cache-Control": "no-store"})
    return _view(row)


@routes.post(
    _ONE + "/keys",
    **token("notifications.keys.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="rotateInboundSecret",
    status_code=201,
    response_model=CreatedInboundSecretView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def rotate(inbound_secret_id: UUID, body: NewInboundSecretKeys, request: Request) -> Response:
    """Make another secret in its place; for a while what the former one signs is taken as well."""
    writer, parts, overlap = writer_of(request), parts_of(request), timedelta(hours=body.overlap_hours)

    async def effect(session: AsyncSession) -> Answer:
        row, shown = await rotate_secret(
            session, writer, inbound_secret_id, overlap=overlap, sealing=parts.inbound_secrets, now=now()
        )
        return _created(row, shown, {})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.delete(
    _ONE,
    **token("notifications.keys.write", headers=[IF_MATCH]),
    operation_id="revokeInboundSecret",
    status_code=204,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def revoke(inbound_secret_id: UUID, request: Request) -> None:
    """End a secret at once and for good, and the former one where it was still good."""
    writer, version = writer_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await revoke_secret(uow.session, writer, inbound_secret_id, version=version, now=now())
        await uow.commit()


def _created(row: InboundSecret, shown: str, headers: dict[str, str]) -> Answer:
    view = CreatedInboundSecretView(**_view(row).model_dump(), secret=shown)
    return Answer.of(view, headers | {"ETag": entity_tag(row.version), "Cache-Control": "no-store"})


def _view(row: InboundSecret) -> InboundSecretView:
    return InboundSecretView(
        id=row.id,
        label=row.label,
        created_by=row.created_by,
        created_at=row.created_at,
        rotated_at=row.rotated_at,
        former_ends_at=row.former_ends_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
