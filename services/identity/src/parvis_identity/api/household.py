# SPDX-License-Identifier: EUPL-1.2
"""The children of one's own household; the token to act for one comes of a token exchange."""

from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.context import now, parts_of
from parvis_identity.domain.birth_date import precision_of
from parvis_identity.domain.person import Identity, Person
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token
from parvis_kit.web.types import PlainText

routes = router(tags=["people"])
_PRIVATE: Final = {"Cache-Control": "no-store"}


def _day(text: str) -> str:
    precision_of(text)
    return text


class ChildBody(BaseModel):
    """A child, as the parent declares it."""

    model_config = ConfigDict(extra="forbid")

    given_names: PlainText = Field(min_length=1, max_length=200)
    family_name: PlainText = Field(min_length=1, max_length=200)
    birth_date: Annotated[str, AfterValidator(_day)] = Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="`YYYY-MM-DD`."
    )


class ChildView(BaseModel):
    """A child of the household."""

    id: UUID = Field(description="The `subject_token` of the parent's exchange, and the `sub` of what comes of it.")
    given_names: str | None
    family_name: str | None
    birth_date: str | None
    proof: Literal["declared"] = Field(description="What the parenthood rests on.")


class ChildListView(BaseModel):
    """The children, in the order in which they were declared."""

    items: list[ChildView]


@routes.get(
    "/v1/me/children",
    **token("identity.profile.read"),
    operation_id="listChildren",
    response_model=ChildListView,
    responses=problems(401, 403),
)
async def list_children(request: Request) -> Response:
    """The children whom the caller declared."""
    found = await parts_of(request).about_people.household.children(principal_of(request))
    view = ChildListView(items=[_view(child) for child in found])
    return Response(view.model_dump_json(), 200, _PRIVATE, "application/json")


@routes.post(
    "/v1/me/children",
    **token("identity.profile.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="declareChild",
    status_code=201,
    response_model=ChildView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def declare_child(body: ChildBody, request: Request) -> Response:
    """Declare a child under 18; a service that needs a proof asks for it."""
    caller, about = principal_of(request), parts_of(request).about_people

    async def effect(session: AsyncSession) -> Answer:
        child = await about.household.declare(session, caller, Identity(**body.model_dump()), now())
        return Answer.of(_view(child), _PRIVATE)

    return await about.idempotency.once(idempotent_call(request, caller, await request.body()), effect)


@routes.post(
    "/v1/me/children/{child_id}/removals",
    **token("identity.profile.write"),
    operation_id="removeChild",
    status_code=204,
    response_class=Response,
    responses=problems(401, 403, 404, 422),
)
async def remove_child(child_id: UUID, request: Request) -> Response:
    """The child is of the household no longer: the caller acts for it no more."""
    await parts_of(request).about_people.household.remove(principal_of(request), child_id, now())
    return Response(None, 204, _PRIVATE)


def _view(child: Person) -> ChildView:
    identity = child.identity
    return ChildView(
        id=child.id,
        given_names=identity.given_names,
        family_name=identity.family_name,
        birth_date=identity.birth_date,
        proof="declared",
    )
