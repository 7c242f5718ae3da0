# SPDX-License-Identifier: EUPL-1.2
"""Other bodies that handle requests of some types by Open311: administrators say which and how, agents read it."""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Text
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_kit.web.types import PlainText
from parvis_outside.destination import networks
from parvis_requests.api.agendas import Label
from parvis_requests.api.context import Parts, actor_of, now, parts_of
from parvis_requests.api.schemas import Input
from parvis_requests.api.views import instant
from parvis_requests.domain.forwarding import Sent, ServiceRule
from parvis_requests.service.open311_bodies import (
    Administration,
    BodyContent,
    KeptBody,
    add_body,
    drop_body,
    list_bodies,
    read_body,
    replace_body,
)
from parvis_requests.service.open311_endpoints import keys_of
from parvis_requests.service.workflow_definition import Code, Name

routes = router(tags=["administration"])
_READ: Final = "requests.catalogue.read"
_WRITE: Final = "requests.catalogue.write"
_LIMIT: Final = 262_144
_PATH: Final = "/v1/open311-bodies/{body_id}"
_Short = Annotated[PlainText, Field(min_length=1, max_length=200)]
_Status = Literal[
    "open", "closed", "fixed", "in_progress", "planned", "action_scheduled", "investigating", "duplicate",
    "not_councils_responsibility", "no_further_action", "internal_referral", "cancelled", "reopen", "for_triage",
]  # fmt: skip


class ForwardedService(Input):
    """How requests of a type become requests for a service of the body; nothing but what is named here is sent."""

    request_type: Code
    service_code: _Short
    sends: list[Sent] = Field(
        min_length=1,
        max_length=len(Sent),
        description="What is sent besides answers: `email`, `first_name`, `last_name` and `phone` only as somebody"
        " without an account has left them; `photo` the first photo, `photos` each (mySociety's endpoints), cleaned, as"
        " an address that is good for a week.",
    )
    attributes: dict[Name, _Short] = Field(
        default_factory=dict, max_length=60, description="The body's code of each answer that is sent, by our question."
    )
    acts: dict[_Status, Code] = Field(
        default_factory=dict,
        description="The act of our workflow that a state there brings about; the service does it (role `system`).",
    )
    messages: StrictBool = Field(default=False, description="Whether what the author writes afterwards is sent on.")
    relays: StrictBool = Field(
        default=False,
        description="Whether what came by Open311 goes there, too. Never where that body forwards to this one.",
    )

    @property
    def rule(self) -> ServiceRule:
        """In the domain's words."""
        acts = {str(status): action for status, action in self.acts.items()}
        sends = frozenset(self.sends)
        return ServiceRule(
            self.request_type, self.service_code, sends, self.attributes, acts, self.messages, self.relays
        )


class Open311BodyContent(Input):
    """A body, its endpoint of GeoReport v2, and what goes there."""

    name: Label
    endpoint: str = Field(
        min_length=8, max_length=2_000, description="The base address of its endpoint, such as https://…/open311/v2/."
    )
    format: Literal["json", "xml"] = "json"
    jurisdiction_id: _Short | None = None
    api_key: _Short | None = Field(
        default=None,
        description="Its key for us; kept sealed and never shown. Left out, a change keeps the former one.",
    )
    updates: StrictBool = Field(
        default=False, description="Whether it knows mySociety's `servicerequestupdates`; else it is asked for states."
    )
    idempotent: StrictBool = Field(
        default=False,
        description="Whether it files a request once by the header `Idempotency-Key`, as Parvis does. What another one"
        " did not answer is looked for there, and an agent decides.",
    )
    services: list[ForwardedService] = Field(default_factory=list, max_length=500)

    @property
    def content(self) -> BodyContent:
        """What the use case takes."""
        return BodyContent(
            name=Text(fr=self.name.fr, en=self.name.en),
            endpoint=self.endpoint,
            format=self.format,
            jurisdiction_id=self.jurisdiction_id,
            api_key=self.api_key,
            has_updates=self.updates,
            idempotent=self.idempotent,
            rules=[service.rule for service in self.services],
        )


class ForwardedServiceView(BaseModel):
    """How requests of a type become requests for a service of the body."""

    request_type: str
    service_code: str
    sends: list[Sent]
    attributes: dict[str, str]
    acts: dict[str, str]
    messages: bool
    relays: bool


class Open311BodyView(BaseModel):
    """A body; `failing_since_at` and `last_error` say since when it does not answer as it should, and how."""

    id: UUID
    name: Text
    endpoint: str
    format: str
    jurisdiction_id: str | None
    has_api_key: bool
    updates: bool
    idempotent: bool
    services: list[ForwardedServiceView]
    failing_since_at: datetime | None
    last_error: str | None
    version: int
    created_at: datetime
    updated_at: datetime


