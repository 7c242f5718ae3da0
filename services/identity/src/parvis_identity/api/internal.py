# SPDX-License-Identifier: EUPL-1.2
"""What other services may ask, on the internal port."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field
from starlette.requests import Request

from parvis_identity.api.context import now, parts_of
from parvis_kit.web.operation import principal_of, problems, router, token

routes = router(tags=["internal"])


class ContactView(BaseModel):
    """How to reach a person; ``email`` is null where none is known."""

    email: str | None
    phone: str | None = Field(description="E.164: a number shown to be the person's.")
    language: str
    given_name: str | None = Field(description="The first one: how a letter begins.")
    postal_address: list[str] | None = Field(
        description="The lines of an envelope, the name first; null where it is not asked for, or no home is declared."
    )


@routes.get(
    "/internal/v1/people/{person_id}/contact",
    **token("identity.people.read"),
    operation_id="readContact",
    response_model=ContactView,
    responses=problems(401, 403, 404, 422),
)
async def read_contact(
    person_id: UUID,
    request: Request,
    collectivity: Annotated[
        str | None, Query(pattern=r"^[a-z][a-z0-9-]{1,31}$", description="On whose behalf the person is reached.")
    ] = None,
    postal: Annotated[bool | None, Query(description="Whether a letter may go: their home is told as well.")] = None,
) -> ContactView:
    """How to reach a person, for a service of Parvis's own; the person is told of each reading."""
    parts = parts_of(request)
    asking = principal_of(request)
    person = await parts.read_person.contact(person_id, collectivity, asking, now(), postal=bool(postal))
    home = await parts.profiles.addresses.home(person.id) if postal else None
    return ContactView(
        email=person.identity.email,
        phone=person.identity.phone if person.phone_verified_at else None,
        language=person.language,
        given_name=person.identity.first_given_name,
        postal_address=home.envelope(person.identity.display_name) if home else None,
    )


class CivilStatusView(BaseModel):
    """The pivot identity, as FranceConnect names it; a member is null where it is not known."""

    given_names: str | None = Field(description="All civil first names, separated by spaces.")
    family_name: str | None = Field(description="The name at birth.")
    gender: str | None
    birth_date: str | None = Field(description="`YYYY-MM-DD`; `YYYY-MM` or `YYYY` where no more is known.")
    birth_place: str | None = Field(description="INSEE code of the commune; for a birth in France alone.")
    birth_country: str | None = Field(description="INSEE code of the country; 99100 is France.")


@routes.get(
    "/internal/v1/people/{person_id}/civil-status",
    **token("identity.civil-status.read"),
    operation_id="readCivilStatus",
    response_model=CivilStatusView,
    responses=problems(401, 403, 404, 422),
)
async def read_civil_status(
    person_id: UUID,
    request: Request,
    collectivity: Annotated[
        str, Query(pattern=r"^[a-z][a-z0-9-]{1,31}$", description="On whose behalf another administration is asked.")
    ],
) -> CivilStatusView:
    """The attested civil status of a person, for a service of Parvis's own; the person is told of each reading."""
    reading = parts_of(request).read_person
    known = await reading.civil_status(person_id, collectivity, principal_of(request), now())
    return CivilStatusView.model_validate(known, from_attributes=True)
