# SPDX-License-Identifier: EUPL-1.2
"""What was done in a town's name, for everybody to read and check."""

from typing import Annotated, Any, Final

from fastapi import Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, public, router
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import parts_of
from parvis_participation.api.plain_files import plain_file
from parvis_participation.db import town_acts
from parvis_participation.service.town_acts import head_of

routes = router(tags=["open-data"])
_MOST: Final = 10_000
_LINES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"application/jsonl": {"schema": {"type": "string"}}}}
}
After = Annotated[int, Query(ge=0, le=2**31 - 1, description="The number of the last act that one has.")]
Most = Annotated[int, Query(ge=1, le=_MOST, description="How many lines at most.")]


class TownActsView(BaseModel):
    """The newest act of a town, signed."""

    collectivity: str = Field(description="Short name of the collectivity.")
    number: int = Field(description="The number of the newest act, which is how many there are.")
    digest: str = Field(description="SHA-256 of its line, in hexadecimal; zeros while there is none.")
    signing_key: str = Field(description="The Ed25519 key of the signature, in hexadecimal.")
    signature: str = Field(
        description="Of `parvis-acts-v1`, collectivity, number and digest, each with a line end, in hexadecimal."
    )


@routes.get(
    "/v1/collectivities/{collectivity}/acts",
    **public(),
    operation_id="readTownActs",
    response_model=TownActsView,
    responses=problems(422),
)
async def read(collectivity: Collectivity, request: Request, response: Response) -> TownActsView:
    """How far the chain of a town's acts goes, signed: whoever keeps it sees later whether acts were changed."""
    parts = parts_of(request)
    async with parts.runtime.database.reading() as session:
        found = await head_of(session, collectivity, parts.seals)
    response.headers["Cache-Control"] = "public, no-cache"
    return TownActsView(
        collectivity=collectivity,
        number=found.number,
        digest=found.digest.hex(),
        signing_key=parts.seals.public_key.hex(),
        signature=found.signature.hex(),
    )


@routes.get(
    "/v1/collectivities/{collectivity}/acts/lines",
    **public(),
    operation_id="readTownActLines",
    response_class=Response,
    responses=problems(422) | _LINES,
)
async def lines(collectivity: Collectivity, request: Request, after: After = 0, most: Most = _MOST) -> Response:
    """The acts themselves, oldest first: a line of JSON each, which holds the SHA-256 of the line before."""
    async with parts_of(request).runtime.database.reading() as session:
        found = await town_acts.lines(session, collectivity, after, most)
    return plain_file("acts.jsonl", "".join(f"{line}\n" for line in found), "no-cache")