class Open311BodyList(BaseModel):
    """All of the collectivity's, the oldest first, at most 100."""

    items: list[Open311BodyView]


@routes.post(
    "/v1/open311-bodies",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY], body_limit=_LIMIT),
    operation_id="addOpen311Body",
    status_code=201,
    response_model=Open311BodyView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def add(body: Open311BodyContent, request: Request) -> Response:
    """Have requests of some types handled by another body: from then on they go there."""
    actor, parts = actor_of(request), parts_of(request)

    async def effect(session: AsyncSession) -> Answer:
        kept = await add_body(session, actor, body.content, _means(parts), now())
        return Answer.of(_view(kept), {"Location": f"/v1/open311-bodies/{kept.row.id}", **_headers(kept)})

    call = idempotent_call(request, principal_of(request), await request.body())
    answer = await parts.runtime.idempotency.once(call, effect)
    parts.catalogues.forget(actor.collectivity)
    return answer


@routes.get(
    "/v1/open311-bodies",
    **token(_READ),
    operation_id="listOpen311Bodies",
    response_model=Open311BodyList,
    responses=problems(401, 403, 422),
)
async def list_(request: Request, response: Response) -> Open311BodyList:
    """The bodies that the collectivity works with, and how each does."""
    async with parts_of(request).runtime.database.reading() as session:
        found = await list_bodies(session, actor_of(request))
    response.headers["Cache-Control"] = "no-store"
    return Open311BodyList(items=[_view(kept) for kept in found])


@routes.get(
    _PATH,
    **token(_READ),
    operation_id="readOpen311Body",
    response_model=Open311BodyView,
    responses=problems(401, 403, 404, 422),
)
async def read(body_id: UUID, request: Request, response: Response) -> Open311BodyView:
    """One of them."""
    async with parts_of(request).runtime.database.reading() as session:
        kept = await read_body(session, actor_of(request), body_id)
    response.headers.update(_headers(kept))
    return _view(kept)


@routes.put(
    _PATH,
    **token(_WRITE, headers=[IF_MATCH], body_limit=_LIMIT),
    operation_id="replaceOpen311Body",
    response_model=Open311BodyView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def replace(body_id: UUID, body: Open311BodyContent, request: Request, response: Response) -> Open311BodyView:
    """Say anew where it is and what goes there; it is called again at once."""
    actor, parts, version = actor_of(request), parts_of(request), required_version(request)
    async with parts.runtime.database.unit_of_work() as uow:
        kept = await replace_body(uow.session, actor, body_id, body.content, _means(parts), version=version, now=now())
        await uow.commit()
    parts.catalogues.forget(actor.collectivity)
    response.headers.update(_headers(kept))
    return _view(kept)


@routes.delete(
    _PATH,
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="dropOpen311Body",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def drop(body_id: UUID, request: Request) -> None:
    """Work with it no longer, once nothing is on its way or followed there."""
    actor, parts, version = actor_of(request), parts_of(request), required_version(request)
    async with parts.runtime.database.unit_of_work() as uow:
        await drop_body(uow.session, actor, body_id, version=version)
        await uow.commit()
    parts.catalogues.forget(actor.collectivity)


def _means(parts: Parts) -> Administration:
    runtime = parts.runtime
    return Administration(
        parts.catalogues, keys_of(runtime.master), networks(runtime.settings.open311_allowed_networks)
    )


def _view(kept: KeptBody) -> Open311BodyView:
    row = kept.row
    return Open311BodyView(
        id=row.id,
        name=Text.model_validate(row.name),
        endpoint=row.endpoint,
        format=row.format,
        jurisdiction_id=row.jurisdiction_id,
        has_api_key=row.api_key is not None,
        updates=row.has_updates,
        idempotent=row.idempotent,
        services=[_service(rule) for rule in kept.rules],
        failing_since_at=instant(row.failing_since) if row.failing_since else None,
        last_error=row.last_error,
        version=row.version,
        created_at=instant(row.created_at),
        updated_at=instant(row.updated_at),
    )


def _service(rule: ServiceRule) -> ForwardedServiceView:
    return ForwardedServiceView(
        request_type=rule.request_type,
        service_code=rule.service_code,
        sends=sorted(rule.sends),
        attributes=dict(rule.attributes),
        acts=dict(rule.acts),
        messages=rule.messages,
        relays=rule.relays,
    )


def _headers(kept: KeptBody) -> dict[str, str]:
    return {"ETag": entity_tag(kept.row.version), "Cache-Control": "no-store"}
