# SPDX-License-Identifier: EUPL-1.2
"""One line of a file of requests that another system kept: a JSON object."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from parvis_kit.web.types import Instant, PlainText
from parvis_requests.domain.position import Position
from parvis_requests.service.workflow_definition import Code

# As much as a request may hold by the API, and some air.
MOST_BYTES: Final = 262_144


class LineError(Exception):
    """The line cannot be brought in: where (a JSON pointer, empty for the whole line), and what is wrong there."""

    def __init__(self, pointer: str, code: str) -> None:
        super().__init__(f"{pointer}: {code}")
        self.pointer = pointer
        self.code = code


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Point(_Part):
    """GeoJSON point (RFC 7946), WGS 84: longitude, then latitude."""

    type: Literal["Point"]
    coordinates: tuple[
        Annotated[float, Field(ge=-180, le=180, strict=True)], Annotated[float, Field(ge=-90, le=90, strict=True)]
    ]


class Contact(_Part):
    """How to reach who filed it, as Open311 names it."""

    first_name: PlainText | None = Field(default=None, max_length=100)
    last_name: PlainText | None = Field(default=None, max_length=100)
    email: PlainText | None = Field(default=None, max_length=254)
    phone: PlainText | None = Field(default=None, max_length=30)


class ImportLine(_Part):
    """A request of another system.

    Attributes:
        id: how that system named it.
        request_type: code of a type that the collectivity offers; ``answers`` fit its form.
        status: a state of that type's workflow; the initial one where it is missing.
        filed_at: when it was filed there.
        received_on: the day on which the town received it, where it was entered there later; see domain.reception.
        updated_at: when it last moved there; when it was filed where it is missing.
    """

    id: PlainText = Field(min_length=1, max_length=200)
    request_type: PlainText = Field(max_length=100)
    description: PlainText = Field(min_length=1, max_length=4_000)
    answers: dict[str, Any] = Field(default_factory=dict)
    position: Point | None = None
    address: PlainText | None = Field(default=None, max_length=300)
    status: Code | None = None
    filed_at: Instant
    received_on: date | None = None
    updated_at: Instant | None = None
    contact: Contact | None = None

    @property
    def place(self) -> Position:
        """The position, where there is one."""
        if self.position is None:
            raise ValueError("no position")
        return Position(*self.position.coordinates)


def read_line(content: bytes) -> ImportLine:
    """The line; raises LineError for what is none. ``content`` holds at most one byte more than is read."""
    if len(content) > MOST_BYTES:
        raise LineError("", "too-long")
    try:
        return ImportLine.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise LineError("".join(f"/{step}" for step in first["loc"]), first["type"].replace("_", "-")) from None
