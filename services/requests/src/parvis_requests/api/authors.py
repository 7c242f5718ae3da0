# SPDX-License-Identifier: EUPL-1.2
"""Who filed a request or has an appointment, for agents."""

from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, router, token
from parvis_requests.api.context import actor_of, now, parts_of
from parvis_requests.domain.author import MAX_NAMES, Author, Known
from parvis_requests.service.read_author import ReadAuthor
from parvis_requests.service.read_names import ReadNames

routes = router(tags=["requests"])
SCOPE: Final = "requests.authors.read"


class ReachedView(BaseModel):
    """Somebody, and where they are reached; a member is null where it is not known."""

    given_name: str | None = Field(description="The first of the civil first names.")
    family_name: str | None = Field(description="The name that they use, else the one at birth.")
    language: str = Field(description="In which they are written to.")
    email: str | None
    email_verified: bool = Field(description="Whether they showed that they read what is sent there.")
    phone: str | None
    phone_verified: bool = Field(description="Whether the number was shown to be theirs.")


class HolderView(ReachedView):
    """The holder of an account."""

    person: UUID = Field(description="The account, after all merges.")
    certifier: Literal["provider", "document"] | None = Field(
        description="Who vouches for names and birth: a provider such as FranceConnect, or a document that an agent"
        " saw; null where they are only declared."
    )
    postal_address: list[str] | None = Field(description="Where they live: the lines of an envelope, the name first.")
    parent: ReachedView | None = Field(description="Who declared them, for a child that is reached through them.")


class AuthorView(BaseModel):
    """Who it is, as far as it is known."""

    known: Known = Field(
        description="`account`: what it says is in `holder`. `contact`: they have no account; `readContact` of the"
        " request gives what they left. `nowhere`: the account is no more."
    )
    holder: HolderView | None
    on_behalf: Literal["agent", "mandatary"] | None = Field(
        description="Who filed for them: an agent who assisted them, or a mandatary or parent."
    )
    mandatary: HolderView | None = Field(description="That mandatary or parent, while they have an account.")


class NamedAuthorView(BaseModel):
    """Who filed one request."""

    request_id: UUID
    known: Known = Field(description="As `readAuthor` says it.")
    name: str | None = Field(description="First and last name, as the account or the contact has them.")


class NamedAuthorsView(BaseModel):
    """In the order in which they were asked for, without requests that the agent cannot see."""

    items: list[NamedAuthorView]


@routes.get(
    "/v1/requests/{request_id}/author",
    **token(SCOPE),
    operation_id="readAuthor",
    response_model=AuthorView,
    responses=problems(401, 403, 404, 422),
)
async def read(request_id: UUID, request: Request, response: Response) -> AuthorView:
    """Names and contact points of who filed it with an account, for agents; their look is recorded."""
    author = await _reading(request).of_request(actor_of(request), request_id, now())
    response.headers["Cache-Control"] = "no-store"
    return _view(author)


@routes.get(
    "/v1/appointments/{appointment_id}/person",
    **token(SCOPE),
    operation_id="readAppointmentPerson",
    response_model=AuthorView,
    responses=problems(401, 403, 404, 422),
)
async def read_person(appointment_id: UUID, request: Request, response: Response) -> AuthorView:
    """Names and contact points of whose appointment it is, for agents; their look is recorded."""
    author = await _reading(request).of_appointment(actor_of(request), appointment_id, now())
    response.headers["Cache-Control"] = "no-store"
    return _view(author)


@routes.get(
    "/v1/request-authors",
    **token(SCOPE),
    operation_id="listRequestAuthors",
    response_model=NamedAuthorsView,
    responses=problems(400, 401, 403, 422),
)
async def names(
    request: Request,
    response: Response,
    request_id: Annotated[
        list[UUID] | None,
        Query(max_length=MAX_NAMES, description="The requests, such as those on a page of the queue."),
    ] = None,
) -> NamedAuthorsView:
    """What those are called who filed these requests, for agents; each name that is told is recorded."""
    parts = parts_of(request)
    reading = ReadNames(parts.runtime.database, parts.runtime.persons, parts.people)
    told = await reading.of_requests(actor_of(request), request_id or [], now())
    response.headers["Cache-Control"] = "no-store"
    return NamedAuthorsView.model_validate({"items": told}, from_attributes=True)


def _reading(request: Request) -> ReadAuthor:
    parts = parts_of(request)
    return ReadAuthor(parts.runtime.database, parts.people)


def _view(author: Author) -> AuthorView:
    return AuthorView.model_validate(
        {
            "known": author.known,
            "holder": author.particulars,
            "on_behalf": None if author.by is None else "agent" if author.by.is_agent else "mandatary",
            "mandatary": author.mandatary,
        },
        from_attributes=True,
    )
