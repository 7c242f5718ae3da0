# SPDX-License-Identifier: EUPL-1.2
"""Who people are who asked a town for something, on the internal port."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from parvis_identity.api.context import now, parts_of
from parvis_identity.domain.person import Identity, Person
from parvis_identity.service.read_particulars import MAX_NAMES
from parvis_kit.web.operation import principal_of, problems, router, token

routes = router(tags=["internal"])
_SCOPE = "identity.particulars.read"
_SLUG = r"^[a-z][a-z0-9-]{1,31}$"


class NamesView(BaseModel):
    """What somebody is called; a member is null where it is not known."""

    given_name: str | None = Field(description="The first of the civil first names.")
    family_name: str | None = Field(description="The name that they use, else the one at birth.")


class ReachedView(NamesView):
    """The same with where they are reached."""

    language: str
    email: str | None
    email_verified: bool = Field(description="Whether they showed that they read what is sent there.")
    phone: str | None = Field(description="E.164, where it is a number that can be called.")
    phone_verified: bool = Field(description="Whether the number was shown to be theirs.")


class ParticularsView(ReachedView):
    """Names and contact points of an account."""

    person: UUID = Field(description="The account, after all merges.")
    certifier: str | None = Field(description="Who vouches for the civil status; null where it is declared alone.")
    postal_address: list[str] | None = Field(description="The lines of an envelope, the name first.")
    parent: ReachedView | None = Field(description="Who declared them, for a child that is reached through them.")


class AskedNames(BaseModel):
    """People on one page of an agent."""

    model_config = ConfigDict(extra="forbid")

    collectivity: Annotated[str, Field(pattern=_SLUG, description="Whose agents read the names.")]
    people: list[UUID] = Field(min_length=1, max_length=MAX_NAMES)


class NamedView(NamesView):
    """One of those who were asked for, by the id that was asked for."""

    person: UUID


class NamedPeopleView(BaseModel):
    """Those who are known, in the order in which they were asked for."""

    items: list[NamedView]


@routes.get(
    "/internal/v1/people/{person_id}/particulars",
    **token(_SCOPE),
    operation_id="readParticulars",
    response_model=ParticularsView,
    responses=problems(401, 403, 404, 422),
)
async def read(
    person_id: UUID,
    request: Request,
    collectivity: Annotated[str, Query(pattern=_SLUG, description="Whose agents handle what the person asked for.")],
) -> ParticularsView:
    """Who somebody is and how they are reached, for a service of Parvis's own; they are told of each reading."""
    reading = parts_of(request).read_particulars
    found = await reading.of(person_id, collectivity, principal_of(request), now())
    return ParticularsView(
        **_reached(found.person),
        person=found.person.id,
        certifier=found.certifier,
        postal_address=found.home.envelope(found.person.identity.display_name) if found.home else None,
        parent=ReachedView(**_reached(found.parent)) if found.parent else None,
    )


@routes.post(
    "/internal/v1/people/names",
    **token(_SCOPE),
    operation_id="readNames",
    response_model=NamedPeopleView,
    responses=problems(400, 401, 403, 404, 413, 422),
)
async def read_names(body: AskedNames, request: Request) -> NamedPeopleView:
    """What these people are called, for a service of Parvis's own; each is told of the reading."""
    reading = parts_of(request).read_particulars
    found = await reading.names(body.people, body.collectivity, principal_of(request), now())
    asked = dict.fromkeys(body.people)
    return NamedPeopleView(items=[NamedView(person=each, **_named(found[each])) for each in asked if each in found])


def _named(identity: Identity) -> dict[str, str | None]:
    return {"given_name": identity.first_given_name, "family_name": identity.used_family_name}


def _reached(person: Person) -> dict[str, str | bool | None]:
    return _named(person.identity) | {
        "language": person.language,
        "email": person.identity.email,
        "email_verified": person.email_verified_at is not None,
        "phone": person.identity.phone,
        "phone_verified": person.phone_verified_at is not None,
    }
